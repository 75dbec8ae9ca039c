import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { forkModule } from '#shared/child.ts'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { EngineOrder } from './order.ts'

export type EngineOptions = { directory: string; database: string; memoryBytes: number; log: Log }

/** Keeps the engine's process alive: started at once, restarted when it ends by itself, always on the same port with the same password. */
export class Engine {
  readonly password = randomBytes(24).toString('hex')
  readonly #options: EngineOptions
  #port = 0
  #child: ChildProcess | undefined
  #up: Promise<void>
  #closing = false
  #failures = 0

  constructor(options: EngineOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true })
    this.#up = this.#start()
    this.#up.catch(() => {})
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when the engine answers (again). */
  up(): Promise<void> {
    return this.#up
  }

  async close(): Promise<void> {
    this.#closing = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>(done => child.once('exit', () => done()))
    if (child.connected) child.disconnect()
    const impatient = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(impatient)
  }

  #start(): Promise<void> {
    const { directory, database, memoryBytes, log } = this.#options
    const order: EngineOrder = { directory, database, memoryBytes, password: this.password, port: this.#port }
    const child = forkModule('./engine', import.meta.url, {
      env: { ...process.env, ENGINE_ORDER: JSON.stringify(order), UV_THREADPOOL_SIZE: '12' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
    })
    this.#child = child
    let lastWords = ''
    child.stderr?.on('data', chunk => {
      lastWords = (lastWords + String(chunk)).slice(-2_000)
    })
    return new Promise((ready, fail) => {
      child.once('message', message => {
        if (typeof message === 'object' && message !== null && 'port' in message) this.#port = Number(message.port)
        this.#failures = 0
        ready()
      })
      child.once('exit', (code, signal) => {
        if (this.#closing) return fail(new DataAppError('WAREHOUSE_CLOSED', 'The warehouse was closed.'))
        this.#failures++
        if (this.#failures > 5) {
          return fail(
            new DataAppError(
              'WAREHOUSE_BROKEN',
              `The embedded warehouse in ${directory} does not start. It last said: ${lastWords.trim().slice(-600)}`,
              { hint: 'Check room and permissions with `dataapp doctor`.' },
            ),
          )
        }
        log.warn(
          { code, signal, lastWords: lastWords.trim().slice(-600) },
          'the warehouse process ended; starting it again',
        )
        this.#up = new Promise<void>(done => setTimeout(done, this.#failures * 300)).then(() => this.#start())
        this.#up.then(ready, fail)
        this.#up.catch(() => {})
      })
    })
  }
}
