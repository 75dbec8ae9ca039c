import { type Baskets, indexBaskets, type Named } from './baskets.ts'
import { type ByteNames, byteNames } from './byte-names.ts'
import { doubled } from './doubled.ts'
import { rejectedLine } from './rejected-line.ts'

const quote = 34
const comma = 44
const newline = 10
const carriageReturn = 13
/** No basket or item name is longer; a quote that is never closed is found before it swallows the file. */
const longestLine = 1 << 20

/** Reads a basket file piece by piece. `lines` counts the data lines so far. */
export type BasketFile = {
  push(chunk: Uint8Array): void
  /** Call once after the last piece. */
  end(): Baskets
  readonly lines: number
}

/**
 * A reader of CSV with a header that names the columns `basket` and `item` (others are passed over), lines in any order,
 * RFC 4180 quoting, UTF-8 with or without a byte-order mark, LF or CRLF. Names are taken as they stand, blanks included.
 * Throws `DataAppError` naming file, line, field and rule at the first line that can't be read.
 */
export function basketFile(file: string): BasketFile {
  const baskets = byteNames()
  const items = byteNames()
  let basketOf = new Int32Array(1 << 14)
  let itemOf = new Int32Array(1 << 14)
  let lines = 0

  let rest: Uint8Array = new Uint8Array(0)
  let line = 1
  let first = true
  let header: string[] | undefined
  let basketColumn = 0
  let itemColumn = 1

  // The record being read: which bytes its two fields are. A quoted field is unescaped into a buffer of its own.
  const fieldBytes: [Uint8Array, Uint8Array] = [rest, rest]
  const from: [number, number] = [0, 0]
  const to: [number, number] = [0, 0]

  const reject = (at: number, field: string, rule: string, raw: string) => rejectedLine(file, at, field, rule, raw)

  const readHeader = (fields: string[]) => {
    header = fields
    basketColumn = fields.indexOf('basket')
    itemColumn = fields.indexOf('item')
    const missing = basketColumn < 0 ? 'basket' : itemColumn < 0 ? 'item' : undefined
    if (missing) throw reject(line, missing, 'the header must name the columns basket and item', fields.join(','))
    const twice = ['basket', 'item'].find(name => fields.indexOf(name) !== fields.lastIndexOf(name))
    if (twice) throw reject(line, twice, 'the header must name this column once', fields.join(','))
  }

  const keep = (at: number) => {
    for (const [which, field] of [
      [0, 'basket'],
      [1, 'item'],
    ] as const)
      if (from[which] === to[which]) throw reject(at, field, 'must not be empty', '')
    if (lines === basketOf.length) {
      basketOf = doubled(basketOf)
      itemOf = doubled(itemOf)
    }
    basketOf[lines] = baskets.number(fieldBytes[0], from[0], to[0], at)
    itemOf[lines] = items.number(fieldBytes[1], from[1], to[1], at)
    lines++
  }

  /** Reads one record that begins at `pos`; returns where the next begins, or -1 if this one is not yet complete. */
  const record = (bytes: Uint8Array, pos: number, last: boolean): number => {
    const begin = pos
    const startLine = line
    let passed = 0
    let column = 0
    const names: string[] = []
    for (;;) {
      let source = bytes
      let start = pos
      let end = pos
      if (bytes[pos] === quote) {
        const close = closingQuote(bytes, pos)
        // A quote on the piece's last byte may be the first of a doubled one.
        if (close < 0 || (close === bytes.length - 1 && !last)) {
          if (last)
            throw reject(startLine, header?.[column] ?? 'header', 'a quote is never closed', shown(bytes, begin))
          return -1
        }
        const inner = unescaped(bytes, pos + 1, close)
        passed += inner.newlines
        source = inner.bytes
        start = 0
        end = inner.bytes.length
        pos = close + 1
        if (bytes[pos] === carriageReturn && (bytes[pos + 1] === newline || pos + 1 === bytes.length)) pos++
        if (pos < bytes.length && bytes[pos] !== comma && bytes[pos] !== newline)
          throw reject(startLine, header?.[column] ?? 'header', 'text after a closing quote', shown(bytes, begin))
      } else {
        let byte = bytes[pos]
        while (byte !== comma && byte !== newline && byte !== undefined) byte = bytes[++pos]
        end = pos
        if (byte !== comma && end > start && bytes[end - 1] === carriageReturn) end--
      }
      if (pos >= bytes.length && !last) return -1
      if (header === undefined) names.push(decoded(source.subarray(start, end)) ?? '')
      else if (column === basketColumn) {
        fieldBytes[0] = source
        from[0] = start
        to[0] = end
      } else if (column === itemColumn) {
        fieldBytes[1] = source
        from[1] = start
        to[1] = end
      }
      column++
      if (bytes[pos] !== comma) break
      pos++
    }
    const blank =
      column === 1 &&
      bytes[begin] !== quote &&
      (pos === begin || (pos === begin + 1 && bytes[begin] === carriageReturn))
    if (!blank) {
      if (header === undefined) readHeader(names)
      else if (column !== header.length) {
        const rule = `must have ${header.length} fields, has ${column}`
        throw reject(startLine, header[Math.min(column, header.length - 1)] ?? 'item', rule, shown(bytes, begin))
      } else keep(startLine)
    }
    line += passed + 1
    return pos + 1
  }

  const read = (bytes: Uint8Array, last: boolean) => {
    let pos = 0
    while (pos < bytes.length) {
      const next = record(bytes, pos, last)
      if (next < 0) break
      pos = next
    }
    rest = new Uint8Array(bytes.subarray(pos))
    if (rest.length > longestLine)
      throw reject(line, header?.[0] ?? 'header', 'a line of more than a million bytes: is a quote never closed?', '')
  }

  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      if (first && bytes.length < 3) {
        rest = new Uint8Array(bytes)
        return
      }
      const marked = first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
      first = false
      read(marked ? bytes.subarray(3) : bytes, false)
    },
    end() {
      read(rest, true)
      if (header === undefined) throw reject(1, 'basket', 'the file is empty: no header basket,item', '')
      const named = (names: ByteNames, field: string): Named[] =>
        names.bytes().map((bytes, id) => {
          const name = decoded(bytes)
          if (name === undefined)
            throw reject(names.firstLine(id), field, 'must be UTF-8', Buffer.from(bytes).toString('latin1'))
          return { name, bytes }
        })
      const basketNames = named(baskets, 'basket').map(({ name }) => name)
      return indexBaskets(basketNames, named(items, 'item'), basketOf.subarray(0, lines), itemOf.subarray(0, lines))
    },
    get lines() {
      return lines
    },
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Where the quote that closes the one at `open` stands, or -1. */
function closingQuote(bytes: Uint8Array, open: number): number {
  for (let at = bytes.indexOf(quote, open + 1); at >= 0; at = bytes.indexOf(quote, at + 2))
    if (bytes[at + 1] !== quote) return at
  return -1
}

function unescaped(bytes: Uint8Array, from: number, to: number): { bytes: Uint8Array; newlines: number } {
  const out = new Uint8Array(to - from)
  let length = 0
  let newlines = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0
    if (byte === newline) newlines++
    if (byte === quote) i++
    out[length++] = byte
  }
  return { bytes: out.subarray(0, length), newlines }
}

/** The line's beginning, for a message. */
function shown(bytes: Uint8Array, from: number): string {
  const end = bytes.indexOf(newline, from)
  return Buffer.from(bytes.subarray(from, Math.min(end < 0 ? bytes.length : end, from + 200)))
    .toString('utf8')
    .trimEnd()
}
