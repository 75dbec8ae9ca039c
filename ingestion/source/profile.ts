import { dateReader } from '../map/date.ts'
import { amountReader } from '../map/decimal.ts'
import type { NumberFormat } from './schema.ts'

/** What the cells of one column look like. Shares are of the cells that hold something. */
export type Profile = {
  name: string
  /** What its role is guessed from, when that is not its name. */
  called?: string
  index: number
  filled: number
  rows: number
  distinct: number
  /** Share of cells that are numbers under the file's number format. */
  numeric: number
  /** Share of numbers without decimals. */
  whole: number
  negative: number
  /** All numbers lie between 0 and 1, some strictly: shares, not amounts. */
  share: boolean
  /** The date formats that read every cell, best first; then those that read nearly every one, where the others look the same: there may be days that don't exist. */
  dates: string[]
  /** A time of day without a date. */
  clock: boolean
  examples: string[]
}

/** Date formats that exports use, the less ambiguous first; day before month before month before day. */
const dateFormats = [
  'YYYY-MM-DD[[T]HH:mm[:ss[.SSS]]][Z]',
  'YYYY-MM-DD HH:mm[:ss[.SSS]][ ][Z]',
  'YYYY/MM/DD[ HH:mm[:ss]]',
  'YYYY.MM.DD[ HH:mm[:ss]]',
  'DD/MM/YYYY[ HH:mm[:ss]]',
  'MM/DD/YYYY[ HH:mm[:ss]]',
  'DD-MM-YYYY[ HH:mm[:ss]]',
  'MM-DD-YYYY[ HH:mm[:ss]]',
  'DD.MM.YYYY[ HH:mm[:ss]]',
  'DD/MM/YY[ HH:mm[:ss]]',
  'MM/DD/YY[ HH:mm[:ss]]',
  'DD-MM-YY[ HH:mm[:ss]]',
  'MM-DD-YY[ HH:mm[:ss]]',
  'DD.MM.YY[ HH:mm[:ss]]',
  'YY/MM/DD[ HH:mm[:ss]]',
  'DD/MM/YYYY[, ]hh:mm[:ss][ ]A',
  'MM/DD/YYYY[,] hh:mm[:ss][ ]A',
  'DD/MM/YYYY[,] hh:mm[:ss][ ]A',
  'MM/DD/YY hh:mm[:ss][ ]A',
  'DD-MM-YYYY hh:mm[:ss][ ]A',
  'DD.MM.YYYY[,] hh:mm[:ss][ ]A',
  'YYYY-MM-DD hh:mm[:ss][ ]A',
  'DD[.] MMM[.] YYYY[[,] HH:mm[:ss]]',
  'DD MMM YYYY[,] hh:mm[:ss][ ]A',
  'DD-MMM-YYYY hh:mm[:ss][ ]A',
  'DD-MMM-YY hh:mm[:ss][ ]A',
  'DD-MMM-YYYY[ HH:mm[:ss]]',
  'DD/MMM/YYYY[ HH:mm[:ss]]',
  'DD-MMM-YY[ HH:mm[:ss]]',
  'DD/MMM/YY[ HH:mm[:ss]]',
  'DD MMM YY[ HH:mm[:ss]]',
  'DD de MMM de YYYY[ HH:mm[:ss]]',
  'MMM DD, YYYY[ HH:mm[:ss]]',
  'MMM DD YYYY[ hh:mm[:ss][ ]A]',
  'YYYYMMDD[HHmmss]',
  'YYYYMMDD[ HH:mm[:ss]]',
]

const readers = dateFormats.map(format => ({ format, read: dateReader([format], undefined, 'UTC') }))
/** Formats that any number of that size could be meant in: only where the column's name says that it is a moment. */
const bareDates = ['excel', 'unix', 'unix-ms'].map(format => {
  const read = dateReader([format], undefined, 'UTC')
  return {
    format,
    read: (text: string) => {
      const at = read(text)
      return at !== undefined && at > '2000' && at < '2040' ? at : undefined
    },
  }
})
const empties = new Set(['', '-', 'NULL', 'null', 'N/A', 'n/a', 'NaN', 'nan', 'None', '(null)', '#N/A'])

/** Texts that stand for nothing in these rows, when there are any. */
export function emptyTexts(rows: readonly (readonly string[])[]): string[] {
  const found = new Set<string>()
  for (const row of rows) for (const cell of row) if (cell !== '' && empties.has(cell.trim())) found.add(cell.trim())
  return [...found].filter(text => text !== '')
}

/**
 * The number format most cells agree with. `certain` is false when nothing in the file decides. Where every sign has three digits behind it (`12.990`), as in money
 * without cents, it is a thousands sign, unless a column also writes numbers of that size without one or begins with a zero.
 */
