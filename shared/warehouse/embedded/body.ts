import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'

/** In bytes: a write for each piece that arrives takes longer than the pieces themselves. */
const writtenAtOnce = 4_000_000

/** The whole body in memory: for statements, which are short. */
export async function receiveBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/**
 * The body as a file: rows to insert. They are read from there with `file(…)`, never inlined into a statement, because the engine takes what follows a
 * blank line in inline data for SQL.
 */
export async function spoolBody(request: IncomingMessage, path: string): Promise<void> {
  await pipeline(request, createWriteStream(path, { highWaterMark: writtenAtOnce }))
}
