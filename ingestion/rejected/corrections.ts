import type { Vault } from '#shared/crypto/vault.ts'
import { ownOf } from '#shared/own.ts'
import { type Correction, readCorrection } from '#shared/records/correction.ts'
import { type Cells, correctedLine, type RejectedLine } from '#shared/records/rejected-line.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import type { Row, Table } from '../decode/row.ts'

const correctionsSql = loadSql('../queries/corrections.sql', import.meta.url)

/**
 * What people corrected in one file, by the physical line of the row: of rows that ingestion could not use the columns or the text, of lines that a quality rule turned away the fields of
 * the sale, one correction after the other.
 */
export type Corrections = {
  rows: ReadonlyMap<number, Correction>
  lines: ReadonlyMap<number, readonly Cells[]>
}

export async function correctionsOf(
  { settings, vault }: { settings: Settings; vault: Pick<Vault, 'reveal'> },
  source: string,
  file: string,
): Promise<Corrections> {
  const rows = new Map<number, Correction>()
  const lines = new Map<number, Cells[]>()
  const sealed = await settings.query<{ line: number; step: string; correction: string }>(correctionsSql, [
    source,
    file,
  ])
  if (sealed.length === 0) return { rows, lines }
  for (const { line, step, correction } of await vault.reveal(
    { person: 'dataapp ingestion', role: 'operator' },
    sealed,
  )) {
    const known = readCorrection(correction)
    if (known === undefined) continue
    if (step === 'ingestion') rows.set(line, known)
    else if ('cells' in known) lines.set(line, [...(lines.get(line) ?? []), known.cells])
  }
  return { rows, lines }
}

/** The table as it would be had its rows been right from the start. `split` cuts a row's text into its fields. */
export function correctedTable(
  table: Table,
  corrections: Corrections['rows'],
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

/** A line of the file as it was told again after people corrected it. What can't be read of their corrections was not told. */
export function lineAsCorrected(line: RejectedLine, corrections: readonly Cells[]): RejectedLine {
  return corrections.reduce((before, cells) => {
    const after = correctedLine(before, cells)
    return 'message' in after ? before : after
  }, line)
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
