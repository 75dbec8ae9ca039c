import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Vault } from '#shared/crypto/vault.ts'
import { ownOf } from '#shared/own.ts'
import type { Correction } from '#shared/records/correction.ts'
import { readCorrection } from '#shared/records/correction.ts'
import { type Rejected, rejectedSchema } from '#shared/records/rejected.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { cellsOf } from './cells.ts'
import { nameOfFile } from './intake.ts'

const pageSql = loadSql('./queries/rejected.sql', import.meta.url)
const rejectedPerPage = 50

type Parts = { settings: Settings; vault: Vault }
type Wanted = { id: string | null; source: string | null; rule: string | null; state: 'open' | 'replayed' | 'all' }

const triedSchema = z.object({
  done: z.boolean(),
  arrived: z.boolean(),
  problem: z.string(),
  by: z.string(),
  corrected: z.boolean(),
})
export const rejectedView = z.object({
  id: z.string(),
  source: z.string(),
  file: z.string(),
  line: z.number().int().meta({ description: 'Physical line of the file, from 1; 0 when it did not come from one' }),
  field: z.string(),
  rule: z.string(),
  message: z.string(),
  step: z.enum(['ingestion', 'processing']),
  at: z.string(),
  replayedAt: z.string().nullable(),
  correctable: z.boolean().meta({ description: 'Whether it can be corrected and read again from here' }),
  tried: triedSchema.nullable().meta({ description: 'The latest time somebody had it read again' }),
})
export const rejectedRow = rejectedView.extend({
  raw: z.string(),
  cells: z
    .array(z.object({ column: z.string(), value: z.string(), corrected: z.string().nullable() }))
    .nullable()
    .meta({ description: 'null when the text can not be cut into columns: then it is corrected as text' }),
})
export type RejectedView = z.infer<typeof rejectedView>
export type RejectedRow = z.infer<typeof rejectedRow>

type Row = {
  record: unknown
  replayed_at: Date | null
  columns: unknown
  replay: string | null
  done_at: Date | null
  problem: string | null
  still: number | null
  asked_by: string | null
  correction: string | null
}
type Known = Rejected & { columns: string[]; replayedAt: Date | null; row: Row; problem: string; correction: string }

async function read(
  { settings, vault }: Parts,
  person: Person,
  { id, source, rule, state }: Wanted,
  page: { limit: number; offset: number },
): Promise<Known[]> {
  const rows = await settings.query<Row>(pageSql, [id, source, rule, state, page.limit, page.offset])
  const records = rows.map(row => ({
    ...rejectedSchema.parse(row.record),
    problem: row.problem ?? '',
    correction: row.correction ?? '',
  }))
  const plain = await vault.reveal({ person: person.id, role: person.role }, records)
  return plain.flatMap((record, at) => {
    const row = rows[at]
    if (row === undefined) return []
    const columns = Array.isArray(row.columns) ? row.columns.map(String) : []
    return [{ ...record, columns, replayedAt: row.replayed_at, row }]
  })
}

function viewOf({ columns, replayedAt, row, problem, ...record }: Known): RejectedView {
  const { id, source, file, line, field, rule, message, step, at } = record
  return {
    id,
    source,
    file: nameOfFile(file),
    line,
    field,
    rule,
    message,
    step,
    at,
    replayedAt: replayedAt?.toISOString() ?? null,
    correctable: step === 'processing' || columns.length > 0,
    tried:
      row.replay === null
        ? null
        : {
            done: row.done_at !== null,
            arrived: row.done_at !== null && row.still === 0 && replayedAt !== null,
            problem,
            by: row.asked_by ?? '',
            corrected: row.correction !== null,
          },
  }
}

/** One page of rejected records, newest first, and whether there are more. */
export async function listRejected(
  parts: Parts,
  person: Person,
  wanted: Omit<Wanted, 'id'>,
  page: number,
): Promise<{ items: RejectedView[]; more: boolean }> {
  const limit = rejectedPerPage + 1
  const rows = await read(parts, person, { ...wanted, id: null }, { limit, offset: page * rejectedPerPage })
  return { items: rows.slice(0, rejectedPerPage).map(viewOf), more: rows.length > rejectedPerPage }
}

/** One record with its own text, cut into cells where that can be done, and what somebody corrected in them. */
export async function openRejected(parts: Parts, person: Person, id: string): Promise<RejectedRow> {
  const [known] = await read(parts, person, { id, source: null, rule: null, state: 'all' }, { limit: 1, offset: 0 })
  if (known === undefined) throw new Problem('not-found', 'There is no such rejected record.')
  const cells = cellsOf(known.step, known.raw, known.columns)
  const correction = readCorrection(known.correction)
  const corrected = correction !== undefined && 'cells' in correction ? correction.cells : {}
  return {
    ...viewOf(known),
    raw: correction !== undefined && 'raw' in correction ? correction.raw : known.raw,
    cells: cells?.map(cell => ({ ...cell, corrected: ownOf(corrected, cell.column) ?? null })) ?? null,
  }
}

/** Asks ingestion to read a record once more, as it is or as somebody corrected it. Returns the id of what was asked. */
export async function askReplay(
  { settings, vault }: Parts,
  person: Person,
  record: RejectedRow,
  correction: Correction | undefined,
): Promise<string> {
  if (!record.correctable)
    throw new Problem('conflict', 'This row did not come from a file: have its source tell it again.')
  if (correction !== undefined && 'cells' in correction) refuseUnknownColumns(record, correction.cells)
  const id = randomUUID()
  const sealed =
    correction === undefined
      ? null
      : (
          await vault.protectRejected({
            v: 1,
            id: record.id,
            step: record.step,
            source: record.source,
            file: record.file,
            line: record.line,
            field: record.field,
            rule: record.rule,
            at: record.at,
            message: '',
            raw: JSON.stringify(correction),
          })
        ).raw
  await settings.query(
    'INSERT INTO rejected_replays (id, source, rejected, correction, asked_by) VALUES ($1, $2, $3, $4, $5)',
    [id, record.source, record.id, sealed, person.id],
  )
  return id
}

function refuseUnknownColumns({ cells }: RejectedRow, given: Record<string, string>): void {
  const known = new Set(cells?.map(({ column }) => column))
  const unknown = Object.keys(given).find(column => !known.has(column))
  if (unknown !== undefined) throw new Problem('bad-request', `The row has no column "${unknown}".`)
}
