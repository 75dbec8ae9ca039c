import { createReadStream } from 'node:fs'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { DataAppError, messageOf, systemCodeOf } from '#shared/error.ts'
import { zipMember } from './zip.ts'

/** Where bytes come from. `open` may be called more than once: each call reads from the beginning. */
export type Bytes = {
  /** What a person calls it: a path, `s3://bucket/key`. */
  name: string
  size: number
  open: (from?: number) => AsyncIterable<Buffer>
}

const readSize = 256 * 1024
/** A compressed file that grows by more than this factor, beyond the floor, is taken for a bomb. Exports of sales shrink 5 to 30 times. */
const bombFactor = 300
const bombFloor = 64 * 1024 * 1024

export function fileBytes(path: string, size: number): Bytes {
  return { name: path, size, open: from => piecesOf(path, from ?? 0) }
}

async function* piecesOf(path: string, start: number): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: readSize, start })
  } catch (error) {
    throw systemCodeOf(error) === '' ? error : unreadable(path, error)
  }
}

/** A file or folder that the system does not let be read, or that was taken away. */
export function unreadable(path: string, cause: unknown): DataAppError {
  const code = systemCodeOf(cause)
  return new DataAppError('FILE_UNREADABLE', `${path} can't be read (${code}).`, {
    hint: code === 'ENOENT' ? 'Is the path right?' : 'May this user read it?',
    cause,
  })
}

/** Bytes that are in memory already. */
export function bufferBytes(name: string, content: Buffer): Bytes {
  return {
    name,
    size: content.length,
    async *open(from) {
      for (let at = from ?? 0; at < content.length; at += readSize) yield content.subarray(at, at + readSize)
    },
  }
}

export type Packing = 'plain' | 'gzip' | 'zip'

export function packingOf(head: Buffer): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.readUInt32BE(0) === 0x504b0304) return 'zip'
  return 'plain'
}

/** The first bytes of a file, as many as there are up to `count`. */
export async function headOf(chunks: AsyncIterable<Buffer>, count: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    length += chunk.length
    if (length >= count) break
  }
  return Buffer.concat(parts).subarray(0, count)
}

/**
 * The file's content with gzip or a zip of one member taken off, in pieces of at most 256 KiB.
 * Throws `FILE_CUT` when the packing ends early, `FILE_BOMB` when it grows beyond reason.
 */
export async function* unpacked(bytes: Bytes): AsyncGenerator<Buffer> {
  const head = await headOf(bytes.open(), 64 * 1024)
  const packing = head.length < 4 ? 'plain' : packingOf(head)
  switch (packing) {
    case 'plain':
      yield* bytes.open()
      return
    case 'gzip':
      yield* unpack(bytes, createGunzip({ chunkSize: readSize }), bytes.open())
      return
    case 'zip': {
      const member = await zipMember(bytes)
      const inflate = member.stored ? undefined : createInflateRaw({ chunkSize: readSize })
      if (inflate === undefined) yield* firstBytes(bytes.open(member.dataFrom), member.storedSize)
      else yield* unpack(bytes, inflate, bytes.open(member.dataFrom))
    }
  }
}

async function* unpack(
  bytes: Bytes,
  unzip: ReturnType<typeof createGunzip>,
  from: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let grown = 0
  const pieces = flowing(unzip)
  const feeding = feed(from, unzip)
  try {
    for await (const piece of pieces) {
      grown += piece.length
      if (grown > bombFloor && grown > bytes.size * bombFactor) {
        throw new DataAppError(
          'FILE_BOMB',
          `${bytes.name} grows to more than ${bombFactor} times its size when unpacked.`,
          {
            hint: 'That is no export of sales. If it is, unpack it first and take in the plain file.',
          },
        )
      }
      yield piece
    }
    await feeding
  } catch (error) {
    if (systemCodeOf(error) === 'Z_BUF_ERROR') throw cutFile(bytes.name, error)
    if (systemCodeOf(error).startsWith('Z_'))
      throw new DataAppError('FILE_DAMAGED', `${bytes.name} can't be unpacked: ${messageOf(error)}.`, {
        hint: 'Copy the file again. If it stays so, ask the sender for a new export.',
        cause: error,
      })
    throw error
  } finally {
    unzip.destroy()
  }
}

export function cutFile(name: string, cause?: unknown): DataAppError {
  return new DataAppError('FILE_CUT', `${name} ends in the middle of its content.`, {
    hint: 'What was whole has been taken in. Copy the file again and ingest it: rows already in count once.',
    cause,
  })
}

/** What a stream gives before it fails is given on first: iterating it directly would drop that. */
async function* flowing(stream: ReturnType<typeof createGunzip>): AsyncGenerator<Buffer> {
  const queue: Buffer[] = []
  let failure: unknown
  let ended = false
  let wake: () => void = () => {}
  stream.on('data', (piece: Buffer) => {
    queue.push(piece)
    if (queue.length >= 4) stream.pause()
    wake()
  })
  stream.on('error', error => {
    failure = error
    wake()
  })
  stream.on('close', () => {
    ended = true
    wake()
  })
  stream.on('end', () => {
    ended = true
    wake()
  })
  for (;;) {
    const piece = queue.shift()
    if (piece !== undefined) {
      yield piece
      continue
    }
    if (failure !== undefined) throw failure
    if (ended) return
    const woken = new Promise<void>(done => {
      wake = done
    })
    stream.resume()
    await woken
  }
}

/** Writes into the unpacker as fast as it takes it; an error while reading ends the unpacker with that error. */
async function feed(from: AsyncIterable<Buffer>, unzip: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of from) {
      if (unzip.destroyed) return
      if (!unzip.write(chunk)) await drained(unzip)
    }
    unzip.end()
  } catch (error) {
    unzip.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

function drained(stream: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise(done => {
    const settle = () => {
      stream.off('drain', settle).off('close', settle).off('error', settle)
      done()
    }
    stream.on('drain', settle).on('close', settle).on('error', settle)
  })
}

async function* firstBytes(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
}

/** The whole content in memory, for formats that can't be read from front to back. Above `limit` it is refused (`FILE_TOO_LARGE`). */
export async function wholeOf(chunks: AsyncIterable<Buffer>, name: string, limit: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > limit)
      throw new DataAppError(
        'FILE_TOO_LARGE',
        `${name} is larger than ${Math.round(limit / 1e6)} MB, the most this format can be read with.`,
        {
          hint: 'Export it as CSV: that is read as a stream, whatever its size.',
        },
      )
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}
