import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, {
  type Admin,
  type EachBatchPayload,
  type KafkaConfig,
  type Consumer as KafkaConsumer,
  type KafkaMessage,
  type PartitionMetadata,
  type Producer,
  type SASLOptions,
} from 'kafkajs'
import type { Topic } from '#shared/agreement.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { Bus, ConsumeOptions, Consumer, Received, Unfinished } from '../bus.ts'
import { MAX_MESSAGE_BYTES, tooLarge, weightOf } from '../message-limit.ts'
import { jointCommit, type Position } from './joint-commit.ts'
import { type Credentials, credentialsOf, groupId, type KafkaSettings, tlsOf, topicSpecs } from './kafka-config.ts'
import { codedFrom, judge, unknownTopic, unreachable } from './kafka-error.ts'
import { compressFrame, decompressFrame } from './lz4.ts'
import { type Item, openOutbox, type Sent } from './outbox.ts'
import { lookOnlyForWaitingRequests } from './waiting-requests.ts'

const { CompressionCodecs, CompressionTypes, Kafka, Partitioners } = kafkajs

/** Encoding for one producer goes on while another one waits for its acknowledgement. */
const LANES = 3
/** One fetch brings six partitions that are 2 MB behind: of twelve, half. With fewer, some run dry long before others and end in pieces that are not worth their statements. */
const FETCH_BYTES = 12_500_000
const RETRY_MS = { first: 250, most: 5_000 }
/** How long closing waits for what is still on its way. */
const CLOSE_MS = 5_000
/** Short inside the client; the loops here go on for as long as it takes. */
const clientRetry = { retries: 4, initialRetryTime: 100, maxRetryTime: 2_000 }
const compressions = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  lz4: CompressionTypes.LZ4,
} as const

type Partitions = ReadonlyMap<Topic, number>

/** A client's membership in a group: how often it joined, and what is unfinished in each partition. */
type Membership = {
  joins: number
  commit: ReturnType<typeof jointCommit>
  unfinished: Map<number, Promise<void>>
}

