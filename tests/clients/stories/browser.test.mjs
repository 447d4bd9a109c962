// oidc-client-ts in Chromium, at an origin of its own: sign in by redirect, refresh from several tabs at once, renew in an iframe, sign out.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as library from '../programs/oidc-client-ts.mjs'
import { openBrowser } from '../support/person.mjs'
import { redact } from '../support/redact.mjs'
import { account, app as home, clients, issuer } from '../support/scene.mjs'
import { different, everything, same } from '../support/visit.mjs'

const authority = issuer.href.replace(/\/$/, '')
let browser, site
before(async () => {
  site = await library.open(home, authority, { bearer: clients.browser.id, bound: clients.browserBound.id, brief: clients.browserBrief.id }, everything)
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  site?.close()
})

const told = (name, play, path = '') => test(`${library.name}: ${name}`, async () => {
  const person = await browser.person(account)
  const tab = async () => new library.Tab(await person.context.newPage(), `${home.href}${path}`).load()
  try {
    await play({ person, tab })
  } catch (fault) {
    throw new Error(redact(fault.message))
  } finally {
    await person.leave()
  }
})

/** Holds the requests to the token endpoint back until `many` of them are there, then lets all go at once; answers the refresh tokens they carried. */
async function together(context, many, act) {
  const held = []
  const carried = []
  const endpoint = `${authority}/token`
  await context.route(endpoint, async route => {
    // A request beyond these repeats one of them with a nonce.
    if (carried.length === many) return route.continue()
    carried.push(new URLSearchParams(route.request().postData()).get('refresh_token'))
    held.push(route)
    if (held.length === many) for (const request of held) request.continue()
  })
  const done = await act()
  await context.unroute(endpoint)
  return { done, carried }
}

/** All these tabs renew with one and the same refresh token at one moment; each ends with tokens that work. */
async function renewTogether(context, tabs) {
  const { done, carried } = await together(context, tabs.length, () => Promise.all(tabs.map(each => each.renew())))
  for (const token of carried) same(token, carried[0], 'the refresh tokens that the tabs sent')
  for (const [index, user] of done.entries()) {
    assert.equal(user.error, undefined, `${user.error} ${user.description}`)
    same(user.refresh_token, done[0].refresh_token, 'the successors given to the tabs')
    different(user.refresh_token, carried[0], 'a refresh token and its successor')
    assert.equal(await tabs[index].userinfo(user.access_token), 200)
  }
}

told('signs in by redirect with code and PKCE, from another origin', async ({ person, tab }) => {
  const { pages, user } = await (await tab()).signIn(person)
  assert.deepEqual(pages, ['sign-in'])
  assert.equal(user.profile.aud, clients.browser.id)
  assert.ok(user.profile.preferred_username === account.username || user.profile.name, 'userinfo does not tell who it is')
  assert.deepEqual(user.scope.split(' ').sort(), everything.split(' ').sort())
  assert.ok(user.refresh_token)
  assert.equal(user.expired, false)
})

for (const [kind, path, tabs, rounds] of [['bearer', '', 2, 12], ['bearer', '', 6, 1], ['bound', 'bound/', 3, 5]]) {
  told(`(${kind} tokens) ${tabs} tabs refresh at once, ${rounds} times, and nobody is signed out`, async ({ person, tab }) => {
    const open = await Promise.all(Array.from({ length: tabs }, tab))
    const { user } = await open[0].signIn(person)
    for (let round = 0; round < rounds; round++) await renewTogether(person.context, open)
    const last = await open.at(-1).renew()
    assert.equal(last.error, undefined)
    assert.equal(last.sub, user.profile.sub)
  }, path)
}

told('two tabs that are left alone renew by the timers of the library', async ({ person, tab }) => {
  const first = await tab()
  await first.signIn(person)
  const tabs = [first, await tab()]
  await Promise.all(tabs.map(each => each.hears('user loaded', 4)))
  for (const each of tabs) {
    assert.deepEqual((await each.page.evaluate(() => window.heard)).filter(said => said !== 'user loaded'), [])
    assert.equal(await each.userinfo((await each.user()).access_token), 200)
  }
}, 'brief/')

told('signs in in a window of its own, which tells the page', async ({ person, tab }) => {
  const page = await tab()
  const subject = await page.signInElsewhere(person)
  assert.equal((await page.user()).profile.sub, subject)
})

told('renews in an iframe with prompt=none', async ({ person, tab }) => {
  const page = await tab()
  const { user } = await page.signIn(person)
  const renewed = await page.renew({ forceIframeAuth: true })
  assert.equal(renewed.error, undefined, renewed.description)
  assert.equal(renewed.sub, user.profile.sub)
  different(renewed.access_token, user.access_token, 'two access tokens')
  assert.equal(await page.userinfo(renewed.access_token), 200)
})

told('the iframe is told login_required where nobody is signed in', async ({ tab }) => {
  assert.equal((await (await tab()).renew()).error, 'login_required')
})

told('revokes its tokens', async ({ person, tab }) => {
  const page = await tab()
  const { user } = await page.signIn(person)
  await page.page.evaluate(() => app.revokeTokens())
  assert.equal(await page.userinfo(user.access_token), 401)
  // The session stands, so that the person need not sign in again.
  assert.equal((await page.renew({ forceIframeAuth: true })).sub, user.profile.sub)
})

told('signs out at the server and comes back', async ({ person, tab }) => {
  const page = await tab()
  await page.signIn(person)
  await page.signOut()
  assert.equal(await page.user(), null)
  assert.equal((await page.renew()).error, 'login_required')
})

told('watches the session in an iframe, and notices that the person has signed out at the server', async ({ person, tab }) => {
  const page = await tab()
  await page.signIn(person)
  await page.hears('unchanged', 2)
  await person.signOut(authority)
  await page.hears('signed out')
}, 'watched/')
