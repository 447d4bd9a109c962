// A client of the Model Context Protocol meets a server of tools for the first time: it finds the authorization server by itself, registers, sends the person to the browser, calls a tool, and refreshes.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as mcp from '../programs/mcp-sdk.mjs'
import { openBrowser, openCallback } from '../support/person.mjs'
import { account, issuer, tools } from '../support/scene.mjs'
import { different } from '../support/visit.mjs'

let browser
before(async () => { browser = await openBrowser() })
after(() => browser.close())

test(`${mcp.name} discovers, registers, signs in, calls a tool and refreshes`, async () => {
  const served = await mcp.openTools(tools, issuer)
  const callback = await openCallback()
  const person = await browser.person(account)
  try {
    const memory = new mcp.Memory(callback.uri)
    let pages
    const client = await mcp.connect(tools, memory, async url => {
      assert.equal(url.searchParams.get('resource'), tools.href)
      assert.equal(url.searchParams.get('code_challenge_method'), 'S256')
      const { response, pages: shown } = await person.authorize(url, callback)
      pages = shown
      return response
    })

    // Known to nobody before, and shown as such.
    assert.ok(memory.registered.client_id)
    assert.deepEqual(pages, ['sign-in', 'consent'])
    assert.equal(client.answered.get('iss'), issuer.href.replace(/\/$/, ''))
    assert.equal(client.answered.get('state'), memory.sentState)

    const result = await client.callTool({ name: 'greet', arguments: {} })
    assert.equal(result.content[0].text, 'Hello')
    const { claims } = served.seen.tokens.at(-1)
    assert.deepEqual([claims.aud].flat(), [tools.href])
    assert.equal(claims.client_id, memory.registered.client_id)

    // The access token ends; the program refreshes by itself and nobody is asked.
    const first = memory.tokens()
    assert.ok(first.refresh_token, 'offline_access brings a refresh token')
    served.seen.dead.add(first.access_token)
    assert.equal((await client.callTool({ name: 'greet', arguments: {} })).content[0].text, 'Hello')
    different(memory.tokens().access_token, first.access_token, 'two access tokens')
    different(memory.tokens().refresh_token, first.refresh_token, 'a refresh token and its successor')
    await client.close()
  } finally {
    await person.leave()
    callback.close()
    served.close()
  }
})
