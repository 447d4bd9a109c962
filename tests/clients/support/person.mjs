// A person at a browser: Debian's Chromium. They read the pages of the server and press its buttons; the client's
// redirect URI is a real listener on the loopback interface.

import { createServer } from 'node:http'
import { once } from 'node:events'
import { chromium } from 'playwright-core'
import { redact } from './redact.mjs'

const patience = 15_000

/** Starts Chromium; `person()` sits somebody new (no cookies) down in front of it. */
export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  })
  return {
    person: async account => new Person(await browser.newContext(), account),
    close: () => browser.close(),
  }
}

/** The client's redirect URI. `next()` waits for the next authorization response, as a Request. */
export async function openCallback() {
  const waiting = []
  const arrived = []
  const listener = createServer(async (incoming, answer) => {
    const url = new URL(incoming.url, `http://${incoming.headers.host}`)
    if (url.pathname !== '/callback') return void answer.writeHead(404).end()
    const chunks = []
    for await (const chunk of incoming) chunks.push(chunk)
    answer.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Back at the client</title><p>You are back.')
    const response = new Request(url, incoming.method === 'POST'
      ? { method: 'POST', body: Buffer.concat(chunks), headers: { 'content-type': incoming.headers['content-type'] } }
      : {})
    const next = waiting.shift()
    if (next) next(response)
    else arrived.push(response)
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    uri: `http://127.0.0.1:${listener.address().port}/callback`,
    next: () => new Promise(resolve => (arrived.length ? resolve(arrived.shift()) : waiting.push(resolve))),
    close: () => { listener.closeAllConnections(); listener.close() },
  }
}

class Person {
  constructor(context, account) {
    this.context = context
    this.account = account
  }

  /**
   * Opens the authorization URL and does what the pages ask for until the browser is back at the client.
   * Answers the authorization response (a Request) and the pages that were seen ('sign-in', 'consent').
   */
  async authorize(url, callback, decision = 'allow') {
    const page = await this.context.newPage()
    const back = callback.next()
    try {
      await page.goto(url.href ?? url)
      const pages = await this.through(page, back, decision)
      return { response: await back, pages }
    } finally {
      await page.close()
    }
  }

  /** Does what the pages in this window ask for until `back` resolves; answers the pages that were seen. */
  async through(page, back, decision = 'allow') {
    const said = []
    const listen = message => said.push(message.text())
    page.on('console', listen)
    const pages = []
    const arrived = back.then(() => 'client')
    try {
      for (let steps = 0; steps < 4; steps++) {
        const step = await Promise.race([arrived, this.#nextPage(page)])
        if (step === 'client') return pages
        pages.push(step)
        if (step === 'sign-in') {
          await page.locator('input[name=username]').fill(this.account.username)
          await page.locator('input[name=password]').fill(this.account.password)
          await press(page, 'form:has(input[name=password]) button[type=submit], form:has(input[name=password]) button:not([type])')
        } else if (step === 'code') {
          await press(page, 'form:has(input[name=user_code]) button')
        } else {
          await press(page, `button[name=decision][value=${decision}]`)
        }
      }
      throw new Error('the pages go round in circles')
    } catch (fault) {
      // A window that the application had opened closes itself at the end.
      if (page.isClosed()) {
        await arrived
        return pages
      }
      const text = await page.locator('body').innerText().catch(() => '')
      throw new Error(redact(`${fault.message}\nPages seen: ${pages.join(', ') || 'none'}. Now at ${page.url()}\n${said.join('\n')}\n${text.slice(0, 1500)}`))
    } finally {
      page.off('console', listen)
    }
  }

  /** Opens a page of the server, does what it asks for, and waits for this heading; answers the pages that were seen. `then` is what the person does first. */
  async answer(url, heading, decision = 'allow', then = async () => {}) {
    const page = await this.context.newPage()
    try {
      await page.goto(url.href ?? url)
      await then(page)
      return await this.through(page, page.locator('h1', { hasText: heading }).waitFor({ timeout: patience }), decision)
    } finally {
      await page.close()
    }
  }

  /** Signs out at the server, in a window of its own. */
  async signOut(authority) {
    const page = await this.context.newPage()
    await page.goto(`${authority}/sign-out`)
    await page.locator('form[action$="/sign-out"] button').click({ timeout: patience })
    await page.locator('h1', { hasText: 'signed out' }).waitFor({ timeout: patience })
    await page.close()
  }

  /** Opens an URL that must not lead back to the client; answers the status and the text of the page. */
  async read(url) {
    const page = await this.context.newPage()
    const answer = await page.goto(url.href ?? url)
    const seen = { status: answer.status(), url: page.url(), text: await page.locator('body').innerText() }
    await page.close()
    return seen
  }

  leave() {
    return this.context.close()
  }

  async #nextPage(page) {
    const form = page.locator('input[name=username], input[name=user_code], button[name=decision]').first()
    await form.waitFor({ timeout: patience })
    return { username: 'sign-in', user_code: 'code', decision: 'consent' }[await form.getAttribute('name')]
  }
}

async function press(page, selector) {
  await Promise.all([
    page.waitForNavigation({ timeout: patience, waitUntil: 'domcontentloaded' }),
    page.locator(selector).first().click({ timeout: patience }),
  ])
}
