import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Topic, topics } from '#shared/agreement.ts'
import { DataAppError, messageOf, systemCodeOf } from '#shared/error.ts'
import { type Lock, takeLock } from '#shared/lock.ts'
import type { Log } from '#shared/log.ts'
import type { Bus, ConsumeOptions, Consumer } from '../bus.ts'
import { openCursor } from './cursor.ts'
import { full, isFull, roomOn } from './disk-full.ts'
import { openPosition, type Position } from './position.ts'
import { openTopicLog, type TopicLog } from './topic-log.ts'

export type EmbeddedBusOptions = { directory: string; retentionMs: number; retentionBytes: number; log: Log }

const RETAIN_EVERY_MS = 60_000

/** A group of one topic. Its members read one after the other, so that nothing is shared twice. */
type Group = { position: Promise<Position>; current: Position | undefined; turn: Promise<void> }
type OpenTopic = { topicLog: TopicLog; groups: Map<string, Group>; directory: string }

/** What comes in from outside waits while the disk is nearly full; what the tiers tell each other about data that is in already does not. */
const fromOutside: ReadonlySet<Topic> = new Set([topics.sales, topics.dimensions])

/**
 * The bus of one machine: a durable log per topic under `directory`, for one process at a time (`HOME_LOCKED` otherwise).
 * What a group has not read yet is kept whatever the retention says.
 */
export async function openEmbeddedBus(options: EmbeddedBusOptions): Promise<Bus> {
  const { directory, log } = options
  const lock = lockOf(directory)
  const room = roomOn(directory)
  const opened = new Map<Topic, OpenTopic>()
  const consumers = new Set<Consumer>()
  let closing = false
  try {
    for (const topic of Object.values(topics)) opened.set(topic, await openTopic(topic, options))
  } catch (error) {
    for (const { topicLog } of opened.values()) await topicLog.close()
    lock.release()
    throw isFull(error) ? full(directory, error) : error
  }
  const timer = setInterval(() => void retainAll(), RETAIN_EVERY_MS).unref()

  async function retainAll(): Promise<void> {
    for (const { topicLog } of opened.values())
      await topicLog
        .retain(Date.now())
        .catch(error => log.error({ topic: topicLog.topic, cause: messageOf(error) }, 'retention failed'))
  }

  function topicOf(topic: Topic): OpenTopic {
    const found = opened.get(topic)
    if (found === undefined)
      throw new DataAppError('BUS_UNKNOWN_TOPIC', `There is no topic "${topic}".`, {
        hint: `Topics are: ${[...opened.keys()].join(', ')}.`,
      })
    return found
  }

  return {
    kind: 'embedded',
    async publish(topic, messages) {
      const { topicLog } = topicOf(topic)
      if (fromOutside.has(topic)) room.check()
      await topicLog.append(messages)
    },
    consume(consume) {
      if (closing) throw new DataAppError('BUS_CLOSED', 'The bus is closed.')
      const consumer = startConsumer(topicOf(consume.topic), consume, log)
      consumers.add(consumer)
      const forget = () => void consumers.delete(consumer)
      consumer.stopped.then(forget, forget)
      return consumer
    },
    async lag(topic, name) {
      const { topicLog, groups } = topicOf(topic)
      const group = groups.get(name)
      const read = group === undefined ? topicLog.startOffset : (await group.position).offset
      return topicLog.endOffset - Math.max(read, topicLog.startOffset)
    },
    async ready() {
      if (closing) throw new DataAppError('BUS_CLOSED', 'The bus is closed.')
      room.check()
    },
    async close() {
      if (closing) return
      closing = true
      clearInterval(timer)
      await Promise.allSettled([...consumers].map(consumer => consumer.stop()))
      for (const { topicLog, groups } of opened.values()) {
        await topicLog.close()
        for (const group of groups.values()) await group.current?.close()
      }
      lock.release()
    },
  }
}

