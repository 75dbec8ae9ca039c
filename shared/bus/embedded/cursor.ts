import { type FileHandle, open } from 'node:fs/promises'
import type { Log } from '#shared/log.ts'
import type { Received } from '../bus.ts'
import { decodeFrame } from './frame.ts'
import { type FrameReader, frameReader, type Segment } from './segment.ts'
import type { TopicLog } from './topic-log.ts'

/** Reads a topic from one offset on, batch after batch. */
export type Cursor = {
  /** What is there now, at most this much, at least one message unless at the end. */
  take(maxMessages: number, maxBytes: number): Promise<Received[]>
  /** The offset after the last message that was taken. */
  readonly offset: number
  close(): Promise<void>
}

type Reading = { segment: Segment; handle: FileHandle; reader: FrameReader }

export function openCursor(topicLog: TopicLog, from: number, log: Log): Cursor {
  let offset = from
  let ahead: Received[] = []
  let aheadIndex = 0
  let reading: Reading | undefined

  async function readingAt(): Promise<Reading | undefined> {
    const segment = topicLog.segmentAt(offset)
    if (segment === undefined) return undefined
    if (reading?.segment === segment) return reading
    await reading?.handle.close()
    reading = undefined
    const handle = await open(segment.path, 'r')
    const { path, baseOffset } = segment
    const onDamage = (begin: number, end: number, lostMessages: number) =>
      log.error(
        { topic: topicLog.topic, path, begin, end, lostMessages },
        `${lostMessages} messages of "${topicLog.topic}" can't be read: the file is damaged there. Read their source again.`,
      )
    reading = { segment, handle, reader: frameReader(handle, () => segment.size, 0, baseOffset, onDamage) }
    return reading
  }

  /** Decodes the next frame that has something new. False at the end of the log. */
  async function advance(): Promise<boolean> {
    while (offset < topicLog.endOffset) {
      const current = await readingAt()
      if (current === undefined) return false
      const frame = await current.reader.next()
      // Frames beyond the segment's end are what a failed write left behind: the next segment has those offsets.
      if (frame === undefined || frame.baseOffset >= current.segment.endOffset) {
        const { endOffset } = current.segment
        if (offset >= endOffset) continue
        // A closed segment whose last frames are damaged: nothing valid is left in it.
        log.error(
          { topic: topicLog.topic, path: current.segment.path, lostMessages: endOffset - offset },
          `${endOffset - offset} messages of "${topicLog.topic}" can't be read: the file is damaged at its end. Read their source again.`,
        )
        offset = endOffset
        continue
      }
      if (frame.baseOffset + frame.count <= offset) continue
      ahead = decodeFrame(frame, offset)
      aheadIndex = 0
      if (frame.baseOffset > offset) offset = frame.baseOffset
      return true
    }
    return false
  }

  return {
    async take(maxMessages, maxBytes) {
      const batch: Received[] = []
      let bytes = 0
      while (batch.length < maxMessages) {
        const message = ahead[aheadIndex]
        if (message === undefined) {
          if (await advance()) continue
          break
        }
        const size = message.value.length + message.key.length
        if (batch.length > 0 && bytes + size > maxBytes) break
        batch.push(message)
        bytes += size
        aheadIndex += 1
        offset += 1
      }
      return batch
    },
    get offset() {
      return offset
    },
    async close() {
      await reading?.handle.close()
      reading = undefined
    },
  }
}
