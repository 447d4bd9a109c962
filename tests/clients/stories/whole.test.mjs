// The main job, told once for each program and each way a client authenticates: discover, sign in, redeem, userinfo,
// refresh five times, lose an answer and retry, introspect, revoke.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth4webapi from '../programs/oauth4webapi.mjs'
import * as openidClient from '../programs/openid-client.mjs'
import { openBrowser } from '../support/person.mjs'
import { account, clients, issuer } from '../support/scene.mjs'
import { different, everything, refused, same, stage } from '../support/visit.mjs'
import { wire } from '../support/wire.mjs'

let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

for (const program of [openidClient, oauth4webapi]) {
  for (const which of ['basic', 'post', 'native', 'signed']) {
    const client = clients[which]
    test(`${program.name} (${client.method}) signs in, refreshes, loses an answer and retries, introspects and revokes`, () =>
      stage(browser, program, client, async visit => {
        const { app, wire: line } = visit

        // Sign in and redeem: state, iss, PKCE, nonce, at_hash and the ID token's signature are checked by the program.
        const first = await visit.signIn()
        assert.deepEqual(first.pages.slice(0, 1), ['sign-in'])
        assert.equal(first.token_type, 'bearer')
        assert.ok(first.expires_in > 0)
        assert.deepEqual(first.scope.split(' ').sort(), everything.split(' ').sort())
        assert.equal(first.claims.iss, issuer.href.replace(/\/$/, ''))
        assert.equal(first.claims.aud, client.id)

        const person = await app.userinfo(first.access_token, first.claims.sub)
        assert.equal(person.sub, first.claims.sub)
        assert.ok(person.preferred_username === account.username || person.name, 'userinfo does not tell who it is')

        // Refresh five times.
        let tokens = first
        for (let times = 0; times < 5; times++) {
          const next = await app.refresh(tokens.refresh_token)
          different(next.refresh_token, tokens.refresh_token, 'a refresh token and its successor')
          different(next.access_token, tokens.access_token, 'two access tokens')
          assert.ok(next.scope && next.expires_in > 0, 'a refresh repeats scope and expires_in')
          assert.equal(next.claims?.sub, first.claims.sub, 'a refresh with openid repeats the ID token')
          assert.equal(next.claims.auth_time, first.claims.auth_time)
          tokens = next
        }

        // The answer to a refresh is lost on its way. The same token again gives the same successor.
        line.loseNext()
        await assert.rejects(app.refresh(tokens.refresh_token))
        assert.equal(line.lost.status, 200)
        const retried = await app.refresh(tokens.refresh_token)
        same(retried.refresh_token, line.lost.body.refresh_token, 'the lost successor and the one given on retry')
        tokens = await app.refresh(retried.refresh_token)
        await app.userinfo(tokens.access_token, first.claims.sub)

        // Introspection: by the client itself, or by a resource server where the client has no secret to show.
        const inspector = client.method === 'none' ? await program.connect(issuer, clients.machine, wire()) : app
        const active = await inspector.introspect(tokens.access_token)
        assert.equal(active.active, true)
        assert.equal(active.client_id, client.id)
        assert.equal(active.sub, first.claims.sub)
        assert.ok(active.exp > Date.now() / 1000)
        assert.deepEqual(active.scope.split(' ').sort(), everything.split(' ').sort())

        // Revoke: nothing of the grant lives on.
        await app.revoke(tokens.refresh_token, 'refresh_token')
        await refused(app.refresh(tokens.refresh_token), 'invalid_grant')
        assert.deepEqual(await inspector.introspect(tokens.access_token), { active: false })
        await refused(app.userinfo(tokens.access_token, first.claims.sub), 'invalid_token', 401)
        await app.revoke(tokens.refresh_token)
      }))
  }
}
