import type { Vault } from '#shared/crypto/vault.ts'
import { ownOf } from '#shared/own.ts'
import { type Correction, readCorrection } from '#shared/records/correction.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import type { Row, Table } from '../decode/row.ts'

const correctionsSql = loadSql('../queries/corrections.sql', import.meta.url)

/** What people corrected in the rows of one file, by the physical line of the row. */
export type Corrections = ReadonlyMap<number, Correction>

export async function correctionsOf(
  { settings, vault }: { settings: Settings; vault: Pick<Vault, 'reveal'> },
  source: string,
  file: string,
): Promise<Corrections> {
  const sealed = await settings.query<{ line: number; correction: string }>(correctionsSql, [source, file])
  if (sealed.length === 0) return new Map()
  const rows = await vault.reveal({ person: 'dataapp ingestion', role: 'operator' }, sealed)
  return new Map(
    rows.flatMap(({ line, correction }) => {
      const known = readCorrection(correction)
      return known === undefined ? [] : [[line, known] as const]
    }),
  )
}

/** The table as it would be had its rows been right from the start. `split` cuts a row's text into its fields. */
export function correctedTable(
  table: Table,
  corrections: Corrections,
  split: (raw: string, columns: readonly string[]) => readonly string[],
): Table {
  if (corrections.size === 0) return table
  const { columns } = table
  async function* rows(): AsyncGenerator<readonly Row[]> {
    for await (const batch of table.rows)
      yield batch.some(row => corrections.has(row.line))
        ? batch.map(row => corrected(row, corrections.get(row.line), columns, split))
        : batch
  }
  return { columns, rows: rows() }
}

function corrected(
  row: Row,
  correction: Correction | undefined,
  columns: readonly string[],
  split: (raw: string, columns: readonly string[]) => readonly string[],
): Row {
  if (correction === undefined) return row
  const { line } = row
  if ('raw' in correction) {
    const fields = split(correction.raw, columns)
    return fields.length === columns.length
      ? { line, fields, raw: correction.raw }
      : { ...row, broken: { rule: 'columns', message: 'has other fields than its file' } }
  }
  const fields = columns.map((column, at) => ownOf(correction.cells, column) ?? row.fields[at] ?? '')
  return { line, fields, raw: fields.join('\t') }
}
