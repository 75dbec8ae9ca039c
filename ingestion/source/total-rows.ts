import type { Row } from '../decode/row.ts'
import { amountReader } from '../map/decimal.ts'
import { numberFormatOf } from './profile.ts'
import type { Skip } from './set-aside.ts'

/** Rows that add up others, by their lines in the file, and how a source sets them aside. */
export type TotalRows = { lines: ReadonlySet<number>; skip: Skip[] }

const totalWord =
  /^\s*(\*+|sub ?-?tota(?:is|ls?)|grand totals?|tota(?:is|ls?)|totale|totaal|soma|sum|(?:zwischen|gesamt)?summe|gesamt|suma|somme)(?![\p{L}\d])/iu

type Found = { row: Row; test: string }

/**
 * Rows that add up others, between or below the data: their first text says so and other cells are blank, or they hold nothing but numbers that are the sums of their
 * columns. Rows as they stand in the file, before blanks are filled.
 */
export function totalRows(columns: readonly string[], rows: readonly Row[]): TotalRows {
  const named = rows.flatMap((row, index) => namedTotal(columns, row, index >= rows.length - 5))
  const known = new Set(named.map(({ row }) => row))
  const sums = sumRows(rows, known)
  const sold = rows.filter(row => !known.has(row) && !sums.has(row))
  // What each sale has, a total does not: that tells it from a product which is called Total.
  const always = columns.flatMap((_, at) => (sold.every(({ fields }) => !isBlank(fields[at])) ? [at] : []))
  const lacks = ({ fields }: Row) =>
    always.flatMap(at => (isBlank(fields[at]) ? [`isEmpty([${columns[at] ?? ''}])`] : []))
  const found: Found[] = [
    ...named.flatMap(({ row, test }) =>
      lacks(row).length > 0 || isMostlyBlank(row)
        ? [{ row, test: [test, ...lacks(row).slice(0, 1)].join(' and ') }]
        : [],
    ),
    ...[...sums].flatMap(row => (lacks(row).length === 0 ? [] : [{ row, test: lacks(row).slice(0, 4).join(' and ') }])),
  ]
  if (found.length === 0 || found.length > rows.length / 2) return { lines: new Set(), skip: [] }
  const when = [...new Set(found.map(({ test }) => test))].join(' or ')
  const note = `${found.length} row(s) look like totals`
  return {
    lines: new Set(found.map(({ row }) => row.line)),
    skip: [{ when, reason: 'total of other rows', note }],
  }
}

function namedTotal(columns: readonly string[], row: Row, isLast: boolean): Found[] {
  const { fields } = row
  const at = fields.findIndex(text => !isBlank(text))
  const word = totalWord.exec(fields[at] ?? '')?.[1]?.toLowerCase()
  if (word === undefined) return []
  if (!fields.some(isBlank) || !(isMostlyBlank(row) || isLast)) return []
  const column = `[${columns[at] ?? ''}]`
  return [
    { row, test: word.startsWith('*') ? `startsWith(${column}, "*")` : `startsWith(lower(${column}), "${word}")` },
  ]
}

/** Rows without a word: mostly blank, each number the sum of its column over all rows before or over those since the last total. */
function sumRows(rows: readonly Row[], named: ReadonlySet<Row>): Set<Row> {
  const amount = amountReader(numberFormatOf(rows.map(row => row.fields)))
  const sums = new Set<Row>()
  const whole: Running = { rows: 0, sums: [] }
  let part: Running = { rows: 0, sums: [] }
  for (const row of rows) {
    if (named.has(row)) {
      part = { rows: 0, sums: [] }
      continue
    }
    const filled = row.fields.flatMap((text, at) => (isBlank(text) ? [] : [{ at, value: amount(text.trim()) }]))
    const isSparse = filled.length > 0 && filled.length < row.fields.length / 2
    if (isSparse && (isSumOf(whole, filled) || isSumOf(part, filled))) {
      sums.add(row)
      part = { rows: 0, sums: [] }
      continue
    }
    for (const running of [whole, part]) {
      running.rows++
      for (const { at, value } of filled) running.sums[at] = (running.sums[at] ?? 0) + (value ?? 0)
    }
  }
  return sums
}

type Running = { rows: number; sums: number[] }

/** Of two rows at least: a single one is often followed by another with the same amount. */
function isSumOf({ rows, sums }: Running, filled: readonly { at: number; value: number | undefined }[]): boolean {
  const isExact = filled.every(({ at, value }) => value !== undefined && Math.abs((sums[at] ?? 0) - value) < 5_000)
  return rows >= 2 && isExact && filled.some(({ value }) => value !== 0)
}

function isMostlyBlank({ fields }: Row): boolean {
  return fields.filter(isBlank).length >= fields.length / 2
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === ''
}
