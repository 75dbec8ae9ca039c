import type { Bus, ConsumeOptions, Consumer } from '#shared/bus/bus.ts'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { isPassing } from '#shared/passing.ts'
import { pause } from '#shared/pause.ts'

const pauseMs = { first: 500, most: 10_000 }

export type Lasting = Consumer & {
  /** Why nothing gets on; undefined while it does. */
  readonly obstacle: DataAppError | undefined
}

/**
 * A consumer that outlasts what passes: it begins again at its recorded position, later each time, until a batch gets through. Work that was half done is done again, which
 * changes nothing. Anything else still ends it.
 */
export function lasting(bus: Pick<Bus, 'consume'>, options: ConsumeOptions, log: Log): Lasting {
  const leaving = new AbortController()
  let obstacle: DataAppError | undefined
  let nextMs = pauseMs.first
  const through = () => {
    if (obstacle !== undefined) log.info({ topic: options.topic }, 'loading goes on')
    obstacle = undefined
    nextMs = pauseMs.first
  }
  const begin = () =>
    bus.consume({
      ...options,
      handle: async (batch, heartbeat) => {
        const unfinished = await options.handle(batch, heartbeat)
        if (unfinished === undefined) through()
        else unfinished.done.then(through, () => {})
        return unfinished
      },
    })
  let current = begin()

  async function run(): Promise<void> {
    for (;;) {
      try {
        return await current.stopped
      } catch (error) {
        if (leaving.signal.aborted || !(error instanceof DataAppError) || !isPassing(error)) throw error
        obstacle = error
        log.error(
          { topic: options.topic, code: error.code, hint: error.hint },
          `${error.message} Loading waits for it.`,
        )
        await pause(nextMs, leaving.signal)
        if (leaving.signal.aborted) return
        nextMs = Math.min(nextMs * 2, pauseMs.most)
        current = begin()
      }
    }
  }

  const stopped = run()
  stopped.catch(() => {})
  return {
    stopped,
    get obstacle() {
      return obstacle
    },
    stop: async () => {
      leaving.abort()
      await current.stop()
      await stopped.catch(() => {})
    },
  }
}
