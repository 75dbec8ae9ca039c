import type { Parts } from '#shared/parts.ts'
import { finishReplayAlone, type Standing, standingOf } from './replay.ts'

/** How often to give a sign of life while waiting for a replay, so that a consumer keeps its partitions. */
const everyMs = 1_000

/**
 * Lets loading go on while a replay runs. Between the exchange of tables and the moment when the last rows are brought over, the warehouse lacks some lines: looking up what a correction
 * takes back, or which lines lack a cost, may miss some. Work that overlapped such a moment is done once more after it, which changes nothing where nothing was missed.
 */
export class BesideReplays {
  readonly #parts: Pick<Parts, 'warehouse' | 'settings'>
  #seen: Standing

  private constructor(parts: Pick<Parts, 'warehouse' | 'settings'>, seen: Standing) {
    this.#parts = parts
    this.#seen = seen
  }

  /** Finishes a replay that was cut off while tables changed places, if there is one. */
  static async open(parts: Pick<Parts, 'warehouse' | 'settings'>): Promise<BesideReplays> {
    const opened = new BesideReplays(parts, await standingOf(parts.warehouse))
    if (opened.#seen.changing) await opened.#finish(async () => {})
    return opened
  }

  /** How replays stand as work begins: hand it to `settle` when the work is done. */
  get standing(): Standing {
    return this.#seen
  }

  /** For work that began under `standing` and is done: does it `again` until no tables changed places while it ran. Resolves to the last result, or to undefined where nothing had to be done again. */
  async settle<T>(standing: Standing, heartbeat: () => Promise<void>, again: () => Promise<T>): Promise<T | undefined> {
    let done: T | undefined
    for (let began = standing; ; began = this.#seen) {
      const now = await standingOf(this.#parts.warehouse)
      if (!now.changing && now.version === began.version) return done
      await this.#finish(heartbeat)
      done = await again()
    }
  }

  async #finish(heartbeat: () => Promise<void>): Promise<void> {
    const beating = setInterval(() => void heartbeat().catch(() => {}), everyMs)
    try {
      await finishReplayAlone(this.#parts, new AbortController().signal)
      this.#seen = await standingOf(this.#parts.warehouse)
    } finally {
      clearInterval(beating)
    }
  }
}
