import { DataAppError } from '#shared/error.ts'
import type { FileFormat } from '../source/schema.ts'
import { DelimitedParser, type Dialect } from './parser.ts'
import { columnNames, type Row, type Table } from './row.ts'
import { textOf } from './text.ts'
import { unknownColumns as unknownColumnsOf } from './typed.ts'

/** How far down the header is looked for. */
const headerSearch = 60
const delimiters = [',', ';', '\t', '|'] as const

/**
 * Delimited text as rows. `wanted` are the columns that the source reads: they tell the header from title lines above it, and a missing one
 * is `SOURCE_UNKNOWN_COLUMN` before any row is read.
 */
export async function delimitedTable(
  chunks: AsyncIterable<Buffer>,
  name: string,
  format: FileFormat,
  wanted: readonly string[],
): Promise<Table> {
  const pieces = textOf(chunks, name, format.encoding)
  const head = await firstPieces(pieces)
  if (head.text.trim() === '')
    throw new DataAppError('FILE_EMPTY', `${name} is empty.`, {
      hint: 'Was the export cut off? Nothing was taken in; the file is read again when it changes.',
    })
  const dialect = dialectOf(head.text, format, wanted)
  const top = topOf(head, dialect)
  const header = findHeader(top, format, wanted, dialect)
  if (header === undefined) throw unknownColumns(name, top, dialect, format, wanted)
  return {
    columns: header.columns,
    rows: rowsAfter(head, pieces, dialect, header, format),
  }
}

/** Rows that are split already (a sheet) under the same rules for titles, header and columns. Cells missing at the end of a row are empty. */
export function headedTable(
  batches: Iterable<readonly Row[]>,
  name: string,
  format: FileFormat,
  wanted: readonly string[],
): Table {
  const iterator = batches[Symbol.iterator]()
  const first = iterator.next()
  const top = first.done === true ? [] : first.value
  if (top.length === 0)
    throw new DataAppError('FILE_EMPTY', `${name} holds no rows.`, {
      hint: 'Is it the right sheet? `format.sheet` chooses another.',
    })
  const dialect: Dialect = { delimiter: '\t', quote: undefined, escape: undefined }
  const guessed = wanted.length === 0 && format.header === 'auto' ? guessHeader(top, dialect) : undefined
  const stated = { ...format, header: guessed ?? format.header }
  const header = findHeader(top.slice(0, headerSearch), stated, wanted, dialect)
  if (header === undefined) throw unknownColumns(name, top.slice(0, headerSearch), dialect, format, wanted)
  const width = header.columns.length
  const shape = (rows: readonly Row[]) =>
    rows.flatMap(row =>
      row.line <= header.line
        ? []
        : [row.fields.length === width ? row : fitted(row, width, header, { ...format, ragged: 'pad' })],
    )
  async function* rows(): AsyncGenerator<readonly Row[]> {
    yield shape(top)
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield shape(next.value)
  }
  return { columns: header.columns, rows: rows() }
}

type Head = { text: string; whole: boolean; brokenOff: DataAppError | undefined }
type Header = { columns: string[]; line: number; wrapped: boolean; raw: string | undefined }

async function firstPieces(pieces: AsyncGenerator<string>): Promise<Head> {
  let text = ''
  try {
    while (text.length < 64 * 1024) {
      const next = await pieces.next()
      if (next.done === true) return { text, whole: true, brokenOff: undefined }
      text += next.value
    }
  } catch (error) {
    // What came before a file broke off is read first; the failure is told when its place is reached.
    if (!(error instanceof DataAppError) || text === '') throw error
    return { text, whole: false, brokenOff: error }
  }
  return { text, whole: false, brokenOff: undefined }
}

function topOf(head: Head, dialect: Dialect): Row[] {
  const parser = new DelimitedParser(dialect)
  const rows = parser.push(head.text)
  return (head.whole ? [...rows, ...parser.end()] : rows).slice(0, headerSearch)
}

