import type { Row, Table } from './row.ts'
import { requireColumns } from './typed.ts'

/**
 * Reports that say a sale's number, day and store on its first row only: blank cells of these columns repeat the cell above. Rows then differ by what they mean and
 * no longer by what they say, and so does their hash.
 */
export function filledTable(table: Table, name: string, fill: readonly string[]): Table {
  requireColumns(name, table.columns, fill)
  const places = fill.map(column => table.columns.indexOf(column))
  const above = places.map(() => '')
  const filled = (row: Row): Row => {
    if (row.broken !== undefined) return row
    const fields = [...row.fields]
    for (const [index, place] of places.entries()) {
      const own = fields[place] ?? ''
      if (own.trim() === '') fields[place] = above[index] ?? ''
      else above[index] = own
    }
    return { line: row.line, raw: row.raw, fields, hash: hashOf(fields) }
  }
  async function* rows(): AsyncGenerator<readonly Row[]> {
    for await (const batch of table.rows) yield batch.map(filled)
  }
  return { columns: table.columns, rows: rows() }
}

/** The same steps as the parser's, over all fields. */
function hashOf(fields: readonly string[]): { high: number; low: number } {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (const field of fields) {
    for (let i = 0; i <= field.length; i++) {
      const code = i === field.length ? 0xffff : field.charCodeAt(i)
      high = Math.imul(high ^ code, 0x01000193)
      low = Math.imul((low << 5) ^ (low >>> 27) ^ code, 0xcc9e2d51)
    }
  }
  return { high, low }
}