export function numberFormatOf(rows: readonly (readonly string[])[]): NumberFormat & { certain: boolean } {
  const seen: Signs = { decimal: { ',': 0, '.': 0 }, thousands: { ',': 0, '.': 0 }, open: { ',': 0, '.': 0 } }
  const plain = new Set<number>()
  const opened = new Set<number>()
  for (const row of rows.slice(0, 2_000)) {
    for (const [column, cell] of row.entries()) {
      const body = cell
        .trim()
        .replace(/^[^\d(+-]*?\p{L}\.\s*/u, '')
        .replace(/^[^\d.,(+-]*|[^\d.,)]*$/g, '')
      const digits = body.replace(/[()+\s-]/g, '')
      if (!/^[(+-]?\s*[\d.,]+\)?$/.test(body)) continue
      if (/^[1-9]\d{3}$/.test(digits)) plain.add(column)
      else if (countSigns(seen, digits)) opened.add(column)
    }
  }
  const { decimal, thousands, open } = seen
  const isDecided = decimal[','] + decimal['.'] > 0
  if (isDecided || open[','] + open['.'] === 0) {
    const sign = decimal[','] > decimal['.'] ? ',' : '.'
    const other = sign === ',' ? '.' : ','
    return { decimal: sign, thousands: thousands[other] + open[other] > 0 ? other : '', certain: true }
  }
  const sign = open[','] > open['.'] ? ',' : '.'
  const other = sign === ',' ? '.' : ','
  return [...opened].some(column => plain.has(column))
    ? { decimal: sign, thousands: '', certain: false }
    : { decimal: other, thousands: sign, certain: false }
}

type Sign = ',' | '.'
type Signs = Record<'decimal' | 'thousands' | 'open', Record<Sign, number>>

/** Counts what one number says about the signs. True when its sign can be read in two ways. */
function countSigns(seen: Signs, digits: string): boolean {
  for (const [sign, other] of [
    [',', '.'],
    ['.', ','],
  ] as const) {
    const [d, t] = sign === ',' ? [',', '\\.'] : ['\\.', ',']
    const grouped = new RegExp(`^\\d{1,3}(${t}\\d{3})+${d}\\d+$|^\\d{1,3}(${t}\\d{3}){2,}$`)
    const indian = /^\d{1,2}(,\d{2})+,\d{3}(\.\d+)?$/
    if (grouped.test(digits) || (sign === '.' && indian.test(digits))) {
      seen.decimal[sign] += 3
      seen.thousands[other]++
      return false
    }
    if (new RegExp(`^[1-9]\\d{0,2}${d}\\d{3}$`).test(digits)) {
      seen.open[sign]++
      return true
    }
    if (new RegExp(`^\\d*${d}\\d+$`).test(digits)) {
      seen.decimal[sign]++
      return false
    }
  }
  return false
}

export function profileColumns(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: NumberFormat,
): Profile[] {
  const amount = amountReader(numbers)
  return columns.map((name, index) => {
    const cells = rows.map(row => (row[index] ?? '').trim()).filter(cell => !empties.has(cell))
    const distinct = new Set(cells)
    const sample = [...distinct].slice(0, 2_000)
    const numericCells = sample.filter(cell => amount(cell) !== undefined)
    const tolerated = Math.max(0, Math.floor(sample.length * 0.02))
    const fits = ({ read }: { read: (text: string) => string | undefined }) => {
      let misses = 0
      for (const cell of sample) if (read(cell) === undefined && ++misses > tolerated) return false
      return sample.length > 0
    }
    const looksDated = sample.length > 0 && /\d/.test(sample[0] ?? '')
    const whole = looksDated ? readers.filter(fits) : []
    const nearly = looksDated ? readers.filter(reader => !whole.includes(reader) && nearlyFits(reader, sample)) : []
    const dates = [...whole, ...nearly].map(({ format }) => format)
    return {
      name,
      index,
      rows: rows.length,
      filled: cells.length,
      distinct: distinct.size,
      numeric: share(numericCells.length, sample.length),
      whole: share(numericCells.filter(cell => (amount(cell) ?? 1) % 1_000_000 === 0).length, numericCells.length),
      negative: share(cells.filter(cell => (amount(cell) ?? 0) < 0).length, cells.length),
      share: isShare(numericCells.map(cell => amount(cell) ?? 0)),
      dates:
        dates.length === 0 && /dat|dia|day|fecha|^ts$|time|created|(^|[_ ])at$|[a-z]At$|moment|jour|giorno/i.test(name)
          ? bareDates.filter(fits).map(({ format }) => format)
          : dates,
      clock:
        sample.length > 0 &&
        sample.every(cell => /^\d{1,2}[:h]\d{2}([:m]\d{2}(\.\d+)?s?)?(\s*[AaPp]\.?[Mm]\.?)?$/.test(cell)),
      examples: sample.slice(0, 3),
    }
  })
}

/** Whether a format reads all but a few cells, and those look like the ones it reads: `29/02/26` beside `28/02/26`. Digits without signs between would fit any number. */
function nearlyFits({ format, read }: (typeof readers)[number], sample: readonly string[]): boolean {
  if (format.startsWith('YYYYMMDD')) return false
  const allowed = Math.min(Math.max(1, Math.floor(sample.length * 0.1)), Math.floor(sample.length / 3))
  const missed: string[] = []
  const shapes = new Set<string>()
  for (const cell of sample) {
    if (read(cell) !== undefined) shapes.add(shapeOf(cell))
    else if (missed.push(cell) > allowed) return false
  }
  return missed.every(cell => shapes.has(shapeOf(cell)))
}

/** A text with its numbers made alike: an impossible date has the shape of a date. */
export function shapeOf(text: string): string {
  return text.replace(/\d+/g, '0')
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function isShare(values: readonly number[]): boolean {
  return values.every(value => value >= 0 && value <= 1_000_000) && values.some(value => value > 0 && value < 1_000_000)
}
