import { DataAppError } from '#shared/error.ts'
import type { FileFormat } from '../source/schema.ts'
import { cutFile } from './bytes.ts'
import { jsonValue } from './json-text.ts'
import type { Row, Table } from './row.ts'
import { textOf } from './text.ts'
import { flattened, requireColumns, typedText } from './typed.ts'

/** Records from which the columns are known: fields that none of the first ones has are unknown. */
const firstRecords = 1_000
/** A record larger than this is no record. */
const longestRecord = 4 * 1024 * 1024

type Piece = { text: string; line: number }

/** JSON with an array of records, or one object a line. Read as a stream: the file may be of any size. */
export async function jsonTable(
  chunks: AsyncIterable<Buffer>,
  name: string,
  format: FileFormat & { type: 'json' | 'ndjson' },
  wanted: readonly string[],
  decimal: string,
): Promise<Table> {
  const text = textOf(chunks, name, format.encoding)
  const pieces = format.type === 'ndjson' ? lines(text) : elements(text, name, format.records)
  const rows = exploded(pieces, format.each)
  const first: Record[] = []
  let brokenOff: DataAppError | undefined
  try {
    let done = false
    while (first.length < firstRecords && !done) {
      const next = await rows.next()
      if (next.done === true) done = true
      else first.push(...next.value)
    }
  } catch (error) {
    // What came before a file broke off is read first; the failure is told when its place is reached.
    if (!(error instanceof DataAppError) || first.length === 0) throw error
    brokenOff = error
  }
  const columns = [...new Set(first.flatMap(record => (record.values === undefined ? [] : [...record.values.keys()])))]
  if (first.length === 0)
    throw new DataAppError(
      'FILE_EMPTY',
      `${name} holds no records${format.records === undefined ? '' : ` under "${format.records}"`}.`,
      {
        hint: 'Where the array of records is inside the document is said by `format.records`, such as `data.sales`.',
      },
    )
  requireColumns(name, columns, wanted)
  const toRow = (record: Record): Row => rowOf(record, columns, decimal)
  return { columns, rows: following(first, brokenOff, rows, toRow) }
}

type Record = { line: number; raw: string; values: Map<string, unknown> | undefined }

async function* following(
  first: readonly Record[],
  brokenOff: DataAppError | undefined,
  rest: AsyncGenerator<Record[]>,
  toRow: (record: Record) => Row,
): AsyncGenerator<Row[]> {
  yield first.map(toRow)
  if (brokenOff !== undefined) throw brokenOff
  for await (const records of rest) yield records.map(toRow)
}

function rowOf({ line, raw, values }: Record, columns: readonly string[], decimal: string): Row {
  if (values === undefined) return { line, fields: [], raw, broken: { rule: 'json', message: 'is not a JSON object' } }
  return { line, raw, fields: columns.map(column => typedText(values.get(column), decimal)) }
}

/** Records of pieces of text; with `each`, one for every element of that array, with the record's own fields beside it. */
async function* exploded(pieces: AsyncIterable<Piece[]>, each: string | undefined): AsyncGenerator<Record[]> {
  let row = 0
  for await (const batch of pieces) {
    const records: Record[] = []
    for (const { text, line } of batch) {
      const value = jsonValue(text)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        records.push({ line, raw: text, values: undefined })
        continue
      }
      const values = flattened(value)
      const inner = each === undefined ? undefined : values.get(each)
      if (each === undefined || !Array.isArray(inner)) {
        records.push({ line, raw: text, values: each === undefined ? values : undefined })
        continue
      }
      values.delete(each)
      const elementsOf: unknown[] = inner
      for (const element of elementsOf) {
        row++
        const own =
          typeof element === 'object' && element !== null ? flattened(element, `${each}.`) : new Map([[each, element]])
        const all = new Map([...values, ...own])
        records.push({ line: row, raw: JSON.stringify(Object.fromEntries(all)), values: all })
      }
    }
    yield records
  }
}

async function* lines(text: AsyncIterable<string>): AsyncGenerator<Piece[]> {
  let rest = ''
  let line = 0
  for await (const piece of text) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop() ?? ''
    yield parts.flatMap(part => {
      line++
      const trimmed = part.trim()
      return trimmed === '' ? [] : [{ text: trimmed, line }]
    })
  }
  if (rest.trim() !== '') yield [{ text: rest.trim(), line: line + 1 }]
}

