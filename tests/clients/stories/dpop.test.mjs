// DPoP (RFC 9449) as openid-client does it: one key per application, and the server's nonces taken up without a word of ours.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as openidClient from '../programs/openid-client.mjs'
import { openBrowser } from '../support/person.mjs'
import { clients, issuer } from '../support/scene.mjs'
import { different, refused, stage } from '../support/visit.mjs'
import { wire } from '../support/wire.mjs'

let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

const told = (name, play, client = clients.dpop) => test(`openid-client: DPoP: ${name}`, () => stage(browser, openidClient, client, play))

told('a public client walks from the code through userinfo and refreshes, with nonces', async visit => {
  const tokens = await visit.signIn()
  assert.equal(tokens.token_type, 'dpop')
  await visit.app.userinfo(tokens.access_token, tokens.claims.sub)
  const next = await visit.app.refresh(tokens.refresh_token)
  assert.equal(next.token_type, 'dpop')
  different(next.refresh_token, tokens.refresh_token, 'refresh tokens')
  await visit.app.userinfo(next.access_token, tokens.claims.sub)
})

told('its refresh token is of no use to an application with another key', async visit => {
  const tokens = await visit.signIn()
  const thief = await openidClient.connect(issuer, clients.dpop, wire())
  await refused(thief.refresh(tokens.refresh_token), 'invalid_grant')
  await visit.app.refresh(tokens.refresh_token)
})

told('its access token is no bearer token', async visit => {
  const tokens = await visit.signIn()
  const bearer = await openidClient.connect(issuer, { ...clients.dpop, dpop: false }, wire())
  await refused(bearer.userinfo(tokens.access_token, tokens.claims.sub), 'invalid_token', 401)
})

told('a machine gets bound tokens, and introspection says to which key', async visit => {
  const tokens = await visit.app.clientCredentials({ scope: 'notes:read' })
  assert.equal(tokens.token_type, 'dpop')
  const active = await visit.app.introspect(tokens.access_token)
  assert.equal(active.token_type, 'DPoP')
  assert.match(active.cnf.jkt, /^[A-Za-z0-9_-]{43}$/)
}, clients.dpopMachine)
