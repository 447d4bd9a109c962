// Debian's apache2 as a process of the story's own: its own configuration in a temporary folder, a free port, no privileges. The system's service is not touched.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { redact } from './redact.mjs'

// Debian's account for programs that own nothing; apache2 refuses to serve as root.
const nobody = 65534
const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'rewrite', 'proxy', 'proxy_http', 'auth_openidc', 'oauth2']

/** The configurations of docs/guides/apache.md, in the order of the page. */
export async function configurations() {
  const guide = await readFile(path.resolve(import.meta.dirname, '../../../docs/guides/apache.md'), 'utf8')
  return [...guide.matchAll(/```apache\n(.*?)```/gs)].map(found => found[1])
}

/** Starts apache2 at `origin` with these configurations; `replaced` says what stands there for the names of the guide. */
export async function openApache(origin, texts, replaced) {
  const folder = await mkdtemp(path.join(tmpdir(), 'evergrant-apache-'))
  const errors = path.join(folder, 'error.log')
  const names = { ...replaced, PASSPHRASE: randomBytes(24).toString('base64url') }
  const body = Object.entries(names).reduce((text, [name, value]) => text.replaceAll(name, value), texts.join('\n'))
  await writeFile(path.join(folder, 'apache.conf'), [
    `ServerRoot ${folder}`, 'ServerName localhost', `Listen 127.0.0.1:${origin.port}`, `PidFile ${folder}/pid`, `ErrorLog ${errors}`, 'LogLevel warn',
    `DefaultRuntimeDir ${folder}`, `Mutex file:${folder}`, 'StartServers 1', 'ThreadsPerChild 16', 'MaxRequestWorkers 16', 'ServerLimit 1',
    ...modules.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`), body,
  ].join('\n'), { mode: 0o600 })
  const user = process.getuid() === 0 ? { uid: nobody, gid: nobody } : {}
  if (user.uid) for (const owned of [folder, path.join(folder, 'apache.conf')]) await chown(owned, nobody, nobody)
  const said = []
  const child = spawn('/usr/sbin/apache2', ['-f', path.join(folder, 'apache.conf'), '-DFOREGROUND'], {
    ...user, cwd: folder, env: { PATH: process.env.PATH, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => said.push(text))
  const exited = once(child, 'exit')
  const log = async () => redact(said.join('') + await readFile(errors, 'utf8').catch(() => ''))

  const apache = {
    log,
    async close() {
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
  for (const deadline = Date.now() + 15_000; !(await listens(origin.port));) {
    if (child.exitCode === null && Date.now() < deadline) {
      await wait(50)
      continue
    }
    const words = await log()
    await apache.close()
    throw new Error(`apache2 did not start. It said:\n${words}`)
  }
  return apache
}

async function listens(port) {
  const socket = connect(Number(port), '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
