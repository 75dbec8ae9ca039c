import type { ChildProcess } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where `install.sh` keeps what the tests need and npm does not have. */
export const partsDirectory = process.env.TEST_PARTS ?? join(homedir(), '.cache', 'dataapp-parts')

/**
 * Begins a suite that needs a real part: `before(needs(kafka.available()))`. Absent: the suite is skipped and says why, or fails where
 * everything must be there (`CI=true`).
 */
export function needs(reason: string | undefined): Mocha.Func {
  return function () {
    if (reason === undefined) return
    if (process.env.CI === 'true') throw new Error(reason)
    console.log(`      skipped: ${reason}`)
    this.skip()
  }
}

/** Below those that the system gives to connections: between being found and being listened on, seconds for a broker, one of these would be taken by any client. */
const [lowestPort, firstOfConnections] = [15_000, 32_000]

/** A port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowestPort + Math.floor(Math.random() * (firstOfConnections - lowestPort))
    if (await canListen(port)) return port
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise(done => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}

/** Resolves when something listens; rejects with the program's last words when it has ended instead. */
export async function listening(port: number, child: ChildProcess, words: () => string): Promise<void> {
  while (!(await answers(port))) {
    if (hasEnded(child)) throw new Error(`it ended at its start:\n${words().slice(-4000)}`)
    await new Promise(done => setTimeout(done, 50))
  }
}

/** Resolves when the program has said this; rejects with its last words when it has ended instead. */
export async function saying(child: ChildProcess, text: string): Promise<void> {
  const words = lastWords(child)
  while (!words().includes(text)) {
    if (hasEnded(child)) throw new Error(`it ended at its start:\n${words().slice(-4000)}`)
    await new Promise(done => setTimeout(done, 20))
  }
}

/** What a program said last, at most this much. */
export function lastWords(child: ChildProcess): () => string {
  let said = ''
  const listen = (data: unknown) => {
    said = (said + String(data)).slice(-20_000)
  }
  child.stdout?.on('data', listen)
  child.stderr?.on('data', listen)
  return () => said
}

export async function ended(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  await new Promise(done => child.once('exit', done))
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function answers(port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
