import type { Topic } from '#shared/agreement.ts'
import type { DataAppError } from '#shared/error.ts'
import type { Message } from '../bus.ts'
import { weightOf } from '../message-limit.ts'

/** A message on its way, with the partition it goes to. */
export type Item = { topic: Topic; partition: number; message: Message; bytes: number; publish: Publish }
type Publish = { left: number; done: () => void; fail: (error: unknown) => void }

/** What became of a request: all of it arrived, some is missing and has to be sent again, it is too large as a whole and has to be split, or it was refused. */
export type Sent =
  | { kind: 'done' }
  | { kind: 'missing'; items: readonly Item[] }
  | { kind: 'split' }
  | { kind: 'failed'; error: DataAppError }

/**
 * Several lanes, each with one request on the way at a time. A partition belongs to one lane, which keeps the order of a key, and a lane
 * never starts a request before the last one is settled: with two on the way an idempotent producer that retries could give
 * the sequence numbers of one to the other.
 */
export type Outbox = {
  publish(topic: Topic, messages: readonly Message[], partitionOf: (message: Message) => number): Promise<void>
  /** Resolves when everything is settled. */
  settled(): Promise<void>
}

/** kafkajs groups the messages of a partition by copying the list for each one of them: short requests keep that small. */
const MAX_MESSAGES = 2_000
const MAX_BYTES = 512 * 1024

export function openOutbox(lanes: number, send: (lane: number, items: readonly Item[]) => Promise<Sent>): Outbox {
  const queues = Array.from({ length: lanes }, (): Item[] => [])
  const running = new Map<number, Promise<void>>()

  async function drain(lane: number, queue: Item[]): Promise<void> {
    // One turn of the event loop, so that everything published in this one shares a request.
    await new Promise(setImmediate)
    while (queue.length > 0) await settle(lane, nextRequest(queue))
    running.delete(lane)
  }

  async function settle(lane: number, items: readonly Item[]): Promise<void> {
    const sent = await send(lane, items)
    switch (sent.kind) {
      case 'done':
        for (const item of items) arrived(item)
        return
      case 'missing': {
        const missing = new Set(sent.items)
        for (const item of items) if (!missing.has(item)) arrived(item)
        await settle(lane, sent.items)
        return
      }
      case 'split': {
        const middle = Math.ceil(items.length / 2)
        await settle(lane, items.slice(0, middle))
        await settle(lane, items.slice(middle))
        return
      }
      case 'failed':
        for (const item of items) item.publish.fail(sent.error)
    }
  }

  return {
    publish(topic, messages, partitionOf) {
      if (messages.length === 0) return Promise.resolve()
      return new Promise<void>((done, fail) => {
        const publish: Publish = { left: messages.length, done, fail }
        for (const message of messages) {
          const partition = partitionOf(message)
          queues[partition % lanes]?.push({ topic, partition, message, bytes: weightOf(message), publish })
        }
        for (const [lane, queue] of queues.entries())
          if (queue.length > 0 && !running.has(lane)) running.set(lane, drain(lane, queue))
      })
    },
    async settled() {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}

function arrived(item: Item): void {
  item.publish.left -= 1
  if (item.publish.left === 0) item.publish.done()
}

/** Takes what fits into one request off the front: one topic, bounded in messages and bytes, at least one message. */
function nextRequest(queue: Item[]): Item[] {
  const topic = queue[0]?.topic
  let bytes = 0
  let count = 0
  for (const item of queue) {
    if (item.topic !== topic || count >= MAX_MESSAGES || (count > 0 && bytes + item.bytes > MAX_BYTES)) break
    bytes += item.bytes
    count += 1
  }
  return queue.splice(0, count)
}