/** The bus on Kafka 3.9 to 4.x, MSK or Redpanda. Opening does not connect: `ready` says whether it answers, publishing waits until it does. */
export async function openKafkaBus(settings: KafkaSettings, log: Log): Promise<Bus> {
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async (encoder: { buffer: Buffer }) => compressFrame(encoder.buffer),
    decompress: async (buffer: Buffer) => decompressFrame(buffer),
  })
  lookOnlyForWaitingRequests()
  const brokers = settings.DATAAPP_BUS_BROKERS
  const kafka = new Kafka(clientConfig(settings, log))
  const compression = compressions[settings.DATAAPP_BUS_COMPRESSION]
  const producers = new Map<number, Producer>()
  const consumers = new Set<Consumer>()
  const closing = new AbortController()
  let admin: Promise<Admin> | undefined
  let partitions: Promise<Partitions> | undefined
  let away = false

  function said(isAway: boolean, error?: DataAppError): void {
    if (isAway && !away) log.warn({ code: error?.code }, error?.message ?? 'Kafka does not answer')
    if (!isAway && away) log.info('Kafka answers again')
    away = isAway
  }

  /** Runs work on the one administrative connection, and makes a new connection after any failure. */
  async function asAdmin<T>(work: (client: Admin) => Promise<T>): Promise<T> {
    admin ??= connected(kafka.admin({ retry: { ...clientRetry, retries: 1 } }))
    const mine = admin
    try {
      return await work(await mine)
    } catch (error) {
      if (admin === mine) admin = undefined
      void mine.then(client => client.disconnect()).catch(() => {})
      throw error
    }
  }

  /** Repeats until it works, something that waiting can't help happens, or the bus closes. */
  async function untilReached<T>(work: () => Promise<T>, signal: AbortSignal = closing.signal): Promise<T> {
    for (let pause = RETRY_MS.first; ; pause = Math.min(pause * 2, RETRY_MS.most)) {
      try {
        const result = await work()
        said(false)
        return result
      } catch (error) {
        const failure = judge(error, brokers)
        if (failure.kind !== 'unreachable') throw failure.kind === 'fatal' ? failure.error : error
        said(true, failure.error)
        if (signal.aborted) throw failure.error
        await sleep(pause, undefined, { signal }).catch(() => {})
      }
    }
  }

  async function knownPartitions(): Promise<Partitions> {
    partitions ??= untilReached(() => asAdmin(client => ensureTopics(client, settings, log)))
    const mine = partitions
    try {
      return await mine
    } catch (error) {
      if (partitions === mine) partitions = undefined
      throw error
    }
  }

  async function partitionsOf(topic: Topic): Promise<number> {
    const count = (await knownPartitions()).get(topic)
    if (count !== undefined) return count
    partitions = undefined
    throw unknownTopic(topic)
  }

  async function producerOf(lane: number): Promise<Producer> {
    const known = producers.get(lane)
    if (known !== undefined) return known
    const producer = await connected(
      kafka.producer({
        idempotent: true,
        allowAutoTopicCreation: false,
        // The outbox has chosen already; the client's own choice costs a look at every partition for every message.
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
        retry: clientRetry,
      }),
    )
    producers.set(lane, producer)
    return producer
  }

  async function renew(lane: number): Promise<void> {
    const producer = producers.get(lane)
    producers.delete(lane)
    await producer?.disconnect().catch(() => {})
  }

  async function send(lane: number, items: readonly Item[]): Promise<Sent> {
    const [first] = items
    if (first === undefined) return { kind: 'done' }
    const { topic } = first
    const messages = items.map(({ message, partition }) => ({ ...message, partition }))
    try {
      const arrived = await untilReached(async () => {
        const producer = await producerOf(lane)
        try {
          return await producer.send({ topic, acks: -1, compression, messages })
        } catch (error) {
          const failure = judge(error, brokers)
          if (failure.kind === 'renew') {
            log.warn({ topic }, 'Kafka forgot this producer: going on as a new one')
            await renew(lane)
            throw unreachable(brokers, 'the producer is being renewed')
          }
          throw error
        }
      })
      // When a partition's leader moves during a retry the client may leave that partition out without an error.
      const reached = new Set(arrived.map(({ partition }) => partition))
      const missing = items.filter(({ partition }) => !reached.has(partition))
      return missing.length === 0 ? { kind: 'done' } : { kind: 'missing', items: missing }
    } catch (error) {
      const failure = judge(error, brokers)
      if (failure.kind === 'too-large' && items.length > 1) return { kind: 'split' }
      const { key } = first.message
      return {
        kind: 'failed',
        error: failure.kind === 'too-large' ? tooLarge(topic, key, first.bytes) : codedFrom(error, brokers),
      }
    }
  }

  function startConsumer(options: ConsumeOptions): Consumer {
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
        for (let pause = RETRY_MS.first; member.joins === joins; pause = Math.min(pause * 2, RETRY_MS.most)) {
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
      await Promise.race([Promise.allSettled(unfinished.values()), sleep(CLOSE_MS, undefined, { ref: false })])
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
        await Promise.race([started.catch(() => {}), sleep(CLOSE_MS, undefined, { ref: false })])
      await settled(member)
      await Promise.race([client.disconnect().catch(() => {}), sleep(CLOSE_MS, undefined, { ref: false })])
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

  const outbox = openOutbox(LANES, send)
  const partitionOf = Partitioners.DefaultPartitioner()

  return {
    kind: 'kafka',
    async publish(topic, messages) {
      if (closing.signal.aborted)
        throw new DataAppError('BUS_CLOSED', `The bus is closed: nothing goes into "${topic}".`)
      for (const message of messages) {
        const bytes = weightOf(message)
        if (bytes > MAX_MESSAGE_BYTES) throw tooLarge(topic, message.key, bytes)
      }
      const count = await partitionsOf(topic)
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => partition(partitionId))
      const byKey = new Map<string, number>()
      await outbox.publish(topic, messages, message => {
        const known = byKey.get(message.key)
        if (known !== undefined) return known
        const chosen = partitionOf({ topic, partitionMetadata, message })
        byKey.set(message.key, chosen)
        return chosen
      })
    },
    consume(options) {
      if (closing.signal.aborted) throw new DataAppError('BUS_CLOSED', 'The bus is closed.')
      const consumer = startConsumer(options)
      consumers.add(consumer)
      const forget = () => void consumers.delete(consumer)
      consumer.stopped.then(forget, forget)
      return consumer
    },
    async lag(topic, group) {
      await partitionsOf(topic)
      return await untilReached(() => asAdmin(client => lagOf(client, topic, group)))
    },
    async ready() {
      try {
        await asAdmin(client => client.describeCluster())
      } catch (error) {
        throw codedFrom(error, brokers)
      }
      for (const { topic } of topicSpecs(settings)) await partitionsOf(topic)
    },
    async close() {
      if (closing.signal.aborted) return
      await Promise.allSettled([...consumers].map(consumer => consumer.stop()))
      await Promise.race([outbox.settled(), sleep(CLOSE_MS, undefined, { ref: false })])
      closing.abort()
      await outbox.settled()
      for (const producer of producers.values()) await producer.disconnect().catch(() => {})
      await admin?.then(client => client.disconnect()).catch(() => {})
    },
  }
}

