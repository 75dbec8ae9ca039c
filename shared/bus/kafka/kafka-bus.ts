import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type PartitionMetadata, type Producer } from 'kafkajs'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { Bus, Consumer } from '../bus.ts'
import { MAX_MESSAGE_BYTES, tooLarge, weightOf } from '../message-limit.ts'
import { clientRetry, connected, openConnection } from './connection.ts'
import { type KafkaSettings, topicSpecs } from './kafka-config.ts'
import { startConsumer } from './kafka-consumer.ts'
import { codedFrom, judge, unreachable } from './kafka-error.ts'
import { compressFrame, decompressFrame } from './lz4.ts'
import { type Item, openOutbox, type Sent } from './outbox.ts'
import { lagOf } from './positions.ts'
import { lookOnlyForWaitingRequests } from './waiting-requests.ts'

const { CompressionCodecs, CompressionTypes, Partitioners } = kafkajs

/** Encoding for one producer goes on while another one waits for its acknowledgement. */
const LANES = 3
/** How long closing waits for what is still on its way. */
const CLOSE_MS = 5_000
const compressions = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  lz4: CompressionTypes.LZ4,
} as const

/** The bus on Kafka 3.9 to 4.x, MSK or Redpanda. Opening does not connect: `ready` says whether it answers, publishing waits until it does. */
export async function openKafkaBus(settings: KafkaSettings, log: Log): Promise<Bus> {
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async (encoder: { buffer: Buffer }) => compressFrame(encoder.buffer),
    decompress: async (buffer: Buffer) => decompressFrame(buffer),
  })
  lookOnlyForWaitingRequests()
  const connection = openConnection(settings, log)
  const { kafka, brokers, closing, asAdmin, untilReached, partitionsOf } = connection
  const compression = compressions[settings.DATAAPP_BUS_COMPRESSION]
  const producers = new Map<number, Producer>()
  const consumers = new Set<Consumer>()

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
      const consumer = startConsumer(connection, options, log)
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
      await connection.disconnect()
    },
  }
}

function partition(partitionId: number): PartitionMetadata {
  return { partitionId, leader: 0, partitionErrorCode: 0, replicas: [], isr: [] }
}
