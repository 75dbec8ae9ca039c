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

/** Refuses a table that lacks a column the source reads (`SOURCE_UNKNOWN_COLUMN`), with the nearest one there is. */
export function requireColumns(name: string, columns: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter(column => !columns.includes(column))
  if (missing.length > 0) throw unknownColumns(name, columns, missing)
}

export function unknownColumns(name: string, columns: readonly string[], missing: readonly string[]): DataAppError {
  if (missing.includes('?'))
    return new DataAppError('SOURCE_OPEN', 'The source file still has a "?" where a column is to be named.', {
      hint: `Its questions stand at its top. The columns of ${name}: ${columns.slice(0, 40).join(', ')}.`,
    })
  const list = missing.slice(0, 5).map(column => {
    const near = nearest(column, columns)
    return near === undefined ? `"${column}"` : `"${column}" (nearest: "${near}")`
  })
  const found = columns.slice(0, 40).map(column => `"${column}"`)
  return new DataAppError(
    'SOURCE_UNKNOWN_COLUMN',
    `${name} has no column ${list.join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''} (found: ${found.join(', ')}).`,
    {
      hint: `Is it a new layout? \`dataapp source infer ${name}\` drafts a source for it; \`dataapp source preview ${name} --source …\` shows what maps.`,
    },
  )
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
