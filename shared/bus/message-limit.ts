import { DataAppError } from '#shared/error.ts'
import type { Message } from './bus.ts'

/** The most one message may weigh on either bus: value, key and headers together. Kafka's own default is 1,048,588 with its framing. */
export const MAX_MESSAGE_BYTES = 1_000_000

export function tooLarge(topic: string, key: string, bytes: number): DataAppError {
  return new DataAppError(
    'BUS_MESSAGE_TOO_LARGE',
    `A message of ${bytes} bytes with key "${key.slice(0, 80)}" is too large for topic "${topic}": at most ${MAX_MESSAGE_BYTES}.`,
    { hint: 'A sale of this size is usually a wrong sale id in the source file: many sales taken for one.' },
  )
}

/** Bytes of value, key and headers. */
export function weightOf(message: Message): number {
  let bytes = message.value.length + Buffer.byteLength(message.key)
  if (message.headers !== undefined)
    for (const [name, value] of Object.entries(message.headers))
      bytes += Buffer.byteLength(name) + Buffer.byteLength(value)
  return bytes
}
