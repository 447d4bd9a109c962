// APIs that others wrote judge our access tokens: Debian's apache2 with mod_oauth2, by the server's keys and by introspection, configured as docs/guides/apache.md says; and express-oauth2-jwt-bearer.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import * as express from '../programs/express-oauth2-jwt-bearer.mjs'
import * as openidClient from '../programs/openid-client.mjs'
import { configurations, openApache } from '../support/apache.mjs'
import { openBrowser } from '../support/person.mjs'
import { apis, clients, issuer } from '../support/scene.mjs'
import { stage } from '../support/visit.mjs'
import { wire } from '../support/wire.mjs'

const authority = issuer.href.replace(/\/$/, '')
const notes = 'https://notes.example'
let apache, node, machine, signedIn
before(async () => {
  const [, tokens] = await configurations()
  apache = await openApache(apis, [tokens], { 'https://id.example': authority, SECRET: clients.api.secret })
  node = await express.open(authority, notes, 'notes:read')
  machine = await openidClient.connect(issuer, clients.machine, wire())
  const browser = await openBrowser()
  try {
    await stage(browser, openidClient, clients.signed, async visit => { signedIn = await visit.signIn() })
  } finally {
    await browser.close()
  }
})
after(async () => {
  await apache?.close()
  node?.close()
})

const address = {
  'mod_oauth2 by keys': () => new URL('/by-keys', apis),
  'mod_oauth2 by introspection': () => new URL('/by-introspection', apis),
  [express.name]: () => node.url,
}
const everywhere = Object.keys(address)

/** The status that an API answers a token with: Apache has no such file, once it has let the token in. */
async function ask(api, token) {
  const { status } = await fetch(address[api](), token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
  return status
}

const opens = async (api, token) => assert.ok([200, 404].includes(await ask(api, token)), `${api} does not open`)
const refuses = async (api, token) => assert.ok([401, 403].includes(await ask(api, token)), `${api} opens`)

/** Resolves when the API refuses a token that it took; fails after the time. */
async function closes(api, token, seconds) {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await wait(100)) {
    if ([401, 403].includes(await ask(api, token))) return
  }
  assert.fail(`${api} still opens after ${seconds} s`)
}

const access = async (scope = 'notes:read', resource = notes, from = machine) => (await from.clientCredentials({ scope, resource })).access_token

for (const api of everywhere) {
  test(`${api}: a token for it opens, none does not`, async () => {
    await refuses(api)
    await opens(api, await access())
  })

  test(`${api}: a token for another API does not open`, async () => {
    await refuses(api, await access('ledger:read', 'https://ledger.example'))
  })

  test(`${api}: a token without the scope does not open`, async () => {
    const whole = await openidClient.connect(issuer, clients.signed, wire())
    await opens(api, await access('notes:read notes:write', notes, whole))
    await refuses(api, await access('notes:write', notes, whole))
  })

  test(`${api}: a tampered token does not open`, async () => {
    const [header, payload, signature] = (await access()).split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url'))
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody-else' })).toString('base64url')
    await refuses(api, `${header}.${forged}.${signature}`)
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url')
    await refuses(api, `${none}.${payload}.`)
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`
    await refuses(api, `${header}.${payload}.${flipped}`)
  })

  test(`${api}: an ID Token, a refresh token or nonsense is no access token`, async () => {
    for (const token of [signedIn.id_token, signedIn.refresh_token, 'this-is-no-token']) await refuses(api, token)
  })
}

test('everywhere a token opens until its end', async () => {
  const brief = await openidClient.connect(issuer, clients.brief, wire())
  await Promise.all(everywhere.map(async api => {
    const token = await access('notes:read', notes, brief)
    await opens(api, token)
    await closes(api, token, 30)
  }))
})

test('mod_oauth2 by introspection: a revoked token does not open, and one that did is shut out', async () => {
  const api = 'mod_oauth2 by introspection'
  const fresh = await access()
  await machine.revoke(fresh)
  await refuses(api, fresh)

  const known = await access()
  await opens(api, known)
  await machine.revoke(known)
  await closes(api, known, 20)
})

test('mod_oauth2 by introspection: an opaque token opens as well, until it is revoked', async () => {
  const api = 'mod_oauth2 by introspection'
  const opaque = await openidClient.connect(issuer, clients.veiled, wire())
  const token = await access('notes:read', notes, opaque)
  assert.equal(token.split('.').length, 1)
  await opens(api, token)
  await opaque.revoke(token)
  await closes(api, token, 20)
})
