// Authorization requests that are pushed (RFC 9126) or signed (RFC 9101), and answers that are signed (JARM), as openid-client makes and reads them.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as openidClient from '../programs/openid-client.mjs'
import { openBrowser } from '../support/person.mjs'
import { clients } from '../support/scene.mjs'
import { everything, refused, stage } from '../support/visit.mjs'

let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

const told = (name, play, client) => test(`openid-client: ${name}`, () => stage(browser, openidClient, client, play))

/** What the browser's address carries of a request. */
const carried = request => [...request.url.searchParams.keys()].sort()

for (const [kind, client] of Object.entries({ 'a confidential client': clients.basic, 'a public client': clients.native, 'a client with private_key_jwt': clients.signed })) {
  told(`${kind} pushes its request, signs in and refreshes`, async visit => {
    const { request, response } = await visit.authorize({ by: 'par' })
    assert.deepEqual(carried(request), ['client_id', 'request_uri'])
    const tokens = await visit.app.redeem(response, request)
    assert.deepEqual(tokens.scope.split(' ').sort(), everything.split(' ').sort())
    await visit.app.refresh(tokens.refresh_token)
  }, client)
}

told('a pushed request is judged where it is pushed', async visit => {
  await refused(visit.app.authorization({ redirectUri: 'https://attacker.example/callback', scope: 'openid', by: 'par' }), 'invalid_request')
}, clients.basic)

for (const by of ['jar', 'jar par']) {
  told(`a signed request${by === 'jar' ? '' : ', pushed,'} leads to tokens`, async visit => {
    const { request, response } = await visit.authorize({ by })
    assert.deepEqual(carried(request), ['client_id', by === 'jar' ? 'request' : 'request_uri'])
    const tokens = await visit.app.redeem(response, request)
    await visit.app.refresh(tokens.refresh_token)
  }, clients.signed)
}

told('a request signed with another key gets a page, never a redirect', async visit => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  const impostor = await openidClient.connect(new URL(visit.app.metadata.issuer), { ...clients.signed, key: { kty, crv, x, y, d, kid: clients.signed.key.kid } }, visit.wire)
  const seen = await visit.person.read((await impostor.authorization({ redirectUri: visit.callback.uri, scope: 'openid', by: 'jar' })).url)
  assert.equal(seen.status, 400)
}, clients.signed)

told('the answer comes as one signed JWT (JARM), also from a pushed request', async visit => {
  for (const by of ['', 'par']) {
    const { request, response } = await visit.authorize({ by })
    assert.deepEqual([...new URL(response.url).searchParams.keys()], ['response'])
    await visit.app.redeem(response, request)
  }
}, clients.signedAnswers)

told('a signed answer that was tampered with is turned away by the program', async visit => {
  const { request, response } = await visit.authorize()
  const forged = new URL(response.url)
  const [header, payload, signature] = forged.searchParams.get('response').split('.')
  const answer = { ...JSON.parse(Buffer.from(payload, 'base64url')), code: 'another' }
  forged.searchParams.set('response', [header, Buffer.from(JSON.stringify(answer)).toString('base64url'), signature].join('.'))
  await assert.rejects(visit.app.redeem(new Request(forged), request))
  await visit.app.redeem(response, request)
}, clients.signedAnswers)
