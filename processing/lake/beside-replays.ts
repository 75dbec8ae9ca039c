import type { Parts } from '#shared/parts.ts'
import { finishReplayAlone, type Standing, standingOf } from './replay.ts'

/** Sign of life while waiting for a replay, so that a consumer keeps its partitions. */
const everyMs = 1_000

/**
 * Loading beside replays. From when tables change places until the last rows are brought over, what stands lacks some of what was loaded: who learns from it what a
 * correction takes back, or which lines lack a cost, doesn't learn all. Work that such a moment touched is done again after it; doing it twice changes nothing.
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

  /** What work that begins now must find when it has ended. */
  get standing(): Standing {
    return this.#seen
  }

  /** After work that began with `standing`: does it `again`, until no tables changed places meanwhile. Resolves to what that came to, or to nothing where the first time was good. */
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
