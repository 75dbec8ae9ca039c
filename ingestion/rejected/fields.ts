import { jsonValue } from '../decode/json-text.ts'
import { DelimitedParser, type Dialect } from '../decode/parser.ts'
import { flattened, typedText } from '../decode/typed.ts'
import type { Source } from '../source/schema.ts'

/** A row's own text cut into its fields. */
export function fieldsOf(
  raw: string,
  source: Pick<Source, 'format' | 'numbers'>,
  columns: readonly string[],
): readonly string[] {
  const record = objectOf(raw)
  if (record !== undefined) {
    const values = flattened(record)
    return columns.map(column => typedText(values.get(column), source.numbers.decimal))
  }
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
  const value = jsonValue(raw)
  return typeof value === 'object' && value !== null ? value : undefined
}