/** The elements of an array in a JSON document, found by counting brackets, so that no more than one element is ever held. A record's line is its number. */
async function* elements(text: AsyncIterable<string>, name: string, path: string | undefined): AsyncGenerator<Piece[]> {
  const at = path?.split('.')
  const scan = new ElementScan(at)
  for await (const piece of text) {
    yield scan.push(piece)
    if (scan.pending > longestRecord) throw noRecords(name)
  }
  if (!scan.opened) throw noRecords(name)
  if (!scan.ended) throw cutFile(name)
}

function noRecords(name: string): DataAppError {
  return new DataAppError(
    'FILE_DAMAGED',
    `${name} holds no array of records where it is looked for, or one that never ends.`,
    {
      hint: `Where the array of records is inside the document is said by \`format.records\`, such as \`data.sales\`; \`dataapp source infer ${name}\` finds it.`,
    },
  )
}

/** Walks JSON text sign by sign. A document that is one object without an array is one record. */
class ElementScan {
  readonly #path: readonly string[] | undefined
  #depth = 0
  #keys: string[] = []
  #inString = false
  #escaped = false
  #string = ''
  #lastString = ''
  #arrayDepth = -1
  #element = ''
  #count = 0
  ended = false

  constructor(path: readonly string[] | undefined) {
    this.#path = path
  }

  get opened(): boolean {
    return this.#arrayDepth !== -1
  }

  get pending(): number {
    return this.#element.length
  }

  push(piece: string): Piece[] {
    const found: Piece[] = []
    let from = this.#element === '' ? -1 : 0
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i)
      if (this.#inString) {
        this.#stringSign(piece, i, code)
        continue
      }
      if (code === 34) {
        if (this.#isInArray && this.#depth === this.#arrayDepth && from < 0 && this.#element === '') from = i
        this.#inString = true
        this.#string = ''
      } else if (code === 123 || code === 91) {
        if (this.#isInArray && this.#depth === this.#arrayDepth && this.#element === '' && from < 0) from = i
        this.#opens(code)
      } else if (code === 125 || code === 93) {
        if (this.#isInArray && this.#depth === this.#arrayDepth && code === 93) {
          this.#finish(found, piece, from, i)
          from = -1
          this.#arrayDepth = -2
          this.ended = true
          return found
        }
        this.#depth--
        this.#keys.length = Math.max(0, this.#depth)
      } else if (code === 44 && this.#isInArray && this.#depth === this.#arrayDepth) {
        this.#finish(found, piece, from, i)
        from = -1
      } else if (code === 58 && !this.#isInArray) this.#keys[this.#depth - 1] = this.#lastString
      else if (
        this.#isInArray &&
        this.#depth === this.#arrayDepth &&
        from < 0 &&
        this.#element === '' &&
        code > 32 &&
        code !== 0xfeff
      )
        from = i
    }
    if (from >= 0) this.#element += piece.slice(from)
    return found
  }

  get #isInArray(): boolean {
    return this.#arrayDepth >= 0
  }

  #stringSign(piece: string, i: number, code: number): void {
    if (this.#escaped) this.#escaped = false
    else if (code === 92) this.#escaped = true
    else if (code === 34) {
      this.#inString = false
      this.#lastString = this.#string
      return
    }
    if (!this.#isInArray) this.#string += piece[i] ?? ''
  }

  #opens(code: number): void {
    const here = this.#keys.slice(0, this.#depth)
    const wanted =
      this.#path === undefined
        ? here.length <= 1
        : here.length === this.#path.length && here.every((key, i) => key === this.#path?.[i])
    this.#depth++
    if (code === 91 && !this.#isInArray && this.#arrayDepth === -1 && wanted) this.#arrayDepth = this.#depth
  }

  #finish(found: Piece[], piece: string, from: number, to: number): void {
    const text = (this.#element + (from >= 0 ? piece.slice(from, to) : '')).trim()
    this.#element = ''
    if (text !== '') found.push({ text, line: ++this.#count })
  }
}
