import { type FileHandle, mkdir, open } from 'node:fs/promises'
import type { Topic } from '#shared/agreement.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import type { Message } from '../bus.ts'
import { full, isFull } from './disk-full.ts'
import { type Body, encodeBodies, encodeFrames } from './frame.ts'
import { createSegment, listSegments, recoverSegment, removeSegment, type Segment, syncDirectory } from './segment.ts'

export type TopicLogOptions = {
  topic: Topic
  directory: string
  retentionMs: number
  retentionBytes: number
  log: Log
  /** The lowest offset that some known group still needs. */
  neededFrom: () => number
}

/** The durable messages of one topic, in order, in files of a bounded size. */
export type TopicLog = {
  readonly topic: Topic
  readonly startOffset: number
  /** One past the last durable message. */
  readonly endOffset: number
  append(messages: readonly Message[]): Promise<void>
  /** The segment that holds `offset`, or the next one after it. */
  segmentAt(offset: number): Segment | undefined
  /** Calls `wake` after each append until the returned function is called. */
  onAppend(wake: () => void): () => void
  /** Deletes what is too old or too much and no group needs any more. */
  retain(nowMs: number): Promise<void>
  close(): Promise<void>
}

/** How much one commit writes at most, unless a single publish is larger. */
const COMMIT_BYTES = 8 * 1024 * 1024
const SEGMENT_BYTES = 32 * 1024 * 1024

type Waiting = { bodies: Body[]; bytes: number; done: () => void; fail: (error: unknown) => void }

export async function openTopicLog(options: TopicLogOptions): Promise<TopicLog> {
  const { topic, directory, log } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const segments = await openSegments(options)
  const segmentBytes = Math.max(4096, Math.min(SEGMENT_BYTES, Math.floor(options.retentionBytes / 8)))
  const wakers = new Set<() => void>()
  const queue: Waiting[] = []
  let writer = await openWriter(last(segments))
  let running: Promise<void> | undefined
  /** Deleting and writing take turns. */
  let turn: Promise<void> = Promise.resolve()
  let closed = false

  async function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    await mine
  }

  async function roll(): Promise<void> {
    const segment = await createSegment(directory, last(segments).endOffset)
    segments.push(segment)
    await writer.close()
    writer = await openWriter(segment)
  }

  async function drain(): Promise<void> {
    // One turn of the event loop, so that everything published in this one shares a commit.
    await new Promise(setImmediate)
    while (queue.length > 0) await commit(takeGroup(queue))
    // In the same turn as the look at the queue, or a publish between the two would wait for ever.
    running = undefined
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      await inTurn(async () => {
        if (last(segments).size >= segmentBytes) {
          await roll()
          await deleteExpired(Date.now())
        }
        const bodies = group.flatMap(waiting => waiting.bodies)
        await writer.write(bodies, Date.now())
      })
      for (const waiting of group) waiting.done()
      for (const wake of [...wakers]) wake()
    } catch (error) {
      const coded = writeFailure(topic, directory, error)
      log.error({ topic, code: coded.code, cause: messageOf(error) }, coded.message)
      for (const waiting of group) waiting.fail(coded)
    }
  }

  async function deleteExpired(nowMs: number): Promise<void> {
    const expired = expiredSegments(segments, options, nowMs)
    for (const segment of expired.deletable) {
      await removeSegment(segment)
      segments.splice(segments.indexOf(segment), 1)
    }
    if (expired.heldBytes > 0)
      log.warn(
        { topic, heldBytes: expired.heldBytes, neededFrom: options.neededFrom() },
        'more is kept than the retention says, because a group has not read it yet',
      )
  }

  return {
    topic,
    get startOffset() {
      return segments[0]?.baseOffset ?? 0
    },
    get endOffset() {
      return last(segments).endOffset
    },
    append(messages) {
      if (closed)
        return Promise.reject(new DataAppError('BUS_CLOSED', `The bus is closed: nothing goes into "${topic}".`))
      if (messages.length === 0) return Promise.resolve()
      return new Promise<void>((done, fail) => {
        const bodies = encodeBodies(topic, messages)
        queue.push({ bodies, bytes: bodies.reduce((sum, body) => sum + body.bytes.length, 0), done, fail })
        running ??= drain()
      })
    },
    segmentAt: offset => segments.find(segment => offset < segment.endOffset) ?? segments.at(-1),
    onAppend(wake) {
      wakers.add(wake)
      return () => wakers.delete(wake)
    },
    retain: nowMs =>
      inTurn(async () => {
        const active = last(segments)
        if (active.size > 0 && active.lastTimestampMs < nowMs - options.retentionMs) await roll()
        await deleteExpired(nowMs)
      }),
    async close() {
      closed = true
      await running
      await turn
      await writer.close()
    },
  }
}

