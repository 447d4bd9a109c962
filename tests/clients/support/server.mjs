// Starts the server in development mode in a folder of its own, waits until it listens, and ends exactly that process.

import { spawn, execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { randomInt } from 'node:crypto'
import path from 'node:path'
import { promisify } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'

const root = path.resolve(import.meta.dirname, '../../..')
const command = (process.env.EVERGRANT_COMMAND ?? 'dotnet src/Evergrant/bin/Debug/net10.0/evergrant.dll').split(/\s+/)

// Below the ports that the system gives to outgoing connections: none of them takes it before the server does.
export async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 32_768)
    const listener = createServer().listen(port, '127.0.0.1')
    try {
      await once(listener, 'listening')
    } catch {
      continue // somebody has it
    }
    listener.close()
    await once(listener, 'close')
    return port
  }
}

export async function startServer() {
  const folder = await mkdtemp(path.join(tmpdir(), 'evergrant-clients-'))
  const log = await open(path.join(folder, 'server.log'), 'w')
  const url = `http://localhost:${await freePort()}`
  const child = spawn(command[0], [...command.slice(1), 'start', '--urls', url, '--data', folder], {
    cwd: root,
    stdio: ['ignore', log.fd, log.fd],
  })
  const exited = once(child, 'exit')
  await log.close()

  const server = {
    folder,
    /** What dev.json says. */
    dev: null,
    log: () => readFile(path.join(folder, 'server.log'), 'utf8'),
    /** Declares state (`evergrant apply`); answers its changes. */
    async apply(declared) {
      const file = path.join(folder, 'declared.json')
      await writeFile(file, JSON.stringify(declared), { mode: 0o600 })
      const { stdout } = await promisify(execFile)(
        command[0], [...command.slice(1), 'apply', '-f', file, '--data', folder, '--json', '--yes'], { cwd: root })
      return JSON.parse(stdout).changes
    },
    /** Answers the exit code: 0 when SIGTERM ended it cleanly. */
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      const [code, signal] = await exited
      clearTimeout(late)
      await rm(folder, { recursive: true, force: true })
      return code ?? signal
    },
  }

  const deadline = Date.now() + 60_000
  for (;;) {
    try {
      server.dev = JSON.parse(await readFile(path.join(folder, 'dev.json'), 'utf8'))
      return server
    } catch (fault) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        const said = await server.log()
        if (child.exitCode === null && child.signalCode === null) await server.stop()
        else await rm(folder, { recursive: true, force: true })
        throw new Error(`The server did not start (${fault.code ?? fault.message}). It said:\n${said}`)
      }
      await wait(50)
    }
  }
}
