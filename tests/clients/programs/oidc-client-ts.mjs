// `oidc-client-ts` where it lives: in pages of a browser, served from an origin of their own. The application itself is in `browser-app/`.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { openSite } from '../support/site.mjs'

export const name = 'oidc-client-ts'

const script = body => ({ type: 'text/javascript', body })

/** Serves the application at `origin`; `clients` are the ids that it has at the server, { bearer, bound, brief }. */
export async function open(origin, authority, clients, scope) {
  const read = file => readFile(new URL(`browser-app/${file}`, import.meta.url))
  const bundle = createRequire(import.meta.url).resolve('oidc-client-ts/package.json').replace('package.json', 'dist/browser/oidc-client-ts.min.js')
  return openSite(origin, {
    '/oidc-client-ts.js': script(await readFile(bundle)),
    '/settings.js': script(`window.settings = ${JSON.stringify({ authority, clients, scope })}`),
    '/app.js': script(await read('app.js')),
  }, { type: 'text/html', body: await read('index.html') })
}

/** A tab of the application. */
export class Tab {
  /** `home` is the application's address, with a slash at its end. */
  constructor(page, home) {
    this.page = page
    this.home = home
  }

  async load() {
    await this.page.goto(this.home)
    return this
  }

  /** What the application makes of `signinRedirect`: the person goes through the pages and is back, signed in. */
  async signIn(person) {
    const back = this.#back('callback')
    await this.page.evaluate(() => void app.signinRedirect())
    const pages = await person.through(this.page, back)
    await this.#settled()
    return { pages, user: await this.user() }
  }

  /** What it makes of `signinPopup`: the person goes through the pages in another window, which closes. Answers who is signed in. */
  async signInElsewhere(person) {
    const opened = person.context.waitForEvent('page')
    await this.page.evaluate(() => { window.popped = app.signinPopup().then(user => user.profile.sub) })
    const popup = await opened
    await person.through(popup, popup.waitForEvent('close'))
    return this.page.evaluate(() => window.popped)
  }

  /** What it makes of `signoutRedirect`: out at the server, and back. */
  async signOut() {
    const back = this.#back('out')
    await this.page.evaluate(() => void app.signoutRedirect())
    await back
    await this.#settled()
  }

  /** Resolves when the browser is sent to this path of the application. */
  #back(path) {
    return this.page.waitForEvent('framenavigated', frame => frame === this.page.mainFrame() && frame.url().startsWith(`${this.home}${path}`))
  }

  async #settled() {
    await this.page.waitForFunction(() => window.ready)
    await this.page.evaluate(() => window.ready)
  }

  /** The user as the application has them stored, with what userinfo and the ID Token told. */
  user() {
    return this.page.evaluate(async () => {
      const user = await app.getUser()
      return user && { ...user, expired: user.expired }
    })
  }

  /** Renews by the refresh token or, with `forceIframeAuth`, in an iframe; answers the new user or the error. */
  renew(options = {}) {
    return this.page.evaluate(async args => {
      try {
        const user = await app.signinSilent(args)
        return user && { access_token: user.access_token, refresh_token: user.refresh_token, id_token: user.id_token, sub: user.profile.sub, scope: user.scope }
      } catch (fault) {
        return { error: fault.error ?? fault.name, description: fault.error_description ?? fault.message }
      }
    }, options)
  }

  /** Resolves when this has been heard so many times, from the server's iframe ('unchanged', 'changed') or from the library ('user loaded', 'not renewed', 'signed out'). */
  hears(what, times = 1) {
    return this.page.waitForFunction(([word, count]) => window.heard.filter(said => said === word).length >= count, [what, times])
  }

  /** The status of userinfo for an access token, asked from the page; with a proof of the key where the token is bound. */
  userinfo(token) {
    return this.page.evaluate(async accessToken => {
      const url = (await app.metadataService.getMetadata()).userinfo_endpoint
      const user = await app.getUser()
      const ask = async nonce => {
        const proof = app.settings.dpop ? { DPoP: await app.dpopProof(url, { ...user, access_token: accessToken }, 'GET', nonce) } : {}
        return fetch(url, { headers: { Authorization: `${app.settings.dpop ? 'DPoP' : 'Bearer'} ${accessToken}`, ...proof } })
      }
      const first = await ask()
      const nonce = first.status === 401 && first.headers.get('DPoP-Nonce')
      return nonce ? (await ask(nonce)).status : first.status
    }, token)
  }
}
