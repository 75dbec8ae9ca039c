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
  /** The date formats that read every cell, best first. */
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
  'DD MMM YYYY[ HH:mm[:ss]]',
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
const excel = { format: 'excel', read: dateReader(['excel'], undefined, 'UTC') }
const empties = new Set(['', '-', 'NULL', 'null', 'N/A', 'n/a', 'NaN', 'nan', 'None', '(null)', '#N/A'])

/** Texts that stand for nothing in these rows, when there are any. */
export function emptyTexts(rows: readonly (readonly string[])[]): string[] {
  const found = new Set<string>()
  for (const row of rows) for (const cell of row) if (cell !== '' && empties.has(cell.trim())) found.add(cell.trim())
  return [...found].filter(text => text !== '')
}

/** The number format most cells agree with. `certain` is false when nothing in the file decides. */
export function numberFormatOf(rows: readonly (readonly string[])[]): NumberFormat & { certain: boolean } {
  let comma = 0
  let point = 0
  let commaThousands = 0
  let pointThousands = 0
  for (const row of rows.slice(0, 2_000)) {
    for (const cell of row) {
      const body = cell.trim().replace(/^[^\d.,(+-]*|[^\d.,)]*$/g, '')
      if (!/^[(+-]?\s*[\d.,]+\)?$/.test(body) || /^\d+$/.test(body)) continue
      const digits = body.replace(/[()+\s-]/g, '')
      if (/^\d{1,3}(\.\d{3})+,\d+$/.test(digits)) {
        comma += 3
        pointThousands++
      } else if (/^\d{1,3}(,\d{3})+\.\d+$/.test(digits)) {
        point += 3
        commaThousands++
      } else if (/^\d{1,3}(\.\d{3}){2,}$/.test(digits)) {
        comma += 2
        pointThousands++
      } else if (/^\d{1,3}(,\d{3}){2,}$/.test(digits)) {
        point += 2
        commaThousands++
      } else if (/^\d*,\d+$/.test(digits)) comma += /^\d{1,3},\d{3}$/.test(digits) ? 0.1 : 1
      else if (/^\d*\.\d+$/.test(digits)) point += /^\d{1,3}\.\d{3}$/.test(digits) ? 0.1 : 1
    }
  }
  const decimal = comma > point ? ',' : '.'
  const thousands = decimal === ',' ? (pointThousands > 0 ? '.' : '') : commaThousands > 0 ? ',' : ''
  return { decimal, thousands, certain: Math.max(comma, point) >= 1 || comma + point === 0 }
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
    const dates = looksDated ? readers.filter(fits).map(({ format }) => format) : []
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
      dates: dates.length === 0 && fits(excel) && /dat|dia|day|fecha/i.test(name) ? ['excel'] : dates,
      clock:
        sample.length > 0 &&
        sample.every(cell => /^\d{1,2}[:h]\d{2}([:m]\d{2}(\.\d+)?s?)?(\s*[AaPp]\.?[Mm]\.?)?$/.test(cell)),
      examples: sample.slice(0, 3),
    }
  })
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function isShare(values: readonly number[]): boolean {
  return values.every(value => value >= 0 && value <= 1_000_000) && values.some(value => value > 0 && value < 1_000_000)
}
