// The token endpoint beyond the refresh: codes, machines, resources, and access tokens as APIs meet them.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth4webapi from '../programs/oauth4webapi.mjs'
import * as openidClient from '../programs/openid-client.mjs'
import { openBrowser } from '../support/person.mjs'
import { clients, issuer } from '../support/scene.mjs'
import { refused, stage } from '../support/visit.mjs'
import { wire } from '../support/wire.mjs'

const notes = 'https://notes.example'
let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

/** Judges an access token as an API does that trusts this issuer: RFC 9068 §4, by oauth4webapi. */
async function judge(token, audience) {
  return (await oauth4webapi.connect(issuer, clients.machine, wire())).validateAccessToken(token, audience)
}

for (const program of [openidClient, oauth4webapi]) {
  const told = (name, play, client = clients.basic) =>
    test(`${program.name}: ${name}`, () => stage(browser, program, client, play))

  told('resource at the authorization and token endpoints names the audience', async visit => {
    const tokens = await visit.signIn({
      scope: 'openid offline_access notes:read', resource: notes, redeem: { resource: notes },
    })
    const claims = await judge(tokens.access_token, notes)
    assert.deepEqual([claims.aud].flat(), [notes])
    assert.equal(claims.client_id, clients.basic.id)
    assert.ok(claims.scope.split(' ').includes('notes:read'))

    const next = await visit.app.refresh(tokens.refresh_token, { resource: notes })
    assert.deepEqual([(await judge(next.access_token, notes)).aud].flat(), [notes])
  })

  told('a resource that nobody declared is invalid_target', async visit => {
    const { request, response } = await visit.authorize({ resource: 'https://nowhere.example' })
    await refused(visit.app.redeem(response, request), 'invalid_target', null)
  })

  told('a refresh for a resource beyond the grant is invalid_target and consumes nothing', async visit => {
    const tokens = await visit.signIn({ scope: 'openid offline_access notes:read', resource: notes })
    await refused(visit.app.refresh(tokens.refresh_token, { resource: 'https://ledger.example' }), 'invalid_target')
    await visit.app.refresh(tokens.refresh_token)
  })

  for (const which of ['machine', 'signed']) {
    const client = clients[which]
    told(`(${client.method}) client credentials carry no refresh token`, async visit => {
      const tokens = await visit.app.clientCredentials({ scope: 'notes:read', resource: notes })
      assert.equal(tokens.refresh_token, undefined)
      assert.equal(tokens.scope, 'notes:read')
      const claims = await judge(tokens.access_token, notes)
      assert.equal(claims.sub, client.id)
      assert.equal(claims.client_id, client.id)

      const active = await visit.app.introspect(tokens.access_token)
      assert.equal(active.active, true)
      await visit.app.revoke(tokens.access_token)
      assert.deepEqual(await visit.app.introspect(tokens.access_token), { active: false })
    }, client)
  }

  told('the native client has no client credentials', async visit => {
    await refused(visit.app.clientCredentials({ scope: 'notes:read' }), 'unauthorized_client')
  }, clients.native)

  told('a machine asks for a scope it may not have', async visit => {
    await refused(visit.app.clientCredentials({ scope: 'notes:write' }), 'invalid_scope')
  }, clients.machine)

  told('opaque access tokens work at userinfo and introspection', async visit => {
    const tokens = await visit.signIn()
    assert.equal(tokens.access_token.split('.').length, 1)
    await visit.app.userinfo(tokens.access_token, tokens.claims.sub)
    assert.equal((await visit.app.introspect(tokens.access_token)).active, true)
    const next = await visit.app.refresh(tokens.refresh_token)
    await visit.app.userinfo(next.access_token, tokens.claims.sub)
    await visit.app.revoke(next.access_token, 'access_token')
    assert.deepEqual(await visit.app.introspect(next.access_token), { active: false })
  }, clients.opaque)

  told('a code returned after its redemption ends the grant it began', async visit => {
    const { request, response } = await visit.authorize()
    const again = new Request(response.url)
    const tokens = await visit.app.redeem(response, request)
    await refused(visit.app.redeem(again, request), 'invalid_grant')
    await refused(visit.app.refresh(tokens.refresh_token), 'invalid_grant')
  })

  told('a code with another verifier is invalid_grant', async visit => {
    const { request, response } = await visit.authorize()
    const other = await visit.app.authorization({ redirectUri: visit.callback.uri, scope: 'openid' })
    const stolen = { ...request.checks }
    for (const name of ['verifier', 'pkceCodeVerifier']) if (stolen[name]) stolen[name] = other.checks[name]
    await refused(visit.app.redeem(response, { checks: stolen }), 'invalid_grant')
  })

  told('a code of another client is invalid_grant and stays whole', async visit => {
    const { request, response } = await visit.authorize()
    const stranger = await program.connect(issuer, clients.opaque, wire())
    await refused(stranger.redeem(new Request(response.url), request), 'invalid_grant')
    await visit.app.redeem(response, request)
  })

  told('userinfo turns away what is no access token with a challenge', async visit => {
    await refused(visit.app.userinfo('this-is-no-access-token', 'nobody'), 'invalid_token', 401)
  })

  told('introspection says no more than inactive of what it does not know', async visit => {
    assert.deepEqual(await visit.app.introspect('this-is-no-token'), { active: false })
  })

  told('an assertion signed with another key is invalid_client', async visit => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey)
    const impostor = await program.connect(issuer, { ...clients.signed, key: { kty, crv, x, y, d, kid: clients.signed.key.kid } }, visit.wire)
    await refused(impostor.clientCredentials({ scope: 'notes:read' }), 'invalid_client', 401)
    await visit.app.clientCredentials({ scope: 'notes:read' })
  }, clients.signed)
}