function lockOf(directory: string): Lock {
  try {
    return takeLock(directory)
  } catch (error) {
    if (isFull(error)) throw full(directory, error)
    if (!['EACCES', 'EROFS', 'EPERM'].includes(systemCodeOf(error))) throw error
    throw new DataAppError('HOME_NOT_WRITABLE', `${directory} may not be written by this user.`, {
      hint: 'Give this user the directory, or choose another DATAAPP_HOME.',
      cause: error,
    })
  }
}

async function openTopic(topic: Topic, options: EmbeddedBusOptions): Promise<OpenTopic> {
  const directory = join(options.directory, topic)
  const groups = new Map<string, Group>()
  const topicLog = await openTopicLog({
    ...options,
    topic,
    directory,
    neededFrom: () =>
      Math.min(...[...groups.values()].map(group => group.current?.offset ?? 0), Number.MAX_SAFE_INTEGER),
  })
  const positions = join(directory, 'groups')
  await mkdir(positions, { recursive: true, mode: 0o700 })
  for (const file of await readdir(positions)) {
    const position = await openPosition(join(positions, file), undefined)
    if (position === undefined) continue
    groups.set(decodeURIComponent(file), {
      position: Promise.resolve(position),
      current: position,
      turn: Promise.resolve(),
    })
  }
  return { topicLog, groups, directory: positions }
}

/** The group, made with a durable position when it is new. Until that is written nothing is deleted. */
function groupOf(open: OpenTopic, name: string, from: 'earliest' | 'latest'): Group {
  const known = open.groups.get(name)
  if (known !== undefined) return known
  const initial = from === 'latest' ? open.topicLog.endOffset : open.topicLog.startOffset
  const position = openPosition(join(open.directory, encodeURIComponent(name)), initial).then(made => {
    if (made === undefined) throw new Error(`group ${name} has no position`)
    group.current = made
    return made
  })
  const group: Group = { position, current: undefined, turn: Promise.resolve() }
  open.groups.set(name, group)
  position.catch(() => open.groups.delete(name))
  return group
}

function startConsumer(open: OpenTopic, options: ConsumeOptions, log: Log): Consumer {
  const { topic, group: name, handle } = options
  const group = groupOf(open, name, options.from)
  let stopping = false
  let wake = () => {}
  let leave = () => {}
  const left = new Promise<'left'>(done => {
    leave = () => done('left')
  })
  const unsubscribe = open.topicLog.onAppend(() => wake())

  async function run(): Promise<void> {
    const position = await group.position
    const { startOffset, endOffset } = open.topicLog
    if (position.offset > endOffset || position.offset < startOffset)
      log.error(
        { topic, group: name, offset: position.offset, startOffset, endOffset },
        'the position of a group is outside the log',
      )
    const cursor = openCursor(open.topicLog, Math.min(position.offset, endOffset), log)
    let finished: Promise<void> = Promise.resolve()
    let failure: { reason: unknown } | undefined
    try {
      while (!stopping && failure === undefined) {
        const news = new Promise<void>(done => {
          wake = done
        })
        const batch = await cursor.take(options.maxMessages, options.maxBytes)
        if (batch.length === 0) {
          if (!stopping) await news
          continue
        }
        const unfinished = await handle(batch, async () => {})
        const { offset } = cursor
        finished = Promise.all([finished, unfinished?.done]).then(() => position.commit(offset))
        finished.catch((reason: unknown) => {
          failure ??= { reason }
          wake()
        })
        if (unfinished === undefined) await finished
      }
    } finally {
      await finished.catch(() => {})
      await cursor.close()
    }
    if (failure !== undefined) throw failure.reason
  }

  const before = group.turn
  const stopped = Promise.race([before.then(() => 'turn' as const), left])
    .then(async reason => {
      if (reason === 'turn' && !stopping) await run()
    })
    .finally(unsubscribe)
  // A member that leaves while it waits must not let the next one pass the one in front.
  group.turn = Promise.all([before, stopped.catch(() => {})]).then(() => {})
  stopped.catch(error => log.error({ topic, group: name, cause: messageOf(error) }, 'a consumer ended'))
  return {
    stopped,
    async stop() {
      stopping = true
      leave()
      wake()
      await stopped.catch(() => {})
    },
  }
}
