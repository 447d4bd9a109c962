// A little web server of the story's own: fixed pages and scripts, at an origin that is not the server's.

import { createServer } from 'node:http'
import { once } from 'node:events'

/** Serves `files` (path → { type, body }) at `origin`; every other path gets `fallback`. */
export async function openSite(origin, files, fallback) {
  const listener = createServer((incoming, answer) => {
    const file = files[new URL(incoming.url, origin).pathname] ?? fallback
    answer.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store' }).end(file.body)
  }).listen(Number(origin.port), '127.0.0.1')
  await once(listener, 'listening')
  return { close: () => { listener.closeAllConnections(); listener.close() } }
}
