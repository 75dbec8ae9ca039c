import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Topic } from '#shared/agreement.ts'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { Bus, Message } from '../../bus.ts'
import type { KafkaSettings } from '../kafka-config.ts'
import { type Order, packed, type Receipt, type Start } from './parcel.ts'

/** From here on a publish is bulk: whoever sends that much at once goes on doing so. */
const bulk = { messages: 500, bytes: 128 * 1024 }
/** How long closing waits for the thread, which itself waits for what is on its way. */
const closeMs = 8_000
/** A sender holds a few requests and nothing else: without a limit its heap grows to several times that before it is cleared. */
const heapLimits = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 128 }

/**
 * Publishes in a thread of its own, from the first bulk on: encoding for Kafka takes as long as reading a file does, and so both go on at once. A process that
 * never sends in bulk has no such thread.
 */
export function withSender(bus: Bus, settings: KafkaSettings, log: Log): Bus {
  if (availableParallelism() < 2) return bus
  const direct = new Set<Promise<void>>()
  let sender: Promise<Sender> | undefined
  let isClosed = false
  return {
    kind: bus.kind,
    async publish(topic, messages) {
      // What is on its way directly arrives first, so that a key keeps its order.
      if (sender === undefined && !isClosed && isBulk(messages))
        sender = Promise.allSettled(direct).then(() => startSender(settings, log))
      if (sender !== undefined && !isClosed) return await (await sender).publish(topic, messages)
      const publishing = bus.publish(topic, messages)
      direct.add(publishing)
      try {
        await publishing
      } finally {
        direct.delete(publishing)
      }
    },
    consume: options => bus.consume(options),
    lag: (topic, group) => bus.lag(topic, group),
    ready: () => bus.ready(),
    async close() {
      isClosed = true
      await Promise.all([bus.close(), sender?.then(started => started.close())])
    },
  }
}

function isBulk(messages: readonly Message[]): boolean {
  if (messages.length >= bulk.messages) return true
  let bytes = 0
  for (const { value } of messages) bytes += value.length
  return bytes >= bulk.bytes
}

type Sender = { publish(topic: Topic, messages: readonly Message[]): Promise<void>; close(): Promise<void> }

function startSender(settings: KafkaSettings, log: Log): Sender {
  const start: Start = { settings, level: log.level }
  // Threads of Node 20 do not take the TypeScript loader over: they begin in a file of plain JavaScript that asks for it.
  const thread = new Worker(new URL('./start.js', import.meta.url), { workerData: start, resourceLimits: heapLimits })
  const waiting = new Map<number, { done: () => void; fail: (error: unknown) => void }>()
  let lastId = 0
  let end: { error: unknown } | undefined
  const ended = new Promise<void>(done => thread.once('exit', () => done()))
  const stop = (error: unknown) => {
    end ??= { error }
    for (const { fail } of waiting.values()) fail(end.error)
    waiting.clear()
  }
  thread.on('message', (receipt: Receipt) => {
    const publish = waiting.get(receipt.id)
    waiting.delete(receipt.id)
    if (receipt.kind === 'published') publish?.done()
    else publish?.fail(new DataAppError(receipt.code, receipt.message, { hint: receipt.hint }))
  })
  thread.on('error', stop)
  thread.on('exit', code => stop(new Error(`the thread that sends to Kafka ended with ${code}`)))
  const order = (what: Order, handOver: ArrayBuffer[] = []) => thread.postMessage(what, handOver)
  return {
    publish(topic, messages) {
      if (end !== undefined) return Promise.reject(end.error)
      const id = ++lastId
      const parcel = packed(id, topic, messages)
      return new Promise((done, fail) => {
        waiting.set(id, { done, fail })
        order({ kind: 'publish', parcel }, [parcel.bytes.buffer])
      })
    },
    async close() {
      if (end === undefined) order({ kind: 'close' })
      const impatient = setTimeout(() => void thread.terminate(), closeMs)
      await ended
      clearTimeout(impatient)
    },
  }
}
