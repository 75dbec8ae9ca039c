import { pause } from './pause.ts'

type Pace = {
  everyMs: number
  /** The pause before the first round; `everyMs` unless told otherwise. */
  firstMs?: number
}

/**
 * Work in the background, round after round with a pause in between, so that a round that takes long piles up no others. A round resolves to the milliseconds of the next pause where
 * that is not `everyMs`. One that fails is told to `onFailed` and tried again after a pause, unless it failed because of the stop, which aborts `signal` and waits for the round in hand.
 */
export function inRounds(
  { everyMs, firstMs = everyMs }: Pace,
  round: (signal: AbortSignal) => Promise<number | undefined>,
  onFailed: (error: unknown) => void,
): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping

  async function work(): Promise<void> {
    for (let pauseMs = firstMs; ; ) {
      await pause(pauseMs, signal)
      if (signal.aborted) return
      pauseMs = everyMs
      try {
        pauseMs = (await round(signal)) ?? everyMs
      } catch (error) {
        if (!signal.aborted) onFailed(error)
      }
    }
  }

  const working = work()
  return {
    stop: async () => {
      stopping.abort()
      await working
    },
  }
}
