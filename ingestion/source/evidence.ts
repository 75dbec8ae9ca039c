import { dateReader } from '../map/date.ts'
import { amountReader } from '../map/decimal.ts'
import { type Profile, shapeOf } from './profile.ts'
import type { NumberFormat } from './schema.ts'

/** Sampled rows with the number format they are read in: what guesses are checked against. */
export type Sample = { rows: readonly (readonly string[])[]; numbers: NumberFormat }

type Cells = (profile: Profile) => (row: readonly string[]) => string
const cell: Cells = profile => row => (row[profile.index] ?? '').trim()

/** What a date format makes of a column: the days it reads, how far they jump from row to row, and what looks like a date and is none in it. */
type Reading = { format: string; days: string[]; jumps: number; impossible: string[] }

function readingOf(format: string, cells: readonly string[]): Reading {
  const read = dateReader([format], undefined, 'UTC')
  const times = cells.map(text => ({ text, at: read(text) }))
  const days = times.flatMap(({ at }) => at ?? [])
  const shapes = new Set(times.flatMap(({ text, at }) => (at === undefined ? [] : shapeOf(text))))
  let jumps = 0
  for (let i = 1; i < days.length; i++)
    jumps += Math.min(Math.abs(Date.parse(`${days[i]}Z`) - Date.parse(`${days[i - 1]}Z`)) / 86_400_000, 400)
  const impossible = times.flatMap(({ text, at }) => (at === undefined && shapes.has(shapeOf(text)) ? text : []))
  return { format, days, jumps, impossible }
}

/**
 * The date format under which the file is most nearly in order of time, among those that read most cells; and what has to be asked about it. A format that takes days for
 * years reads also days that don't exist, and scatters a month over thirty years: one that reads the others as one stretch of time is meant then.
 */
export function bestDateFormat(
  profile: Profile,
  rows: Sample['rows'],
): { format: string; question: string | undefined } {
  const cells = rows.map(cell(profile))
  const readings = profile.dates
    .map(format => readingOf(format, cells))
    .sort((a, b) => a.impossible.length - b.impossible.length || a.jumps - b.jumps)
  const [first, ...others] = readings
  if (first === undefined) return { format: '', question: undefined }
  const best = others.reduce(
    (chosen, next) =>
      yearPlace(next.format) !== yearPlace(chosen.format) && next.jumps * 5 + 5 < chosen.jumps ? next : chosen,
    first,
  )
  const rivals = readings.filter(
    other =>
      dayOrder(other.format) !== dayOrder(best.format) &&
      (other.impossible.length < best.impossible.length ||
        (other.impossible.length === best.impossible.length && other.jumps <= best.jumps * 2 + 5)),
  )
  return { format: best.format, question: dateQuestion(best, rivals, cells[0] ?? '') }
}

function dateQuestion(best: Reading, rivals: readonly Reading[], example: string): string | undefined {
  const [impossible] = best.impossible
  const [rival] = rivals
  if (impossible === undefined)
    return rival === undefined
      ? undefined
      : `"${example}" can be read in more than one way (${[best, ...rivals]
          .slice(0, 3)
          .map(({ format }) => format)
          .join(' or ')}). Which is it?`
  const read = `"${impossible}" is no date in ${dayFormat(best)}, which reads the others as ${stretch(best)}`
  return rival === undefined
    ? `${read}. Its row will be rejected. Can it be corrected in the export?`
    : `${read}; ${dayFormat(rival)} would make ${stretch(rival)} of them all. Which is it? As drafted, its row will be rejected.`
}

