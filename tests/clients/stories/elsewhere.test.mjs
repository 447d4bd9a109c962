// Grants in which the person is not at the client's own browser, as openid-client asks for them: the device grant (RFC 8628), CIBA, token exchange (RFC 8693).

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as oauth4webapi from '../programs/oauth4webapi.mjs'
import * as openidClient from '../programs/openid-client.mjs'
import { openBrowser } from '../support/person.mjs'
import { account, clients, issuer } from '../support/scene.mjs'
import { different, everything, refused, stage } from '../support/visit.mjs'
import { wire } from '../support/wire.mjs'

const ledger = 'https://ledger.example'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

const told = (name, play, client) => test(`openid-client: ${name}`, () => stage(browser, openidClient, client, play))

/** The tokens of a person who was asked elsewhere: they work, and are renewed. */
async function good(visit, tokens) {
  assert.deepEqual(tokens.scope.split(' ').sort(), everything.split(' ').sort())
  await visit.app.userinfo(tokens.access_token, tokens.claims.sub)
  const next = await visit.app.refresh(tokens.refresh_token)
  different(next.refresh_token, tokens.refresh_token, 'a refresh token and its successor')
}

/** The person finds on their account page what the till asks, and answers. */
const atTheAccount = (visit, message, heading, decision) => visit.person.answer(`${issuer.href}account`, heading, decision, async page => {
  await visit.person.through(page, page.locator('#waiting').waitFor())
  await page.locator('li', { hasText: message }).locator('a.button').click()
})

// The package waits for the server's interval before it asks: all wait together.
describe('elsewhere', { concurrency: true }, () => {
  told('device: the person types nothing wrong, signs in and allows; the device refreshes', async visit => {
    let pages
    const tokens = await visit.app.device({ scope: everything }, async asked => {
      assert.ok(asked.user_code && asked.verification_uri)
      pages = await visit.person.answer(asked.verification_uri_complete, 'connected')
    })
    assert.deepEqual([...pages].sort(), ['code', 'consent', 'sign-in'])
    await good(visit, tokens)
  }, clients.television)

  told('device: the person refuses', async visit => {
    await refused(visit.app.device({ scope: everything }, asked => visit.person.answer(asked.verification_uri_complete, 'Nothing was allowed', 'deny')), 'access_denied')
  }, clients.television)

  told('CIBA: the person allows it on their account page; the till refreshes', async visit => {
    const tokens = await visit.app.backchannel({ scope: everything, login_hint: account.username, binding_message: 'Till-1' }, () => atTheAccount(visit, 'Till-1', 'You have allowed it', 'allow'))
    await good(visit, tokens)
  }, clients.till)

  told('CIBA: the person refuses', async visit => {
    await refused(visit.app.backchannel({ scope: everything, login_hint: account.username, binding_message: 'Till-2' }, () => atTheAccount(visit, 'Till-2', 'Nothing was allowed', 'deny')), 'access_denied')
  }, clients.till)
})

told('token exchange: a gateway gets a token for the next API, which says who acts for whom and ends with the first', async visit => {
  const first = await visit.signIn()
  const gateway = await openidClient.connect(issuer, clients.gateway, visit.wire)
  const next = await gateway.exchange({ subject_token: first.access_token, subject_token_type: accessToken, audience: ledger, scope: 'ledger:read' })
  assert.equal(next.issued_token_type, accessToken)
  assert.equal(next.refresh_token, undefined)
  const claims = await (await oauth4webapi.connect(issuer, clients.machine, wire())).validateAccessToken(next.access_token, ledger)
  assert.equal(claims.sub, first.claims.sub)
  assert.equal(claims.act.sub, clients.gateway.id)

  assert.equal((await gateway.introspect(next.access_token)).active, true)
  await visit.app.revoke(first.refresh_token)
  assert.deepEqual(await gateway.introspect(next.access_token), { active: false })
}, clients.basic)

told('token exchange: what no rule allows is refused', async visit => {
  const { access_token: subject } = await visit.signIn()
  const gateway = await openidClient.connect(issuer, clients.gateway, visit.wire)
  await refused(gateway.exchange({ subject_token: subject, subject_token_type: accessToken, audience: 'https://notes.example' }), 'invalid_target')
  await refused(visit.app.exchange({ subject_token: subject, subject_token_type: accessToken, audience: ledger }), 'unauthorized_client')
  await refused(gateway.exchange({ subject_token: 'this-is-no-token', subject_token_type: accessToken, audience: ledger }), 'invalid_request')
}, clients.basic)
