import type { Topic } from '#shared/agreement.ts'
import type { ErrorCode } from '#shared/error.ts'
import type { Message } from '../../bus.ts'
import type { KafkaSettings } from '../kafka-config.ts'

/** What the sending thread is started with. */
export type Start = { settings: KafkaSettings; level: string }

/** Messages as they cross from thread to thread: the values one after the other in one piece of memory, which is handed over and not copied. */
export type Parcel = {
  id: number
  topic: Topic
  keys: string[]
  /** Where each value ends. */
  ends: Uint32Array
  bytes: Uint8Array<ArrayBuffer>
  /** Only when a message has headers. */
  headers: Record<string, string>[] | undefined
}

export type Order = { kind: 'publish'; parcel: Parcel } | { kind: 'close' }

/** How a parcel ended. */
export type Receipt =
  | { kind: 'published'; id: number }
  | { kind: 'refused'; id: number; code: ErrorCode; message: string; hint: string }

export function packed(id: number, topic: Topic, messages: readonly Message[]): Parcel {
  const ends = new Uint32Array(messages.length)
  let size = 0
  for (const [index, { value }] of messages.entries()) {
    size += value.length
    ends[index] = size
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const { value } of messages) {
    bytes.set(value, at)
    at += value.length
  }
  const hasHeaders = messages.some(({ headers }) => headers !== undefined)
  return {
    id,
    topic,
    keys: messages.map(({ key }) => key),
    ends,
    bytes,
    headers: hasHeaders ? messages.map(({ headers = {} }) => headers) : undefined,
  }
}

export function unpacked({ keys, ends, bytes, headers }: Parcel): Message[] {
  let from = 0
  return keys.map((key, index) => {
    const end = ends[index] ?? from
    const value = Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from)
    from = end
    return headers === undefined ? { key, value } : { key, value, headers: headers[index] ?? {} }
  })
}