function dayFormat({ format }: Reading): string {
  return format.replace(/\[.*$| hh.*$/, '')
}

function stretch({ days }: Reading): string {
  const sorted = days.map(day => day.slice(0, 10)).sort()
  return `${sorted[0] ?? ''} to ${sorted.at(-1) ?? ''}`
}

/** The day of a moment as it is written, without its clock. */
export function dayText(text: string): string {
  return text.replace(/[T ,]+\d{1,2}:\d{2}.*$/, '')
}

function dayOrder(format: string): string {
  return format.replace(/[^YMD]/g, '').replace(/(.)\1+/g, '$1')
}

function yearPlace(format: string): number {
  return dayOrder(format).indexOf('Y')
}

/** Share of the sales whose rows disagree on a column: a sale has one day and one store, so a high share says that ids are used again. */
export function disagreement(
  sale: readonly Profile[],
  other: Profile,
  rows: Sample['rows'],
  part: (text: string) => string,
): number {
  const seen = new Map<string, string>()
  const torn = new Set<string>()
  for (const row of rows) {
    const key = sale.map(profile => cell(profile)(row)).join('\u0000')
    const value = part(cell(other)(row))
    const before = seen.get(key)
    if (before === undefined) seen.set(key, value)
    else if (before !== value) torn.add(key)
  }
  return seen.size === 0 ? 0 : torn.size / seen.size
}

type SampleRow = Sample['rows'][number]

/** The rows of each sale: those that agree on its columns and on the day. */
export function salesOf(columns: readonly Profile[], day: Profile | undefined, rows: Sample['rows']): SampleRow[][] {
  const sales = new Map<string, SampleRow[]>()
  for (const row of rows) {
    const on = day === undefined ? '' : dayText(cell(day)(row))
    const key = [on, ...columns.map(profile => cell(profile)(row))].join('\u0000')
    const known = sales.get(key)
    if (known === undefined) sales.set(key, [row])
    else known.push(row)
  }
  return [...sales.values()]
}

/** True when a column says the same in all rows of a sale whose lines differ: then it is about the whole sale, and adding it up counts it once a row. */
export function isOfWholeSale(column: Profile, sales: readonly SampleRow[][], sample: Sample): boolean {
  const amount = amountReader(sample.numbers)
  let same = 0
  let torn = 0
  const said = new Set<number>()
  for (const rows of sales) {
    const values = rows.map(row => amount(cell(column)(row)) ?? 0)
    if (values.every(value => value === 0)) continue
    if (values.every(value => value === values[0])) {
      same++
      said.add(values[0] ?? 0)
    } else torn++
  }
  return same >= 3 && said.size > 1 && torn <= same * 0.02
}

/** The sum of the numbers of one column over some rows, in units. */
export function sumOf(column: Profile, rows: readonly SampleRow[], sample: Sample): number {
  const amount = amountReader(sample.numbers)
  return rows.reduce((sum, row) => sum + (amount(cell(column)(row)) ?? 0) / 1e6, 0)
}

/** Whether the columns together tell every row from every other, repeated rows aside. */
export function identifies(columns: readonly Profile[], rows: Sample['rows']): boolean {
  const seen = new Map<string, string>()
  for (const row of rows) {
    const key = columns.map(profile => cell(profile)(row)).join('\u0000')
    const whole = row.join('\u0000')
    const before = seen.get(key)
    if (before !== undefined && before !== whole) return false
    seen.set(key, whole)
  }
  return true
}

/** How many rows repeat an earlier one to the letter. */
export function exactRepeats(rows: Sample['rows']): number {
  return rows.length - new Set(rows.map(row => row.join('\u0000'))).size
}

type Numbers = Record<string, number>

/** The numbers of some columns, row by row, in units. A cell that is no number is left out. */
export function figures(sample: Sample, profiles: Readonly<Record<string, Profile | undefined>>): Numbers[] {
  const amount = amountReader(sample.numbers)
  const named = Object.entries(profiles).flatMap(([name, profile]) =>
    profile === undefined ? [] : [{ name, read: cell(profile) }],
  )
  return sample.rows.slice(0, 5_000).map(row => {
    const numbers: Numbers = {}
    for (const { name, read } of named) {
      const value = amount(read(row))
      if (value !== undefined) numbers[name] = value / 1e6
    }
    return numbers
  })
}

/** Share of rows in which `left` and `right` are within a cent of each other, among the rows where both are numbers; undefined without any. */
export function agreement(
  sample: Sample,
  profiles: Readonly<Record<string, Profile | undefined>>,
  left: (n: Numbers) => number | undefined,
  right: (n: Numbers) => number | undefined,
): number | undefined {
  let equal = 0
  let compared = 0
  for (const numbers of figures(sample, profiles)) {
    const [a, b] = [left(numbers), right(numbers)]
    if (a === undefined || b === undefined || Number.isNaN(a) || Number.isNaN(b)) continue
    compared++
    if (Math.abs(a - b) <= 0.011 + Math.abs(b) * 1e-4) equal++
  }
  return compared === 0 ? undefined : equal / compared
}

/** True when a money column stays the same for a product whatever the quantity: then it is per piece. Undefined when the sample does not tell. */
export function isPerPiece(money: Profile, product: Profile, quantity: Profile, sample: Sample): boolean | undefined {
  const amount = amountReader(sample.numbers)
  const byProduct = new Map<string, Map<number, number>>()
  for (const row of sample.rows) {
    const pieces = amount(cell(quantity)(row))
    const value = amount(cell(money)(row))
    if (pieces === undefined || value === undefined || pieces === 0) continue
    const known = byProduct.get(cell(product)(row)) ?? new Map<number, number>()
    if (!known.has(pieces)) known.set(pieces, value)
    byProduct.set(cell(product)(row), known)
  }
  let piece = 0
  let total = 0
  for (const known of byProduct.values()) {
    const entries = [...known]
    for (let i = 1; i < entries.length; i++) {
      const [[q1, v1] = [0, 0], [q2, v2] = [0, 0]] = [entries[i - 1], entries[i]]
      if (isClose(v1, v2)) piece++
      else if (isClose(v1 / q1, v2 / q2)) total++
    }
  }
  const votes = piece + total
  if (votes < 3) return undefined
  return piece >= votes * 0.8 ? true : total >= votes * 0.8 ? false : undefined
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * 0.02
}
