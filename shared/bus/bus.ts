import type { Topic } from '#shared/agreement.ts'

/** What goes onto the bus. Messages of one key keep their order. */
export type Message = { key: string; value: Buffer; headers?: Record<string, string> }

export type Received = {
  key: string
  value: Buffer
  headers: Record<string, string>
  partition: number
  offset: string
  timestampMs: number
}

/**
 * The narrow bus: an embedded durable log on one machine, Kafka on many. Both pass `bus.contract.ts`.
 *
 * - `publish` resolves only when every message is durable (fsync, or acks=all); it waits while the bus is unreachable and rejects
 *   with a coded error when waiting can't help (`BUS_MESSAGE_TOO_LARGE`, `BUS_UNAUTHORIZED`, `BUS_UNKNOWN_TOPIC`, `BUS_FULL`).
 * - `consume` delivers at least once: what `handle` was given counts as done only when its promise has resolved and what it left unfinished is done. Members of
 *   one group share the partitions; each group has its own position, so a slow group never costs another one data.
 */
export interface Bus {
  readonly kind: 'embedded' | 'kafka'
  publish(topic: Topic, messages: readonly Message[]): Promise<void>
  consume(options: ConsumeOptions): Consumer
  /** How many messages the group has not finished yet. */
  lag(topic: Topic, group: string): Promise<number>
  /** Resolves when the bus answers; rejects with a coded error that says why not. */
  ready(): Promise<void>
  close(): Promise<void>
}

export type ConsumeOptions = {
  topic: Topic
  group: string
  /** Where a group without a position begins. */
  from: 'earliest' | 'latest'
  /** The most one batch holds. A batch is delivered at once when anything is there: it never waits to fill up. */
  maxMessages: number
  maxBytes: number
  /** How many partitions `handle` may be given batches of at the same time; 1 unless told otherwise. A partition's batches always come one after another. */
  partitionsAtOnce?: number
  /**
   * Resolves when the next batch may come; a position moves past this one when what it resolved to is done, too. Throwing, in either, stops the consumer and rejects
   * `stopped`. A long batch calls `heartbeat` so that the group does not take its partitions away.
   */
  handle: (batch: readonly Received[], heartbeat: () => Promise<void>) => Promise<Unfinished | undefined>
}

/** What is still to be done about a batch while the next one is read. */
export type Unfinished = { done: Promise<void> }

export interface Consumer {
  /** Settles when the consumer has ended: resolved after `stop`, rejected when `handle` threw or what it left unfinished failed. */
  readonly stopped: Promise<void>
  /** Finishes the batches in hand, records their position, leaves the group. */
  stop(): Promise<void>
}
