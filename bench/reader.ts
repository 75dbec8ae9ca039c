import type { Topic } from '#shared/agreement.ts'
import type { Bus, Consumer } from '#shared/bus/bus.ts'

/** Reads that many messages of a topic from its beginning, as a group of its own. The reader is handed back as it stands: whoever asked stops it. */
export function readMessages(bus: Bus, topic: Topic, total: number): Promise<Consumer> {
  let got = 0
  return new Promise((done, fail) => {
    const reader = bus.consume({
      topic,
      group: crypto.randomUUID(),
      from: 'earliest',
      maxMessages: 5_000,
      maxBytes: 4_000_000,
      handle: async messages => {
        got += messages.length
        if (got >= total) done(reader)
        return undefined
      },
    })
    reader.stopped.catch(fail)
  })
}
