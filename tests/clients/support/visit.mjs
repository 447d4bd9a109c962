// One story's stage: a program of others as one client, a person at a browser, the client's redirect URI.

import assert from 'node:assert/strict'
import { account, issuer } from './scene.mjs'
import { openCallback } from './person.mjs'
import { redact } from './redact.mjs'
import { wire } from './wire.mjs'

export const everything = 'openid profile email offline_access notes:read notes:write'

/** Sets the stage, plays, clears it. A failure carries what the server answered last. */
export async function stage(browser, program, client, play, algorithm) {
  const line = wire()
  const callback = await openCallback()
  const person = await browser.person(account)
  try {
    const app = await program.connect(issuer, client, line, algorithm)
    await play({
      app, person, callback, wire: line,

      /** Through the pages to the authorization response. */
      async authorize({ decision, ...parameters } = {}) {
        const request = await app.authorization({ redirectUri: callback.uri, scope: everything, ...parameters })
        return { request, ...(await person.authorize(request.url, callback, decision)) }
      },

      /** Through the pages and the token endpoint to the tokens. */
      async signIn({ redeem, ...parameters } = {}) {
        const { request, response, pages } = await this.authorize(parameters)
        return { ...(await app.redeem(response, request, redeem)), pages }
      },
    })
  } catch (fault) {
    // Node's assertions print what they compared; nothing longer than a word of it may be a secret.
    const frames = fault.stack?.slice(fault.stack.indexOf('\n    at ')) ?? ''
    const told = new Error(redact(`${fault.message}\nThe server's last answer: ${line.last}\n${fault.error ?? fault.code ?? ''} ${fault.error_description ?? ''}`))
    told.stack = redact(`${told.message}${frames}`)
    throw told
  } finally {
    await person.leave()
    callback.close()
  }
}

/** Asserts that the program reports the server's refusal with this error code and HTTP status (null: it came through the browser). */
export async function refused(call, error, status = 400) {
  let fault
  try {
    await call
  } catch (thrown) {
    fault = thrown
  }
  assert.ok(fault, `accepted what should be refused with ${error}`)
  // A 401 with a challenge reaches the caller as the challenge; userinfo's names the error, the token endpoint's leaves it to the body.
  const challenge = fault.cause?.[0]?.parameters?.error
  const body = fault.response?.bodyUsed === false ? await fault.response.json().catch(() => null) : null
  assert.equal(fault.error ?? challenge ?? body?.error, error, `refused otherwise: ${redact(`${fault.name} ${fault.code} ${fault.message}`)}`)
  if (status !== null) assert.equal(fault.status, status)
}

/** Asserts equality of secrets without ever printing them. */
export function same(actual, expected, what) {
  assert.ok(typeof actual === 'string' && actual === expected, `${what} are not the same`)
}

/** Asserts difference of secrets without ever printing them. */
export function different(actual, other, what) {
  assert.ok(typeof actual === 'string' && actual.length > 0 && actual !== other, `${what} are the same or missing`)
}
