// Starts the server once, runs every story against it, counts, ends the server.

import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { run } from 'node:test'
import { declare } from './declared.mjs'
import { keepSecret, redact } from './redact.mjs'
import { freePort, startServer } from './server.mjs'

const named = process.argv.slice(2).map(file => path.resolve(file))
const counts = { passed: 0, failed: 0, skipped: 0 }
let server

try {
  server = await startServer()
  keepSecret(server.dev.user.password, server.dev.operator.password, server.dev.clients.web.client_secret)
  const origin = async () => `http://localhost:${await freePort()}`
  const places = { tools: `http://127.0.0.1:${await freePort()}/mcp`, app: await origin(), intranet: await origin(), apis: await origin() }
  const { state, privateKey } = await declare(server.dev.issuer, places)
  const changes = await server.apply(state)
  const secrets = Object.fromEntries(changes.filter(c => c.client_secret).map(c => [c.id, c.client_secret]))
  keepSecret(...Object.values(secrets))

  const scene = path.join(server.folder, 'clients.json')
  await writeFile(scene, JSON.stringify({ ...server.dev, secrets, privateKey, places }), { mode: 0o600 })
  process.env.EVERGRANT_SCENE = scene

  await play(named.length ? named : await stories())
} catch (fault) {
  console.error(redact(fault.stack))
  counts.failed++
}

if (server) {
  if (counts.failed) console.log(`--- the server's last words\n${redact((await server.log()).split('\n').slice(-40).join('\n'))}`)
  const exit = await server.stop()
  if (exit !== 0) {
    console.log(`FAILED  the server stops cleanly on SIGTERM: it ended with ${exit}`)
    counts.failed++
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed || !counts.passed ? 1 : 0

async function stories() {
  const folder = path.resolve(import.meta.dirname, '../stories')
  return (await readdir(folder)).filter(name => name.endsWith('.test.mjs')).sort().map(name => path.join(folder, name))
}

async function play(files) {
  for await (const { type, data } of run({ files, concurrency: 2, timeout: 120_000 })) {
    if (type === 'test:stderr' || type === 'test:stdout') process.stdout.write(redact(data.message))
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite' || data.nesting === 0 && files.includes(data.name)) {
      // A story file that cannot be loaded, or a suite whose set-up failed, has no test to blame.
      if (type === 'test:fail' && !['subtestsFailed', 'cancelledByParent'].includes(data.details.error.failureType)) fail(data)
      continue
    }
    if (data.skip !== undefined) counts.skipped++
    else if (type === 'test:pass') counts.passed++
    else { fail(data); continue }
    console.log(`${data.skip !== undefined ? 'skipped' : 'passed '} ${data.name} (${Math.round(data.details.duration_ms)} ms)`)
  }
}

function fail(data) {
  counts.failed++
  const { error } = data.details
  const cause = error.cause ?? error
  console.log(`FAILED  ${data.name}\n${redact(cause.stack ?? cause.message ?? cause).replace(/^/gm, '    ')}`)
}
