import type { Columns } from './columns.ts'
import type { EdmType } from './model.ts'

export type Row = Readonly<Record<string, string | number | boolean | null>>

/** A row as OData JSON. Decimals and 64-bit integers keep every digit: they are written as numbers, or as strings for a client that asks for `IEEE754Compatible=true`. */
export function rowJson(row: Row, names: readonly string[], columns: Columns, asText: boolean): string {
  const fields = names.map(name => `${JSON.stringify(name)}:${valueJson(row[name], columns.get(name)?.type, asText)}`)
  return `{${fields.join(',')}}`
}

function valueJson(value: Row[string] | undefined, type: EdmType | undefined, asText: boolean): string {
  if (value === null || value === undefined) return 'null'
  switch (type) {
    case 'Decimal':
    case 'Int64': {
      const text = shortest(String(value))
      return asText ? `"${text}"` : text
    }
    case 'Boolean':
      return value === true || value === 1 || value === '1' ? 'true' : 'false'
    case 'DateTimeOffset':
      return JSON.stringify(String(value).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
    case 'String':
    case 'Date':
    case undefined:
      return JSON.stringify(String(value))
  }
}

function shortest(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