async function openSegments({ topic, directory, log }: TopicLogOptions): Promise<Segment[]> {
  const found = await listSegments(directory)
  const segments: Segment[] = []
  for (const [index, { path, baseOffset }] of found.entries()) {
    const following = found[index + 1]
    if (following === undefined) {
      const { segment, cutBytes } = await recoverSegment(path, baseOffset)
      if (cutBytes > 0) log.warn({ topic, path, cutBytes }, 'cut an unfinished write off the end of the log')
      segments.push(segment)
    } else {
      // Earlier segments were complete before the next one was made.
      const handle = await open(path, 'r')
      const { size, mtimeMs } = await handle.stat()
      await handle.close()
      segments.push({ path, baseOffset, size, endOffset: following.baseOffset, lastTimestampMs: mtimeMs })
    }
  }
  if (segments.length === 0) segments.push(await createSegment(directory, 0))
  await syncDirectory(directory)
  return segments
}

type Writer = { write(bodies: readonly Body[], nowMs: number): Promise<void>; close(): Promise<void> }

async function openWriter(segment: Segment): Promise<Writer> {
  const handle = await open(segment.path, 'r+')
  let dirty = false
  return {
    async write(bodies, nowMs) {
      if (dirty) await cutBack(handle, segment.size)
      dirty = true
      try {
        const size = await writeAll(handle, encodeFrames(bodies, segment.endOffset, nowMs), segment.size)
        await handle.datasync()
        segment.size += size
        segment.endOffset += bodies.reduce((sum, body) => sum + body.count, 0)
        segment.lastTimestampMs = nowMs
        dirty = false
      } catch (error) {
        // When even this fails, `dirty` stays and the next write tries again first.
        await cutBack(handle, segment.size).then(
          () => {
            dirty = false
          },
          () => {},
        )
        throw error
      }
    },
    close: () => handle.close(),
  }
}

async function cutBack(handle: FileHandle, size: number): Promise<void> {
  await handle.truncate(size)
  await handle.datasync()
}

/** `writev` may write less than it was given without an error, as when the disk fills up in the middle. */
async function writeAll(handle: FileHandle, buffers: readonly Buffer[], position: number): Promise<number> {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
  const { bytesWritten } = await handle.writev(buffers, position)
  if (bytesWritten === total) return total
  const rest = Buffer.concat(buffers).subarray(bytesWritten)
  let written = 0
  while (written < rest.length) {
    const step = await handle.write(rest, written, rest.length - written, position + bytesWritten + written)
    written += step.bytesWritten
  }
  return total
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let bytes = 0
  let count = 0
  for (const waiting of queue) {
    if (count > 0 && bytes + waiting.bytes > COMMIT_BYTES) break
    bytes += waiting.bytes
    count += 1
  }
  return queue.splice(0, count)
}

/** Oldest first, never the newest segment, and never one that a group still needs. */
function expiredSegments(segments: readonly Segment[], options: TopicLogOptions, nowMs: number) {
  const needed = options.neededFrom()
  const deletable: Segment[] = []
  let heldBytes = 0
  let bytes = segments.reduce((sum, segment) => sum + segment.size, 0)
  for (const segment of segments.slice(0, -1)) {
    const tooOld = segment.lastTimestampMs < nowMs - options.retentionMs
    const tooMuch = bytes > options.retentionBytes
    if (!tooOld && !tooMuch) break
    bytes -= segment.size
    if (segment.endOffset <= needed) deletable.push(segment)
    else heldBytes += segment.size
  }
  return { deletable, heldBytes }
}

function writeFailure(topic: Topic, directory: string, error: unknown): DataAppError {
  if (isFull(error)) return full(directory, error)
  return new DataAppError('BUS_WRITE_FAILED', `Writing to "${topic}" failed: ${messageOf(error)}`, {
    hint: `Check the disk of ${directory}.`,
    cause: error,
  })
}

function last(segments: readonly Segment[]): Segment {
  const segment = segments.at(-1)
  if (segment === undefined) throw new Error('a topic log has at least one segment')
  return segment
}