function dialectOf(text: string, format: FileFormat, wanted: readonly string[]): Dialect {
  const quote = format.quote === 'none' ? undefined : format.quote
  const delimiter = format.delimiter ?? guessDelimiter(text, quote, wanted)
  return { delimiter, quote, escape: format.escape }
}

/** The delimiter whose header has most of the wanted columns; without any, the one that cuts most lines into the same number of fields. */
export function guessDelimiter(text: string, quote: string | undefined, wanted: readonly string[]): string {
  const scored = delimiters.map(delimiter => {
    const rows = new DelimitedParser({ delimiter, quote, escape: undefined }).push(`${text}\n`).slice(0, headerSearch)
    const found = Math.max(0, ...rows.map(row => hits(columnNames(unwrap(row, delimiter, quote)), wanted)))
    const widths = rows.map(row => unwrap(row, delimiter, quote).length)
    const width = commonest(widths)
    const same = widths.filter(w => w === width).length
    return { delimiter, found, score: width > 1 ? same * Math.min(width, 40) : 0 }
  })
  scored.sort((a, b) => b.found - a.found || b.score - a.score)
  return scored[0]?.delimiter ?? ','
}

function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let best = 0
  let most = 0
  for (const [value, count] of counts)
    if (value > 1 && count > most) {
      best = value
      most = count
    }
  return best
}

function hits(columns: readonly string[], wanted: readonly string[]): number {
  return wanted.filter(name => columns.includes(name)).length
}

/** A line that was wrapped whole in quotes comes as one field that holds the others: `"a,b,c"`. */
function unwrap(row: Row, delimiter: string, quote: string | undefined): readonly string[] {
  const [only] = row.fields
  if (row.fields.length !== 1 || only === undefined || !only.includes(delimiter)) return row.fields
  const inner = new DelimitedParser({ delimiter, quote, escape: undefined })
  inner.push(only)
  return inner.end()[0]?.fields ?? row.fields
}

function findHeader(
  top: readonly Row[],
  format: FileFormat,
  wanted: readonly string[],
  dialect: Dialect,
): Header | undefined {
  const unwrapped = (row: Row) => unwrap(row, dialect.delimiter, dialect.quote)
  if (format.header === 'none') {
    const width = top[0] === undefined ? 0 : unwrapped(top[0]).length
    const columns = format.columns ?? Array.from({ length: width }, (_, i) => `column ${i + 1}`)
    return hits(columns, wanted) === wanted.length ? { columns, line: 0, wrapped: false, raw: undefined } : undefined
  }
  const candidates = format.header === 'auto' ? top : top.filter(row => row.line === format.header)
  for (const row of candidates) {
    const columns = format.columns ?? columnNames(unwrapped(row))
    if (hits(columns, wanted) === wanted.length && (wanted.length > 0 || columns.length > 1)) {
      return { columns, line: row.line, wrapped: row.fields.length === 1 && columns.length > 1, raw: row.raw }
    }
  }
  return undefined
}

