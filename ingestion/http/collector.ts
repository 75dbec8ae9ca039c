import type { Topic } from '#shared/agreement.ts'
import type { Bus, Message } from '#shared/bus/bus.ts'

/** Publishes many small things together: what arrives while a batch is on its way shares the next one. */
export type Collector = {
  /** Resolves when the bus holds the messages durably; rejects as `bus.publish` does. */
  publish(messages: readonly Message[]): Promise<void>
  readonly waiting: number
}

const mostAtOnce = 2_000

export function openCollector(bus: Bus, topic: Topic): Collector {
  let queue: { messages: readonly Message[]; done: () => void; fail: (error: unknown) => void }[] = []
  let busy = false
  let waiting = 0

  const drain = async () => {
    busy = true
    while (queue.length > 0) {
      // One turn of the event loop, so that requests that came together share a batch.
      await new Promise(setImmediate)
      const batch = queue.slice(0, mostAtOnce)
      queue = queue.slice(mostAtOnce)
      try {
        await bus.publish(
          topic,
          batch.flatMap(entry => entry.messages),
        )
        for (const entry of batch) entry.done()
      } catch (error) {
        for (const entry of batch) entry.fail(error)
      }
      for (const entry of batch) waiting -= entry.messages.length
    }
    busy = false
  }

  return {
    get waiting() {
      return waiting
    },
    publish(messages) {
      waiting += messages.length
      return new Promise((done, fail) => {
        queue.push({ messages, done, fail })
        if (!busy) void drain()
      })
    },
  }
}
