// Debian's apache2 with mod_auth_openidc in front of an application that knows nothing of OpenID Connect, configured as docs/guides/apache.md says.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { configurations, openApache } from '../support/apache.mjs'
import { openBrowser } from '../support/person.mjs'
import { redact } from '../support/redact.mjs'
import { account, clients, intranet, issuer } from '../support/scene.mjs'
import { different } from '../support/visit.mjs'

const authority = issuer.href.replace(/\/$/, '')
let browser, apache, application
before(async () => {
  // The application answers what it is told about whoever asks. Its page has an icon, so that the browser asks for nothing else.
  application = createServer((incoming, answer) => {
    const told = JSON.stringify(incoming.headers)
    if (!incoming.headers.accept.includes('text/html')) return void answer.writeHead(200, { 'content-type': 'application/json' }).end(told)
    answer.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><link rel="icon" href="data:,"><pre>${told.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`)
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  const [people] = await configurations()
  apache = await openApache(intranet, [people], {
    'https://id.example': authority, 'https://app.example': intranet.origin, 'http://127.0.0.1:8080': `http://127.0.0.1:${application.address().port}`, SECRET: clients.intranet.secret,
  })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await apache?.close()
  application?.closeAllConnections()
  application?.close()
})

const told = (name, play) => test(`mod_auth_openidc: ${name}`, async () => {
  const person = await browser.person(account)
  const page = await person.context.newPage()

  /** Opens a path of the application; the person signs in where they are asked. Answers the pages seen and the headers that the application got. */
  const open = async (path = '/') => {
    await page.goto(new URL(path, intranet).href, { waitUntil: 'commit' })
    const pages = await person.through(page, page.waitForURL(url => url.origin === intranet.origin && url.pathname === '/'))
    return { pages, seen: JSON.parse(await page.locator('pre').innerText()) }
  }
  try {
    await play({ person, page, open })
  } catch (fault) {
    throw new Error(redact(`${fault.message}\n${(await apache.log()).split('\n').slice(-15).join('\n')}`))
  } finally {
    await person.leave()
  }
})

told('signs the person in, and the application is told who it is', async ({ open }) => {
  const { pages, seen } = await open()
  assert.deepEqual(pages, ['sign-in'])
  assert.equal(seen.oidc_claim_iss, authority)
  assert.equal(seen.oidc_claim_aud, clients.intranet.id)
  assert.equal(seen.oidc_claim_preferred_username, account.username)
  assert.ok(seen.oidc_claim_sub && seen.oidc_access_token)
  // The second request has a session.
  assert.deepEqual((await open()).pages, [])
})

told('renews the tokens with every request, also with two at once', async ({ page, open }) => {
  let { seen: { oidc_access_token: token } } = await open()
  for (let round = 0; round < 6; round++) {
    // Two, not more: here each request renews, so of three the slowest may come with a token that two others have gone past, which is a replay. With tokens that live for minutes none of this arises.
    const answers = await page.evaluate(() => Promise.all(Array.from({ length: 2 }, async (_, index) => {
      // The browser would send requests for one address one after the other.
      const answer = await fetch(`/?${index}`)
      return { status: answer.status, redirected: answer.redirected, token: answer.redirected ? null : (await answer.json()).oidc_access_token }
    })))
    for (const answer of answers) {
      assert.deepEqual({ status: answer.status, redirected: answer.redirected }, { status: 200, redirected: false })
      different(answer.token, token, 'two access tokens')
    }
    const next = await open()
    assert.deepEqual(next.pages, [])
    token = next.seen.oidc_access_token
  }
})

told('renews them when the application asks it to', async ({ page, open }) => {
  const { seen } = await open()
  const token = seen.oidc_access_token
  const hook = new URL('/oidc', intranet)
  hook.search = new URLSearchParams({ refresh: intranet.href, access_token: token })
  const renewed = await open(hook)
  assert.equal(new URL(page.url()).search, '', 'the hook reported an error')
  different(renewed.seen.oidc_access_token, token, 'two access tokens')
})

told('signs the person out of the application and of the server', async ({ page, open }) => {
  await open()
  await page.goto(new URL(`/oidc?logout=${encodeURIComponent(`${intranet.origin}/bye`)}`, intranet).href)
  assert.equal(new URL(page.url()).origin + new URL(page.url()).pathname, `${intranet.origin}/bye`)
  assert.deepEqual((await open()).pages, ['sign-in'])
})

told('hears over the back channel that the person has left elsewhere', async ({ person, open }) => {
  await open()
  await person.signOut(authority)
  assert.deepEqual((await open()).pages, ['sign-in'])
})
