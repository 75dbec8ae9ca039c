import { DataAppError } from '#shared/error.ts'
import { nearest } from '#shared/nearest.ts'

/**
 * Values that a format knows the type of, as the text that the source expects: numbers with its decimal sign, dates as ISO 8601. So one mapping serves
 * the CSV and the spreadsheet of the same export.
 */
export function typedText(value: unknown, decimal: string): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value, decimal)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z')
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
}

/** Fifteen digits are what a binary fraction holds for certain; the noise behind them (`0.30000000000000004`) is dropped. */
export function numberText(value: number, decimal: string): string {
  if (!Number.isFinite(value)) return ''
  const text = Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(15)))
  const plain = text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text
  return decimal === '.' ? plain : plain.replace('.', decimal)
}

/** Refuses a table that lacks a column the source reads (`SOURCE_UNKNOWN_COLUMN`). */
export function requireColumns(name: string, columns: readonly string[], wanted: readonly string[]): void {
  if (wanted.some(column => !columns.includes(column))) throw unknownColumns(name, columns, wanted)
}

/**
 * What is missing, and what is there. A file without a header has a customer where names of columns should be, so of what was found only names that the
 * source itself says are repeated; and the nearest to a missing one, where the line is a header beyond doubt.
 */
export function unknownColumns(name: string, columns: readonly string[], wanted: readonly string[]): DataAppError {
  const found = wanted.filter(column => columns.includes(column))
  const missing = wanted.filter(column => !columns.includes(column))
  if (missing.includes('?'))
    return new DataAppError('SOURCE_OPEN', 'The source file still has a "?" where a column is to be named.', {
      hint: `Its questions stand at its top. \`dataapp source infer ${name}\` shows the columns there are.`,
    })
  const others = columns.filter(column => !wanted.includes(column))
  const isHeader = found.length * 2 >= wanted.length
  const list = missing.slice(0, 5).map(column => {
    const near = isHeader ? nearest(column, others) : undefined
    return near === undefined ? `"${column}"` : `"${column}" (nearest: "${near}")`
  })
  return new DataAppError(
    'SOURCE_UNKNOWN_COLUMN',
    `${name} has no column ${list.join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}${whatThereIs(found, columns)}.`,
    {
      hint: `Is it a new layout? \`dataapp source infer ${name}\` drafts a source for it; \`dataapp source preview ${name} --source …\` shows what maps.`,
    },
  )
}

function whatThereIs(found: readonly string[], columns: readonly string[]): string {
  if (found.length > 0) {
    const names = found.slice(0, 40).map(column => `"${column}"`)
    return ` (found: ${names.join(', ')}; ${counted(columns.length)} in all)`
  }
  const what = columns.some(isValue)
    ? 'the first line seems to hold data, not names of columns'
    : 'none of the columns that the source reads is there'
  return `: ${what} (${counted(columns.length)})`
}

const counted = (columns: number): string => (columns === 1 ? '1 column' : `${columns} columns`)

/** Whether a text where a column's name should be is a value: a number, an amount, a date, an e-mail address. */
function isValue(text: string): boolean {
  return /^[\s"]*[-+(]?[R$€£]*\s*\d[\d.,:/ -]*\)?"?\s*$|^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
}

/** An object with objects inside as one level of columns: `customer.city`. */
export function flattened(record: object, prefix = '', into: Map<string, unknown> = new Map()): Map<string, unknown> {
  for (const [key, value] of Object.entries(record)) {
    const isPlain =
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !(value instanceof Date) &&
      !(value instanceof Uint8Array)
    if (isPlain) flattened(value, `${prefix}${key}.`, into)
    else into.set(`${prefix}${key}`, value)
  }
  return into
}