/** The line of the header when nothing is known of its names: the first row as wide as most, of texts that are all there. Undefined: the first such row is data. */
export function guessHeader(rows: readonly Row[], dialect: Dialect): number | undefined {
  const top = rows
    .slice(0, headerSearch)
    .map(row => ({ line: row.line, fields: unwrap(row, dialect.delimiter, dialect.quote) }))
  const widest = commonest(top.map(row => row.fields.length))
  // A delimiter at the end of each row makes an empty field that the header may lack.
  const filled = top.filter(row => row.fields.length === widest).map(row => lastFilled(row.fields))
  const width = Math.max(0, ...filled)
  const first = top.find(
    row =>
      lastFilled(row.fields) === width &&
      row.fields.slice(0, width).filter(field => field.trim() === '').length <= width / 3,
  )
  if (first === undefined) return undefined
  const looksLikeData = first.fields.filter(field => /^[\s"]*[-+(]?[R$€£]*\s*\d[\d.,:/ -]*\)?"?\s*$/.test(field)).length
  return looksLikeData > 0 ? undefined : first.line
}

/** How many fields a row has without the empty ones at its end. */
function lastFilled(fields: readonly string[]): number {
  let count = fields.length
  while (count > 0 && (fields[count - 1] ?? '').trim() === '') count--
  return count
}

function unknownColumns(
  name: string,
  top: readonly Row[],
  dialect: Dialect,
  format: FileFormat,
  wanted: readonly string[],
): DataAppError {
  const rows =
    format.header === 'auto' || format.header === 'none' ? top : top.filter(row => row.line === Number(format.header))
  const headers = rows.map(row => columnNames(unwrap(row, dialect.delimiter, dialect.quote)))
  const best = [...headers].sort((a, b) => hits(b, wanted) - hits(a, wanted) || b.length - a.length)[0] ?? []
  const columns = format.header === 'none' ? (format.columns ?? best.map((_, i) => `column ${i + 1}`)) : best
  const text = top.map(row => row.raw).join('\n')
  const better = guessDelimiter(text, dialect.quote, wanted)
  if (columns.length <= 1 && better !== dialect.delimiter) {
    return new DataAppError(
      'SOURCE_WRONG_DELIMITER',
      `${name} is not delimited by ${show(dialect.delimiter)}: its lines are one field each. It looks like ${show(better)}.`,
      {
        hint: `Put \`delimiter: "${better === '\t' ? '\\t' : better}"\` under \`format\`, or leave it out to have it recognised.`,
      },
    )
  }
  return unknownColumnsOf(name, columns, wanted)
}

function show(delimiter: string): string {
  return delimiter === '\t' ? 'a tab' : `"${delimiter}"`
}

async function* rowsAfter(
  head: Head,
  pieces: AsyncGenerator<string>,
  dialect: Dialect,
  header: Header,
  format: FileFormat,
): AsyncGenerator<readonly Row[]> {
  const parser = new DelimitedParser(dialect)
  const width = header.columns.length
  const shape = (rows: readonly Row[]) => {
    const shaped: Row[] = []
    for (const row of rows) {
      if (row.line <= header.line) continue
      const whole =
        header.wrapped || row.fields.length === 1
          ? { ...row, fields: unwrap(row, dialect.delimiter, dialect.quote) }
          : row
      shaped.push(
        whole.fields.length === width && whole.raw !== header.raw ? whole : fitted(whole, width, header, format),
      )
    }
    return shaped
  }
  yield shape(parser.push(head.text))
  if (head.brokenOff !== undefined) throw head.brokenOff
  for await (const piece of pieces) yield shape(parser.push(piece))
  yield shape(parser.end())
}

/** Lines that reports for a printer draw between their sections: `-----`, `|====|====|`. */
function isRuled(raw: string): boolean {
  return /^[\s|+]*[-=_*]{3}[-=_*|+\s]*$/.test(raw)
}

/** A row whose number of fields is not the header's: empty ones at the end are harmless, anything else means that fields have shifted. */
function fitted(row: Row, width: number, header: Header, format: FileFormat): Row {
  if (row.broken !== undefined) return row
  if (row.raw === header.raw) return { ...row, broken: { rule: 'skipped', message: 'repeats the header' } }
  if (isRuled(row.raw)) return { ...row, broken: { rule: 'skipped', message: 'is a ruled line' } }
  const { fields } = row
  if (fields.length > width && fields.slice(width).every(field => field.trim() === ''))
    return { ...row, fields: fields.slice(0, width) }
  if (fields.length < width && format.ragged === 'pad')
    return { ...row, fields: [...fields, ...Array.from({ length: width - fields.length }, () => '')] }
  return {
    ...row,
    broken: { rule: 'columns', message: `has ${fields.length} fields where the header has ${width}` },
  }
}
