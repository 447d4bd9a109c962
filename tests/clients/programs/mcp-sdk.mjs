// How an application uses `@modelcontextprotocol/sdk`: a client that finds its authorization server by itself, and a server of tools that lets in whoever has a token for it.

import { createServer } from 'node:http'
import { once } from 'node:events'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import * as oauth from 'oauth4webapi'

export const name = '@modelcontextprotocol/sdk'

/** A server of tools at `url`, whose tokens come from `issuer`. `dead` are access tokens that it does not take any more. */
export async function openTools(url, issuer) {
  const http = { [oauth.allowInsecureRequests]: true }
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http))
  const wellKnown = `${url.origin}/.well-known/oauth-protected-resource${url.pathname}`
  const seen = { dead: new Set(), tokens: [] }
  const listener = createServer(async (incoming, answer) => {
    const path = new URL(incoming.url, url).pathname
    if (path === new URL(wellKnown).pathname) {
      const metadata = { resource: url.href, authorization_servers: [issuer.href.replace(/\/$/, '')], scopes_supported: ['tools:use', 'offline_access'] }
      return void answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
    }
    if (path !== url.pathname) return void answer.writeHead(404).end()
    const token = incoming.headers.authorization?.replace(/^Bearer /, '')
    try {
      if (!token || seen.dead.has(token)) throw new Error('no good token')
      const claims = await oauth.validateJwtAccessToken(as, new Request(url, { headers: { authorization: `Bearer ${token}` } }), url.href, http)
      seen.tokens.push({ token, claims })
    } catch {
      return void answer.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${wellKnown}"` }).end()
    }
    const server = new McpServer({ name: 'tools', version: '1' })
    server.registerTool('greet', { description: 'Greets' }, async () => ({ content: [{ type: 'text', text: 'Hello' }] }))
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    await server.connect(transport)
    await transport.handleRequest(incoming, answer)
  }).listen(Number(url.port), '127.0.0.1')
  await once(listener, 'listening')
  return { seen, close: () => { listener.closeAllConnections(); listener.close() } }
}

/** The client's memory, and its way to the browser: `authorize(url)` answers the authorization response. */
export class Memory {
  constructor(redirectUri) {
    this.redirectUrl = redirectUri
    this.clientMetadata = {
      client_name: 'MCP client', redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'none',
    }
    this.saved = []
  }
  state() { return this.sentState ??= oauth.generateRandomState() }
  clientInformation() { return this.registered }
  saveClientInformation(registered) { this.registered = registered }
  tokens() { return this.saved.at(-1) }
  saveTokens(tokens) { this.saved.push(tokens) }
  redirectToAuthorization(url) { this.url = url }
  saveCodeVerifier(verifier) { this.verifier = verifier }
  codeVerifier() { return this.verifier }
}

/** Connects; the person is sent to the browser when the server of tools asks for a token. */
export async function connect(url, memory, authorize) {
  const client = new Client({ name: 'story', version: '1' })
  const first = new StreamableHTTPClientTransport(url, { authProvider: memory })
  try {
    await client.connect(first)
    return client
  } catch (fault) {
    if (!(fault instanceof UnauthorizedError)) throw fault
  }
  const answered = new URL((await authorize(memory.url)).url).searchParams
  await first.finishAuth(answered.get('code'))
  const again = new Client({ name: 'story', version: '1' })
  await again.connect(new StreamableHTTPClientTransport(url, { authProvider: memory }))
  return Object.assign(again, { answered })
}
