// How an API uses `express-oauth2-jwt-bearer`: RFC 9068 in its strict form, with the keys that discovery names.

import { once } from 'node:events'
import express from 'express'
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer'

export const name = 'express-oauth2-jwt-bearer'

/** Serves `/` to whoever has a token of `issuer` for `audience` with `scope`; answers the API's address. */
export async function open(issuer, audience, scope) {
  const api = express()
  api.get('/', auth({ issuerBaseURL: issuer, audience, strict: true, clockTolerance: 0 }), requiredScopes(scope), (request, answer) => answer.json({ sub: request.auth.payload.sub }))
  // Express prints what a middleware throws; an API of one's own says no more than the status.
  api.use((fault, request, answer, next) => (answer.headersSent ? next(fault) : answer.status(fault.status ?? 500).set(fault.headers ?? {}).end()))
  const listener = api.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return { url: `http://127.0.0.1:${listener.address().port}/`, close: () => { listener.closeAllConnections(); listener.close() } }
}
