import { DelimitedParser, type Dialect } from '../decode/parser.ts'
import type { Source } from '../source/schema.ts'

/** A row's own text cut into its fields. */
export function fieldsOf(raw: string, source: Pick<Source, 'format'>, columns: readonly string[]): readonly string[] {
  const record = objectOf(raw)
  if (record !== undefined) return columns.map(column => String(Reflect.get(record, column) ?? ''))
  const quote = source.format.quote === 'none' ? undefined : source.format.quote
  const delimiters = source.format.delimiter === undefined ? [',', ';', '\t', '|'] : [source.format.delimiter]
  for (const delimiter of delimiters) {
    const dialect: Dialect = { delimiter, quote, escape: source.format.escape }
    const parser = new DelimitedParser(dialect)
    const [row] = [...parser.push(raw), ...parser.end()]
    if (row !== undefined && row.fields.length === columns.length) return row.fields
  }
  return []
}

function objectOf(raw: string): object | undefined {
  if (!raw.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(raw)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
