// Lost answers, races, replays and strangers: the refresh token under the hands of programs that others wrote.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth4webapi from '../programs/oauth4webapi.mjs'
import * as openidClient from '../programs/openid-client.mjs'
import { openBrowser } from '../support/person.mjs'
import { clients, issuer } from '../support/scene.mjs'
import { refused, same, stage } from '../support/visit.mjs'
import { wire } from '../support/wire.mjs'

let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

for (const program of [openidClient, oauth4webapi]) {
  const told = (name, play, client = clients.basic) =>
    test(`${program.name}: ${name}`, () => stage(browser, program, client, play))

  for (const client of [clients.basic, clients.native]) {
    told(`(${client.method}) two answers lost in a row cost nothing`, async visit => {
      const { refresh_token } = await visit.signIn()
      const lost = []
      for (let times = 0; times < 2; times++) {
        visit.wire.loseNext()
        await assert.rejects(visit.app.refresh(refresh_token))
        assert.equal(visit.wire.lost.status, 200)
        lost.push(visit.wire.lost.body.refresh_token)
      }
      const kept = await visit.app.refresh(refresh_token)
      for (const token of lost) same(kept.refresh_token, token, 'the successors of one token')
      await visit.app.refresh(kept.refresh_token)
    }, client)

    told(`(${client.method}) two tabs that refresh at once get the same successor`, async visit => {
      const { refresh_token } = await visit.signIn()
      const [one, two] = await Promise.all([visit.app.refresh(refresh_token), visit.app.refresh(refresh_token)])
      same(one.refresh_token, two.refresh_token, 'the successors given to two tabs')
      await visit.app.refresh(one.refresh_token)
    }, client)

    told(`(${client.method}) a token whose successor was used is a replay, and ends the grant`, async visit => {
      const first = await visit.signIn()
      const second = await visit.app.refresh(first.refresh_token)
      const third = await visit.app.refresh(second.refresh_token)
      await refused(visit.app.refresh(first.refresh_token), 'invalid_grant')
      await refused(visit.app.refresh(third.refresh_token), 'invalid_grant')
      await refused(visit.app.userinfo(third.access_token, first.claims.sub), 'invalid_token', 401)
    }, client)
  }

  told('a public client that retries more often than its budget is taken for a thief', async visit => {
    const { refresh_token } = await visit.signIn()
    const { refresh_token: successor } = await visit.app.refresh(refresh_token)
    for (let retries = 0; retries < 3; retries++) await visit.app.refresh(refresh_token)
    await refused(visit.app.refresh(refresh_token), 'invalid_grant')
    await refused(visit.app.refresh(successor), 'invalid_grant')
  }, clients.native)

  told('a client whose policy allows no retry loses the grant with the answer', async visit => {
    const { refresh_token } = await visit.signIn()
    visit.wire.loseNext()
    await assert.rejects(visit.app.refresh(refresh_token))
    assert.equal(visit.wire.lost.status, 200)
    await refused(visit.app.refresh(refresh_token), 'invalid_grant')
    await refused(visit.app.refresh(visit.wire.lost.body.refresh_token), 'invalid_grant')
  }, clients.strict)

  told('another client that shows the token is refused and harms nobody', async visit => {
    const { refresh_token } = await visit.signIn()
    const stranger = await program.connect(issuer, clients.opaque, wire())
    await refused(stranger.refresh(refresh_token), 'invalid_grant')
    await visit.app.refresh(refresh_token)
  })

  told('a wrong secret is invalid_client and consumes nothing', async visit => {
    const { refresh_token } = await visit.signIn()
    for (const method of ['client_secret_basic', 'client_secret_post']) {
      const impostor = await program.connect(issuer, { ...clients.basic, method, secret: 'not-the-secret' }, wire())
      await refused(impostor.refresh(refresh_token), 'invalid_client', 401)
    }
    await visit.app.refresh(refresh_token)
  })

  told('a narrower scope narrows the access token, not the grant', async visit => {
    const first = await visit.signIn()
    const narrow = await visit.app.refresh(first.refresh_token, { scope: 'openid notes:read' })
    assert.deepEqual(narrow.scope.split(' ').sort(), ['notes:read', 'openid'])
    const whole = await visit.app.refresh(narrow.refresh_token)
    assert.deepEqual(whole.scope.split(' ').sort(), first.scope.split(' ').sort())
  })

  told('a scope beyond the grant is invalid_scope and consumes nothing', async visit => {
    const first = await visit.signIn({ scope: 'openid offline_access notes:read' })
    await refused(visit.app.refresh(first.refresh_token, { scope: 'notes:read notes:write' }), 'invalid_scope')
    await visit.app.refresh(first.refresh_token)
  })

  told('a token of nobody is invalid_grant', async visit => {
    await refused(visit.app.refresh('this-is-no-refresh-token'), 'invalid_grant')
    const { refresh_token, access_token } = await visit.signIn()
    await refused(visit.app.refresh(access_token), 'invalid_grant')
    await refused(visit.app.refresh(`${refresh_token}A`), 'invalid_grant')
    await visit.app.refresh(refresh_token)
  })
}
