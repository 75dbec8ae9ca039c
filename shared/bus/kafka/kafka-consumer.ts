import { setTimeout as sleep } from 'node:timers/promises'
import type { EachBatchPayload, Consumer as KafkaConsumer, KafkaMessage } from 'kafkajs'
import { messageOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { ConsumeOptions, Consumer, Received, Unfinished } from '../bus.ts'
import { MAX_MESSAGE_BYTES } from '../message-limit.ts'
import { type Connection, clientRetry, retryMs } from './connection.ts'
import { jointCommit } from './joint-commit.ts'
import { groupId } from './kafka-config.ts'
import { codedFrom, judge } from './kafka-error.ts'
import { newPositions, type Position } from './positions.ts'

/** One fetch brings six partitions that are 2 MB behind: of twelve, half. With fewer, some run dry long before others and end in pieces that are not worth their statements. */
const FETCH_BYTES = 12_500_000
/** How long leaving waits for what is still in hand. */
const LEAVE_MS = 5_000

/** A client's membership in a group: how often it joined, and what is unfinished in each partition. */
type Membership = {
  joins: number
  commit: ReturnType<typeof jointCommit>
  unfinished: Map<number, Promise<void>>
}

/** Reads a topic for a group until it is told to stop, `handle` throws or the bus closes; a broker that is away is waited for. */
export function startConsumer(connection: Connection, options: ConsumeOptions, log: Log): Consumer {
  const { kafka, brokers, closing, said, asAdmin, untilReached, partitionsOf } = connection
  const { topic, group, from } = options
  const leaving = new AbortController()
  const signal = AbortSignal.any([closing.signal, leaving.signal])
  const left = new Promise<void>(done => signal.addEventListener('abort', () => done(), { once: true }))
  let failure: { error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
    leaving.abort()
  }

  const withoutPosition = () => untilReached(() => asAdmin(client => newPositions(client, topic, group)), signal)

  async function start(client: KafkaConsumer, member: Membership, giveUp: (error: unknown) => void): Promise<void> {
    await partitionsOf(topic)
    if (signal.aborted) return
    await untilReached(() => client.connect(), signal)
    const begin = from === 'earliest' ? [] : await withoutPosition()
    client.on(client.events.GROUP_JOIN, async ({ payload }) => {
      said(false)
      member.joins += 1
      const assigned = payload.memberAssignment[topic] ?? []
      if (begin.some(({ partition }) => assigned.includes(partition))) await recordBegin(client, assigned, begin)
    })
    client.on(client.events.CRASH, ({ payload }) => {
      const error = codedFrom(payload.error, brokers)
      if (payload.restart) said(true, error)
      else giveUp(payload.error)
    })
    await client.subscribe({ topic, fromBeginning: from === 'earliest' })
    await client.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: options.partitionsAtOnce ?? 1,
      eachBatch: payload => eachBatch(payload, member),
    })
  }

  /** A new group that begins at the latest message has that position from now on, also when it is away before its first batch. */
  async function recordBegin(
    client: KafkaConsumer,
    assigned: readonly number[],
    begin: readonly Position[],
  ): Promise<void> {
    const still = await withoutPosition()
    const open = new Set(still.map(({ partition }) => partition))
    const mine = begin.filter(({ partition }) => open.has(partition) && assigned.includes(partition))
    for (const { partition, offset } of mine) client.seek({ topic, partition, offset })
    if (mine.length > 0) await client.commitOffsets(mine.map(position => ({ topic, ...position })))
  }

  async function eachBatch(payload: EachBatchPayload, member: Membership): Promise<void> {
    const { partition, messages } = payload.batch
    for (const part of parts(messages, options.maxMessages, options.maxBytes)) {
      if (signal.aborted) return await settled(member)
      if (!payload.isRunning() || payload.isStale()) return
      // A rebalance seen by a heartbeat waits for the end of the batch: its position can still be recorded.
      const heartbeat = () => payload.heartbeat().catch(() => {})
      let unfinished: Unfinished | undefined
      try {
        unfinished = await options.handle(
          part.map(message => received(message, partition)),
          heartbeat,
        )
      } catch (error) {
        fail(error)
        return
      }
      const last = part.at(-1)
      if (last === undefined) return
      const position = { partition, offset: String(BigInt(last.offset) + 1n) }
      recordWhenDone(payload, member, position, unfinished?.done)
      payload.resolveOffset(last.offset)
      // The client leaves the group when this returns: from then on no position is taken from it.
      if (signal.aborted) return await settled(member)
      await payload.heartbeat()
    }
  }

  /** Records the position once the batch is done, and everything before it in its partition. */
  function recordWhenDone(
    payload: EachBatchPayload,
    member: Membership,
    position: Position,
    done: Promise<void> | undefined,
  ): void {
    const { joins } = member
    const finished = Promise.all([member.unfinished.get(position.partition), done]).then(async () => {
      // After a rebalance somebody else may have the partition, and be further; it begins at what is recorded, so the same messages come again.
      for (let pause = retryMs.first; member.joins === joins; pause = Math.min(pause * 2, retryMs.most)) {
        try {
          return await member.commit(payload, position)
        } catch (error) {
          log.debug({ topic, group, ...position, cause: messageOf(error) }, 'a position could not be recorded')
          if (signal.aborted) return
          await sleep(pause, undefined, { signal }).catch(() => {})
        }
      }
    })
    member.unfinished.set(position.partition, finished)
    finished.catch(fail)
  }

  async function settled({ unfinished }: Membership): Promise<void> {
    await Promise.race([Promise.allSettled(unfinished.values()), sleep(LEAVE_MS, undefined, { ref: false })])
  }

  /** One membership in the group. It ends when the consumer is told to leave, or when its client gives up on a broker that is away. */
  async function membership(): Promise<void> {
    let over = () => {}
    const givenUp = new Promise<void>(done => {
      over = done
    })
    const giveUp = (error: unknown) => {
      const failure = judge(error, brokers)
      if (failure.kind !== 'unreachable') return fail(codedFrom(error, brokers))
      said(true, failure.error)
      over()
    }
    const client = kafka.consumer({
      groupId: groupId(group, topic),
      allowAutoTopicCreation: false,
      // After a broker's fall a member that could not say goodbye holds up the group for this long.
      sessionTimeout: 15_000,
      maxWaitTimeInMs: 500,
      maxBytes: Math.max(FETCH_BYTES, options.maxBytes),
      maxBytesPerPartition: Math.max(options.maxBytes, MAX_MESSAGE_BYTES),
      retry: { ...clientRetry, retries: 8, restartOnFailure: async () => !signal.aborted },
    })
    const member: Membership = { joins: 0, commit: jointCommit(topic), unfinished: new Map() }
    const started = start(client, member, giveUp)
    started.catch(giveUp)
    await Promise.race([left, givenUp])
    if (!closing.signal.aborted)
      await Promise.race([started.catch(() => {}), sleep(LEAVE_MS, undefined, { ref: false })])
    await settled(member)
    await Promise.race([client.disconnect().catch(() => {}), sleep(LEAVE_MS, undefined, { ref: false })])
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await membership()
      await sleep(1_000, undefined, { signal }).catch(() => {})
    }
    if (failure !== undefined) throw failure.error
  }

  const stopped = run()
  stopped.catch(error => log.error({ topic, group, cause: messageOf(error) }, 'a consumer ended'))
  return {
    stopped,
    async stop() {
      leaving.abort()
      await stopped.catch(() => {})
    },
  }
}

function received(message: KafkaMessage, partition: number): Received {
  return {
    key: message.key?.toString() ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers: headersOf(message.headers),
    partition,
    offset: message.offset,
    timestampMs: Number(message.timestamp),
  }
}

const withoutHeaders: Readonly<Record<string, string>> = {}

function headersOf(headers: KafkaMessage['headers']): Readonly<Record<string, string>> {
  const entries = Object.entries(headers ?? {})
  if (entries.length === 0) return withoutHeaders
  return Object.fromEntries(
    entries.map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : (value ?? ''))]),
  )
}

/** Cuts what was fetched into batches of the size that was asked for. */
function* parts(messages: readonly KafkaMessage[], maxMessages: number, maxBytes: number): Generator<KafkaMessage[]> {
  let part: KafkaMessage[] = []
  let bytes = 0
  for (const message of messages) {
    const size = message.value?.length ?? 0
    if (part.length > 0 && (part.length >= maxMessages || bytes + size > maxBytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(message)
    bytes += size
  }
  if (part.length > 0) yield part
}
