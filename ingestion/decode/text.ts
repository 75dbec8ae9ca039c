import { isAscii } from 'node:buffer'
import { DataAppError } from '#shared/error.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1' | 'windows-1252'

/** The encoding that a head of a file gives away: byte order mark, zero bytes of UTF-16, valid UTF-8, else Windows-1252. Undefined: it isn't text. */
export function encodingOf(head: Buffer): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  let controls = 0
  for (let i = 0; i < head.length; i++) {
    const byte = head[i] ?? 0
    if (byte === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1
    else if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++
  }
  const [even = 0, odd = 0] = zeros
  if (odd > head.length * 0.3 && even < odd / 20) return 'utf-16le'
  if (even > head.length * 0.3 && odd < even / 20) return 'utf-16be'
  if (even + odd + controls > head.length * 0.1 + 2) return undefined
  return isUtf8Head(head) ? 'utf-8' : 'windows-1252'
}

function isUtf8Head(head: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

/**
 * Bytes to text, in pieces. When the encoding was not given and a file that looked like UTF-8 turns out not to be (its first accent
 * comes late), the rest is read as Windows-1252.
 */
export async function* textOf(chunks: AsyncIterable<Buffer>, name: string, given?: Encoding): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let encoding = given
  let onlyAscii = true
  for await (const chunk of chunks) {
    if (encoding === undefined || decoder === undefined) {
      const looksLike = encodingOf(chunk.subarray(0, 65_536))
      // A stated encoding says how to read text; it does not make text of what isn't.
      if (looksLike === undefined) throw notText(name)
      encoding ??= looksLike
      decoder = decoderOf(encoding, given === undefined)
    }
    if (onlyAscii && encoding !== 'utf-16le' && encoding !== 'utf-16be' && isAscii(chunk)) {
      yield chunk.toString('latin1')
      continue
    }
    try {
      const text = decoder.decode(chunk, { stream: true })
      onlyAscii = false
      yield text
    } catch {
      if (!onlyAscii) {
        decoder = decoderOf('utf-8', false)
      } else {
        encoding = 'windows-1252'
        decoder = decoderOf(encoding, false)
      }
      onlyAscii = false
      yield decoder.decode(chunk, { stream: true })
    }
  }
  if (decoder === undefined) return
  const rest = onlyAscii ? '' : lastOf(decoder)
  if (rest !== '') yield rest
}

function lastOf(decoder: TextDecoder): string {
  try {
    return decoder.decode()
  } catch {
    return '\ufffd'
  }
}

function decoderOf(encoding: Encoding, guessed: boolean): TextDecoder {
  const label = encoding === 'latin1' ? 'windows-1252' : encoding
  return new TextDecoder(label, { fatal: guessed && encoding === 'utf-8' })
}

export function notText(name: string): DataAppError {
  return new DataAppError('FILE_NOT_TEXT', `${name} is not text: it holds bytes that no delimited export has.`, {
    hint: 'Delimited text, JSON, NDJSON, Parquet and XLSX can be read, each also gzipped or as a zip of one member.',
  })
}
