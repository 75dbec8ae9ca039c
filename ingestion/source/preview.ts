import { stat } from 'node:fs/promises'
import type { Dimension } from '#shared/records/dimension.ts'
import { formatMicros } from '#shared/records/micros.ts'
import { fileBytes } from '../decode/bytes.ts'
import { openTable } from '../decode/table.ts'
import { besideFile, readJoins } from '../joins.ts'
import type { Chain } from '../map/reader.ts'
import { rowMapper } from '../map/rows.ts'
import type { MappedLine, Problem } from '../map/sale.ts'
import { wantedColumns } from '../map/wanted.ts'
import type { Source } from './schema.ts'

/** One row of a file as the source reads it. */
export type PreviewRow = { line: number } & (
  | { sale: Record<string, string> }
  | { described: string }
  | { problem: Problem; raw: string }
)

export type Preview = { columns: readonly string[]; rows: PreviewRow[]; dimensions: Dimension[] }

/** The first rows of a file through a source, nothing published and nothing remembered. */
export async function previewFile(source: Source, path: string, count: number, chain: Chain): Promise<Preview> {
  const bytes = fileBytes(path, (await stat(path)).size)
  const table = await openTable(bytes, source.format, wantedColumns(source), source.numbers.decimal)
  const joins = await readJoins(source, besideFile(path))
  const mapper = rowMapper(source, table.columns, joins, chain, 0)
  const rows: PreviewRow[] = []
  for await (const batch of table.rows) {
    for (const row of batch) {
      if (rows.length >= count) return { columns: table.columns, rows, dimensions: mapper.takeDimensions() }
      const mapped = mapper.map(row)
      switch (mapped.kind) {
        case 'line':
          rows.push({ line: row.line, sale: shown(mapped.line) })
          break
        case 'described':
          rows.push({ line: row.line, described: row.raw })
          break
        case 'problem':
          rows.push({ line: row.line, problem: mapped.problem, raw: row.raw })
      }
    }
  }
  return { columns: table.columns, rows, dimensions: mapper.takeDimensions() }
}

function shown(line: MappedLine): Record<string, string> {
  const { quantity, unitPrice, discount, revenue, cost, ...texts } = line
  return {
    ...texts,
    line: texts.line === '' ? '(ordinal)' : texts.line,
    quantity: formatMicros(quantity),
    unitPrice: formatMicros(unitPrice),
    discount: formatMicros(discount),
    revenue: formatMicros(revenue),
    cost: cost === null ? '' : formatMicros(cost),
  }
}
