import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Frame, MAX_FRAME, nextFrameStart, parseFrame } from './frame.ts'

/** One file of a topic's log. `size` and `endOffset` cover only what is durable. */
export type Segment = {
  readonly path: string
  readonly baseOffset: number
  size: number
  endOffset: number
  lastTimestampMs: number
}

/** Segments of a directory by their first offset, not yet looked into. */
export async function listSegments(directory: string): Promise<{ path: string; baseOffset: number }[]> {
  const names = await readdir(directory)
  return names
    .flatMap(name => /^(\d{20})\.log$/.exec(name)?.[1] ?? [])
    .map(digits => ({ path: join(directory, `${digits}.log`), baseOffset: Number(digits) }))
    .sort((a, b) => a.baseOffset - b.baseOffset)
}

function segmentPath(directory: string, baseOffset: number): string {
  return join(directory, `${String(baseOffset).padStart(20, '0')}.log`)
}

export async function createSegment(directory: string, baseOffset: number): Promise<Segment> {
  const path = segmentPath(directory, baseOffset)
  const handle = await open(path, 'wx', 0o600)
  await handle.close()
  await syncDirectory(directory)
  return { path, baseOffset, size: 0, endOffset: baseOffset, lastTimestampMs: 0 }
}

/** Makes names in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function removeSegment(segment: Segment): Promise<void> {
  await rm(segment.path, { force: true })
}

/**
 * Finds what is valid in the newest segment after a stop of any kind, and cuts off the rest. Bad bytes with valid frames behind
 * them stay (what follows was acknowledged); readers step over them and say so.
 */
export async function recoverSegment(
  path: string,
  baseOffset: number,
): Promise<{ segment: Segment; cutBytes: number }> {
  const handle = await open(path, 'r+')
  try {
    const { size: fileSize } = await handle.stat()
    const segment: Segment = { path, baseOffset, size: 0, endOffset: baseOffset, lastTimestampMs: 0 }
    const reader = frameReader(handle, () => fileSize, 0, baseOffset)
    for (;;) {
      const frame = await reader.next()
      if (frame === undefined) break
      segment.size = reader.position
      segment.endOffset = frame.baseOffset + frame.count
      segment.lastTimestampMs = frame.timestampMs
    }
    const cutBytes = fileSize - segment.size
    if (cutBytes > 0) {
      await handle.truncate(segment.size)
      await handle.sync()
    }
    return { segment, cutBytes }
  } finally {
    await handle.close()
  }
}

export type FrameReader = {
  /** The next valid frame below the limit, or undefined at the end. */
  next(): Promise<Frame | undefined>
  /** Where the frame after the last one begins. */
  readonly position: number
}

/** Large enough for any frame, so that one read always completes one. */
const CHUNK = MAX_FRAME

/**
 * Reads frames one after another in large steps. A bad stretch is stepped over to the next valid frame whose offset is not below what is
 * expected, and told to `onDamage`; a bad stretch without one behind it is the end.
 */
export function frameReader(
  handle: FileHandle,
  limit: () => number,
  start: number,
  firstOffset: number,
  onDamage: (from: number, to: number, lostMessages: number) => void = () => {},
): FrameReader {
  let chunk = Buffer.alloc(0)
  let chunkStart = start
  let position = start
  let expected = firstOffset

  async function fill(at: number): Promise<void> {
    const length = Math.min(CHUNK, limit() - at)
    const bytes = Buffer.allocUnsafe(Math.max(0, length))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at)
    chunk = bytes.subarray(0, bytesRead)
    chunkStart = at
  }

  /** The frame at `at`, reading more of the file when the chunk ends too early. */
  async function frameAt(at: number) {
    const inside = at >= chunkStart && at < chunkStart + chunk.length
    const parsed = inside ? parseFrame(chunk, at - chunkStart) : { kind: 'short' as const }
    if (parsed.kind !== 'short') return parsed
    await fill(at)
    return parseFrame(chunk, 0)
  }

  function accept(frame: Frame, next: number): Frame {
    position = chunkStart + next
    expected = frame.baseOffset + frame.count
    return frame
  }

  async function resync(): Promise<Frame | undefined> {
    const from = position
    let at = from + 1
    while (at < limit()) {
      if (at < chunkStart || at + 4 > chunkStart + chunk.length) await fill(at)
      const found = nextFrameStart(chunk, at - chunkStart)
      if (found < 0) {
        if (chunkStart + chunk.length >= limit()) return undefined
        // The four magic bytes may lie across the border of two chunks.
        at = chunkStart + chunk.length - 3
        await fill(at)
        continue
      }
      at = chunkStart + found
      const parsed = await frameAt(at)
      if (parsed.kind === 'frame' && parsed.frame.baseOffset >= expected) {
        onDamage(from, at, parsed.frame.baseOffset - expected)
        return accept(parsed.frame, parsed.next)
      }
      at += 1
    }
    return undefined
  }

  return {
    async next() {
      if (position >= limit()) return undefined
      const parsed = await frameAt(position)
      if (parsed.kind === 'frame' && parsed.frame.baseOffset >= expected) return accept(parsed.frame, parsed.next)
      return await resync()
    },
    get position() {
      return position
    },
  }
}
