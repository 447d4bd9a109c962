// What the authorization endpoint answers, as the programs read it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth4webapi from '../programs/oauth4webapi.mjs'
import * as openidClient from '../programs/openid-client.mjs'
import { openBrowser } from '../support/person.mjs'
import { clients, issuer } from '../support/scene.mjs'
import { refused, same, stage } from '../support/visit.mjs'

const issuerName = issuer.href.replace(/\/$/, '')
let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

for (const program of [openidClient, oauth4webapi]) {
  const told = (name, play, client = clients.basic, algorithm) =>
    test(`${program.name}: ${name}`, () => stage(browser, program, client, play, algorithm))

  told('the OAuth metadata of RFC 8414 serves as well as OpenID discovery', async visit => {
    assert.equal(visit.app.metadata.issuer, issuerName)
    await visit.signIn()
  }, clients.basic, 'oauth2')

  told('the authorization response carries state and iss', async visit => {
    assert.equal(visit.app.metadata.authorization_response_iss_parameter_supported, true)
    const { request, response } = await visit.authorize()
    const answered = new URL(response.url).searchParams
    assert.equal(answered.get('iss'), issuerName)
    same(answered.get('state'), request.url.searchParams.get('state'), 'state sent and received')
    await visit.app.redeem(response, request)
  })

  told('an authorization response with another iss is turned away by the program', async visit => {
    const { request, response } = await visit.authorize()
    const forged = new URL(response.url)
    forged.searchParams.set('iss', 'https://attacker.example')
    await assert.rejects(visit.app.redeem(new Request(forged), request))
    await visit.app.redeem(response, request)
  })

  told('response_mode=form_post posts the response to the client', async visit => {
    const { request, response } = await visit.authorize({ response_mode: 'form_post' })
    assert.equal(response.method, 'POST')
    assert.equal(new URL(response.url).search, '')
    await visit.app.redeem(response, request)
  })

  told('response_mode=form_post works for the public client', async visit => {
    const { request, response } = await visit.authorize({ response_mode: 'form_post' })
    assert.equal(response.method, 'POST')
    await visit.app.redeem(response, request)
  }, clients.native)

  told('prompt=none answers without a page when there is a session', async visit => {
    const first = await visit.signIn()
    const silent = await visit.signIn({ prompt: 'none' })
    assert.deepEqual(silent.pages, [])
    assert.equal(silent.claims.sub, first.claims.sub)
    assert.equal(silent.claims.auth_time, first.claims.auth_time)
  })

  told('prompt=none without a session answers login_required, with iss', async visit => {
    const { request, response, pages } = await visit.authorize({ prompt: 'none' })
    assert.deepEqual(pages, [])
    assert.equal(new URL(response.url).searchParams.get('iss'), issuerName)
    await refused(visit.app.redeem(response, request), 'login_required', null)
  })

  told('prompt=login asks for the password again', async visit => {
    await visit.signIn()
    const again = await visit.signIn({ prompt: 'login' })
    assert.equal(again.pages[0], 'sign-in')
  })

  told('prompt=consent asks for consent again', async visit => {
    await visit.signIn()
    const again = await visit.signIn({ prompt: 'consent' })
    assert.deepEqual(again.pages, ['consent'])
  })

  told('max_age is met with an auth_time the program accepts', async visit => {
    await visit.signIn()
    const again = await visit.signIn({ max_age: '3600' })
    assert.deepEqual(again.pages.filter(page => page === 'sign-in'), [])
    assert.equal(typeof again.claims.auth_time, 'number')
  })

  told('a person who denies sends the client away with access_denied', async visit => {
    const { request, response } = await visit.authorize({ prompt: 'consent', decision: 'deny' })
    await refused(visit.app.redeem(response, request), 'access_denied', null)
  })

  told('an unknown redirect URI gets a page, never a redirect', async visit => {
    const { url } = await visit.app.authorization({ redirectUri: 'https://attacker.example/callback', scope: 'openid' })
    const seen = await visit.person.read(url)
    assert.equal(seen.status, 400)
    assert.ok(seen.url.startsWith(issuerName))
  })

  told('unknown parameters and scopes are ignored', async visit => {
    const tokens = await visit.signIn({ scope: 'openid offline_access nobody:knows', 'x-client-SKU': 'MSAL', client_info: '1' })
    assert.deepEqual(tokens.scope.split(' ').sort(), ['offline_access', 'openid'])
  })

  told('without offline_access there is no refresh token', async visit => {
    const tokens = await visit.signIn({ scope: 'openid' })
    assert.equal(tokens.refresh_token, undefined)
  })

  told('a client that asks for no identity gets no ID token', async visit => {
    const tokens = await visit.signIn({ scope: 'offline_access notes:read' })
    assert.equal(tokens.id_token, undefined)
    assert.equal((await visit.app.refresh(tokens.refresh_token)).id_token, undefined)
  })
}
