import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs'
import type { Topic } from '#shared/agreement.ts'
import type { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { type Credentials, credentialsOf, type KafkaSettings, tlsOf, topicSpecs } from './kafka-config.ts'
import { judge, unknownTopic } from './kafka-error.ts'

/** Short inside the client; the loops here go on for as long as it takes. */
export const clientRetry = { retries: 4, initialRetryTime: 100, maxRetryTime: 2_000 }
/** Pauses between two tries, in milliseconds. */
export const retryMs = { first: 250, most: 5_000 }

type Partitions = ReadonlyMap<Topic, number>

/** One process's way to Kafka: the client, what is known of the topics, and patience with brokers that are away. Opening does not connect. */
export type Connection = {
  readonly kafka: Kafka
  readonly brokers: readonly string[]
  /** Aborted when the bus closes. */
  readonly closing: AbortController
  /** Says in the log, once, that Kafka does not answer, and that it does again. */
  said(isAway: boolean, error?: DataAppError): void
  /** Runs work on the one administrative connection, and makes a new connection after any failure. */
  asAdmin<T>(work: (client: Admin) => Promise<T>): Promise<T>
  /** Repeats until it works, until something happens that waiting can't help, or until `signal` is aborted; without one, until the bus closes. */
  untilReached<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** How many partitions a topic has (`BUS_UNKNOWN_TOPIC`). Topics that are missing are created when they may be. */
  partitionsOf(topic: Topic): Promise<number>
  /** Ends the administrative connection. */
  disconnect(): Promise<void>
}

export function openConnection(settings: KafkaSettings, log: Log): Connection {
  const brokers = settings.DATAAPP_BUS_BROKERS
  const kafka = new kafkajs.Kafka(clientConfig(settings, log))
  const closing = new AbortController()
  let admin: Promise<Admin> | undefined
  let partitions: Promise<Partitions> | undefined
  let away = false

  function said(isAway: boolean, error?: DataAppError): void {
    if (isAway && !away) log.warn({ code: error?.code }, error?.message ?? 'Kafka does not answer')
    if (!isAway && away) log.info('Kafka answers again')
    away = isAway
  }

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

  async function untilReached<T>(work: () => Promise<T>, signal: AbortSignal = closing.signal): Promise<T> {
    for (let pause = retryMs.first; ; pause = Math.min(pause * 2, retryMs.most)) {
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

  return {
    kafka,
    brokers,
    closing,
    said,
    asAdmin,
    untilReached,
    partitionsOf,
    disconnect: async () => {
      await admin?.then(client => client.disconnect()).catch(() => {})
    },
  }
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

/** The client once it is connected. */
export async function connected<C extends { connect(): Promise<void> }>(client: C): Promise<C> {
  await client.connect()
  return client
}
