import { crc32 } from 'node:zlib'
import type { Topic } from '#shared/agreement.ts'
import type { Message, Received } from '../bus.ts'
import { MAX_MESSAGE_BYTES, tooLarge } from '../message-limit.ts'

/*
 * A frame is what one write puts into the log: some messages that are valid together or not at all.
 *
 *   magic u32 · body length u32 · crc32 u32 of all that follows · base offset u48 · timestamp u48 · count u32 · body
 *   body = count × (value length u32 · key length u16 · headers length u32 · key · headers as JSON · value)
 *
 * One checksum per frame instead of per message is what makes a million small messages a second possible.
 */
const MAGIC = 0x31504144
const HEADER = 28
const RECORD_HEADER = 10
/** Bodies are cut at about this size, so that a reader never needs more than `MAX_FRAME` bytes at once. */
const BODY_TARGET = 256 * 1024
export const MAX_FRAME = HEADER + BODY_TARGET + 3 * MAX_MESSAGE_BYTES

/** Encoded messages, not yet placed in the log. */
export type Body = { bytes: Buffer; count: number }
export type Frame = { baseOffset: number; timestampMs: number; count: number; body: Buffer }

/** Encodes messages into bodies. `BUS_MESSAGE_TOO_LARGE` when one is above the limit. */
export function encodeBodies(topic: Topic, messages: readonly Message[]): Body[] {
  const bodies: Body[] = []
  let begin = 0
  let size = 0
  const headers: (string | undefined)[] = []
  for (const [index, message] of messages.entries()) {
    const header = headersOf(message)
    headers.push(header)
    const keyBytes = Buffer.byteLength(message.key)
    const bytes = message.value.length + keyBytes + (header === undefined ? 0 : Buffer.byteLength(header))
    if (bytes > MAX_MESSAGE_BYTES || keyBytes > 0xffff) throw tooLarge(topic, message.key, bytes)
    size += RECORD_HEADER + bytes
    if (size >= BODY_TARGET) {
      bodies.push(encodeBody(messages, headers, begin, index + 1, size))
      begin = index + 1
      size = 0
    }
  }
  if (begin < messages.length) bodies.push(encodeBody(messages, headers, begin, messages.length, size))
  return bodies
}

function headersOf(message: Message): string | undefined {
  if (message.headers === undefined) return undefined
  for (const _ in message.headers) return JSON.stringify(message.headers)
  return undefined
}

function encodeBody(
  messages: readonly Message[],
  headers: readonly (string | undefined)[],
  begin: number,
  end: number,
  size: number,
): Body {
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (let index = begin; index < end; index++) {
    const message = messages[index]
    if (message === undefined) break
    const start = at
    at += RECORD_HEADER
    const keyLength = bytes.write(message.key, at)
    at += keyLength
    const header = headers[index]
    const headerLength = header === undefined ? 0 : bytes.write(header, at)
    at += headerLength
    bytes.set(message.value, at)
    at += message.value.length
    bytes.writeUInt32LE(message.value.length, start)
    bytes.writeUInt16LE(keyLength, start + 4)
    bytes.writeUInt32LE(headerLength, start + 6)
  }
  return { bytes, count: end - begin }
}

/** Packs bodies into frames that follow one another from `baseOffset` on: the bytes to write. */
export function encodeFrames(bodies: readonly Body[], baseOffset: number, timestampMs: number): Buffer[] {
  const out: Buffer[] = []
  let offset = baseOffset
  for (const group of packed(bodies)) {
    const header = Buffer.allocUnsafe(HEADER)
    const length = group.reduce((sum, body) => sum + body.bytes.length, 0)
    const count = group.reduce((sum, body) => sum + body.count, 0)
    header.writeUInt32LE(MAGIC, 0)
    header.writeUInt32LE(length, 4)
    header.writeUIntLE(offset, 12, 6)
    header.writeUIntLE(timestampMs, 18, 6)
    header.writeUInt32LE(count, 24)
    let checksum = crc32(header.subarray(12))
    for (const body of group) checksum = crc32(body.bytes, checksum)
    header.writeUInt32LE(checksum, 8)
    out.push(header)
    for (const body of group) out.push(body.bytes)
    offset += count
  }
  return out
}

function packed(bodies: readonly Body[]): Body[][] {
  const groups: Body[][] = []
  let group: Body[] = []
  let size = 0
  for (const body of bodies) {
    if (size > 0 && size + body.bytes.length > BODY_TARGET) {
      groups.push(group)
      group = []
      size = 0
    }
    group.push(body)
    size += body.bytes.length
  }
  if (group.length > 0) groups.push(group)
  return groups
}

export type Parsed =
  | { kind: 'frame'; frame: Frame; next: number }
  /** More bytes are needed than are here. */
  | { kind: 'short' }
  /** What begins here is no valid frame. */
  | { kind: 'bad' }

/** Reads the frame that begins at `at`. */
export function parseFrame(bytes: Buffer, at: number): Parsed {
  const available = bytes.length - at
  if (available >= 4 && bytes.readUInt32LE(at) !== MAGIC) return { kind: 'bad' }
  if (available < HEADER) return { kind: 'short' }
  const length = bytes.readUInt32LE(at + 4)
  if (length === 0 || length + HEADER > MAX_FRAME) return { kind: 'bad' }
  const next = at + HEADER + length
  if (next > bytes.length) return { kind: 'short' }
  if (crc32(bytes.subarray(at + 12, next)) !== bytes.readUInt32LE(at + 8)) return { kind: 'bad' }
  const frame: Frame = {
    baseOffset: bytes.readUIntLE(at + 12, 6),
    timestampMs: bytes.readUIntLE(at + 18, 6),
    count: bytes.readUInt32LE(at + 24),
    body: bytes.subarray(at + HEADER, next),
  }
  return { kind: 'frame', frame, next }
}

const magicBytes = Buffer.from([0x44, 0x41, 0x50, 0x31])

/** Where the next frame may begin after a bad one, or -1. */
export function nextFrameStart(bytes: Buffer, after: number): number {
  return bytes.indexOf(magicBytes, after)
}

const noHeaders: Record<string, string> = Object.freeze({})

/** The messages of a frame from offset `from` on. Values are views of the frame, not copies. */
export function decodeFrame(frame: Frame, from: number): Received[] {
  const { body, baseOffset, timestampMs, count } = frame
  const messages: Received[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    const valueLength = body.readUInt32LE(at)
    const keyLength = body.readUInt16LE(at + 4)
    const headersLength = body.readUInt32LE(at + 6)
    const key = at + RECORD_HEADER
    const headers = key + keyLength
    const value = headers + headersLength
    at = value + valueLength
    if (baseOffset + index < from) continue
    messages.push({
      key: body.toString('utf8', key, headers),
      value: body.subarray(value, at),
      headers: headersLength === 0 ? noHeaders : parseHeaders(body.toString('utf8', headers, value)),
      partition: 0,
      offset: String(baseOffset + index),
      timestampMs,
    })
  }
  return messages
}

function parseHeaders(text: string): Record<string, string> {
  const parsed: Record<string, string> = JSON.parse(text)
  return parsed
}
