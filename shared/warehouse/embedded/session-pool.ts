import type { Session } from 'chdb'

type Kind = 'read' | 'write'
type Waiting = { kind: Kind; start: (session: Session) => void }

/** A session runs one statement at a time, so there are several on the same data. Writes may hold all but two of them: a dashboard never waits behind a bulk load. */
export class SessionPool {
  readonly #idle: Session[]
  readonly #mostWrites: number
  #writes = 0
  #waiting: Waiting[] = []

  constructor(sessions: readonly Session[]) {
    this.#idle = [...sessions]
    this.#mostWrites = Math.max(1, sessions.length - 2)
  }

  /** Runs `work` with a session of its own; resolves or rejects as `work` does. */
  async with<T>(kind: Kind, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await new Promise<Session>(start => {
      this.#waiting.push({ kind, start })
      this.#startNext()
    })
    try {
      return await work(session)
    } finally {
      if (kind === 'write') this.#writes--
      this.#idle.push(session)
      this.#startNext()
    }
  }

  #startNext(): void {
    const index = this.#waiting.findIndex(({ kind }) => kind === 'read' || this.#writes < this.#mostWrites)
    const next = this.#waiting[index]
    if (next === undefined) return
    const session = this.#idle.pop()
    if (session === undefined) return
    this.#waiting.splice(index, 1)
    if (next.kind === 'write') this.#writes++
    next.start(session)
    this.#startNext()
  }
}
