import { isAscii } from 'node:buffer'
import { DataAppError } from '#shared/error.ts'
import { signsOf, Utf8Text, unfinished } from './utf8.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1' | 'windows-1252'

/** The encoding that a head of a file gives away: byte order mark, zero bytes of UTF-16, accents that are mostly UTF-8, else Windows-1252. Undefined: it isn't text. */
export function encodingOf(head: Buffer): Encoding | undefined {
  if (hasUtf8Mark(head)) return 'utf-8'
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
  return isUtf8(head) ? 'utf-8' : 'windows-1252'
}

function isUtf8(head: Buffer): boolean {
  const { whole, broken } = signsOf(head.subarray(0, head.length - unfinished(head)))
  return broken.length <= whole
}

/** Bytes to text, in pieces. UTF-8 and Windows-1252 are told apart by what most accents are, as a file's first accent may come late, or from another program. */
export async function* textOf(chunks: AsyncIterable<Buffer>, name: string, given?: Encoding): AsyncGenerator<string> {
  let text: { push: (chunk: Buffer) => string; end: () => string } | undefined
  for await (const chunk of chunks) {
    if (text === undefined) {
      const looksLike = encodingOf(chunk.subarray(0, 65_536))
      // A stated encoding says how to read text; it does not make text of what isn't.
      if (looksLike === undefined) throw notText(name)
      const hasMark = hasUtf8Mark(chunk)
      const encoding = given ?? looksLike
      const isUtf8 = given === undefined ? looksLike === 'utf-8' || looksLike === 'windows-1252' : given === 'utf-8'
      text = isUtf8 ? new Utf8Text(hasMark || given !== undefined) : plainText(encoding)
      yield text.push(isUtf8 && hasMark ? chunk.subarray(3) : chunk)
    } else yield text.push(chunk)
  }
  const rest = text?.end() ?? ''
  if (rest !== '') yield rest
}

function plainText(encoding: Encoding): { push: (chunk: Buffer) => string; end: () => string } {
  const isBytes = encoding === 'latin1' || encoding === 'windows-1252'
  const decoder = new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding)
  return {
    push: chunk => (isBytes && isAscii(chunk) ? chunk.toString('latin1') : decoder.decode(chunk, { stream: true })),
    end: () => decoder.decode(),
  }
}

function hasUtf8Mark(head: Buffer): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
}

export function notText(name: string): DataAppError {
  return new DataAppError('FILE_NOT_TEXT', `${name} is not text: it holds bytes that no delimited export has.`, {
    hint: 'Delimited text, JSON, NDJSON, Parquet and XLSX can be read, each also gzipped or as a zip of one member.',
  })
}