/** The latest offsets of the partitions in which the group has no position yet. */
async function newPositions(client: Admin, topic: Topic, group: string): Promise<Position[]> {
  const [ends, known] = await Promise.all([client.fetchTopicOffsets(topic), positionsOf(client, topic, group)])
  return ends
    .filter(({ partition }) => !known.has(partition))
    .map(({ partition, high }) => ({ partition, offset: high }))
}

async function positionsOf(client: Admin, topic: Topic, group: string): Promise<Map<number, bigint>> {
  const found = await client.fetchOffsets({ groupId: groupId(group, topic), topics: [topic] })
  const positions = found
    .flatMap(known => known.partitions)
    .map(({ partition, offset }) => [partition, BigInt(offset)] as const)
  return new Map(positions.filter(([, offset]) => offset >= 0n))
}

async function lagOf(client: Admin, topic: Topic, group: string): Promise<number> {
  const [ends, known] = await Promise.all([client.fetchTopicOffsets(topic), positionsOf(client, topic, group)])
  return ends.reduce((sum, { partition, high, low }) => {
    const position = known.get(partition) ?? BigInt(low)
    return sum + Math.max(0, Number(BigInt(high) - position))
  }, 0)
}

/** Creates what is missing when it may, and returns the partitions of each topic that is there. */
async function ensureTopics(client: Admin, settings: KafkaSettings, log: Log): Promise<Partitions> {
  const specs = topicSpecs(settings)
  const there = new Set(await client.listTopics())
  const missing = specs.filter(({ topic }) => !there.has(topic))
  const mayCreate = settings.DATAAPP_BUS_CREATE_TOPICS
  if (mayCreate && missing.length > 0) {
    await client.createTopics({ topics: missing, waitForLeaders: true, timeout: 10_000 })
    log.info({ topics: missing.map(({ topic }) => topic) }, 'created topics')
  }
  const known = mayCreate ? specs : specs.filter(({ topic }) => there.has(topic))
  const { topics: found } = await client.fetchTopicMetadata({ topics: known.map(({ topic }) => topic) })
  const counts = new Map(found.map(({ name, partitions }) => [name, partitions.length]))
  const different = known.filter(({ topic, numPartitions }) => counts.get(topic) !== numPartitions)
  if (different.length > 0)
    log.warn(
      { found: Object.fromEntries(counts), wanted: settings.DATAAPP_BUS_PARTITIONS },
      'topics have other partitions than set',
    )
  return new Map(known.flatMap(({ topic }) => [[topic, counts.get(topic) ?? 0]]))
}

function clientConfig(settings: KafkaSettings, log: Log): KafkaConfig {
  const sasl = saslOf(credentialsOf(settings))
  return {
    clientId: 'dataapp',
    brokers: [...settings.DATAAPP_BUS_BROKERS],
    ssl: tlsOf(settings),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: 3_000,
    authenticationTimeout: 10_000,
    requestTimeout: 30_000,
    retry: clientRetry,
    // What matters is said by this file in its own words; the client's many lines are there for looking closely.
    logCreator: () => entry => log.debug({ client: entry.namespace, label: entry.label }, entry.log.message),
  }
}

function saslOf(credentials: Credentials): SASLOptions | undefined {
  switch (credentials.kind) {
    case 'none':
      return undefined
    case 'iam':
      return {
        mechanism: 'oauthbearer',
        oauthBearerProvider: async () => {
          // Loaded only where it is needed: it brings AWS's clients along.
          const { generateAuthToken } = await import('aws-msk-iam-sasl-signer-js')
          return { value: (await generateAuthToken({ region: credentials.region })).token }
        },
      }
    case 'password': {
      const { mechanism, username, password } = credentials
      return { mechanism, username, password }
    }
  }
}

async function connected<C extends { connect(): Promise<void> }>(client: C): Promise<C> {
  await client.connect()
  return client
}

function partition(partitionId: number): PartitionMetadata {
  return { partitionId, leader: 0, partitionErrorCode: 0, replicas: [], isr: [] }
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
