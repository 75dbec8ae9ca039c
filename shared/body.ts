import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { systemCodeOf } from './error.ts'

/** The text of a request, or why it can't be read. */
export type Body = { text: string } | 'too-large' | 'not-utf8' | 'damaged' | 'unknown-encoding'

/** Reads a request's body, also in gzip, up to so many bytes once it is unpacked. Rejects when the sender goes away before its end. */
export async function bodyOf(request: IncomingMessage, limit: number): Promise<Body> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (!['identity', 'gzip', 'x-gzip'].includes(encoding)) return 'unknown-encoding'
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of encoding === 'identity' ? request : unpackedOf(request)) {
      const part: Buffer = chunk
      length += part.length
      if (length > limit) return 'too-large'
      parts.push(part)
    }
  } catch (error) {
    if (systemCodeOf(error).startsWith('Z_')) return 'damaged'
    throw error
  }
  const text = utf8Of(Buffer.concat(parts))
  return text === undefined ? 'not-utf8' : { text }
}

/** A sender that goes away ends the unpacking, which would wait for the rest forever. */
function unpackedOf(request: IncomingMessage): AsyncIterable<Buffer> {
  const unpacked = createGunzip()
  request.once('error', error => unpacked.destroy(error))
  return request.pipe(unpacked)
}

/** Signs that are no UTF-8 would become others without a word, and names of sellers with them. */
function utf8Of(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
