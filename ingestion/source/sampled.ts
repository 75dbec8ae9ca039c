import type { Bytes } from '../decode/bytes.ts'
import type { Row } from '../decode/row.ts'
import { openTable } from '../decode/table.ts'
import { unguarded } from '../map/reader.ts'
import { isSaleName } from './roles.ts'
import type { sourceSchema } from './schema.ts'
import { filledColumns } from './set-aside.ts'
import { type TotalRows, totalRows } from './total-rows.ts'

const sampleRows = 20_000

export type FoundFormat = ReturnType<typeof sourceSchema.shape.format.parse>

export type Sampled = { columns: readonly string[]; rows: Row[]; fill: string[]; totals: TotalRows }

/** The first rows of the file; read once more with blanks filled when it is a report that writes a sale's number on its first row only. Totals are blank by nature. */
export async function sampled(bytes: Bytes, format: FoundFormat, decimal: '.' | ','): Promise<Sampled> {
  const { columns, rows } = await firstRows(bytes, format, decimal)
  const sound = soundRows(rows)
  const totals = totalRows(columns, sound)
  const sold = sound.filter(row => !totals.lines.has(row.line)).map(row => row.fields)
  const fill = filledColumns(columns, sold, isSaleName)
  const filled = fill.length === 0 ? rows : (await firstRows(bytes, { ...format, fill }, decimal)).rows
  return { columns, rows: filled, fill, totals }
}

async function firstRows(
  bytes: Bytes,
  format: FoundFormat,
  decimal: '.' | ',',
): Promise<{ columns: readonly string[]; rows: Row[] }> {
  const table = await openTable(bytes, format, [], decimal)
  const rows: Row[] = []
  for await (const batch of table.rows) {
    rows.push(...batch)
    if (rows.length >= sampleRows) break
  }
  return { columns: table.columns, rows }
}

/** The rows that are whole. What an export guards from spreadsheets as `="00123"` is 00123 in them. */
export function soundRows(rows: readonly Row[]): Row[] {
  return rows.filter(row => row.broken === undefined).map(row => ({ ...row, fields: row.fields.map(unguarded) }))
}
