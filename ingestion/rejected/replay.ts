import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { DataAppError } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import type { Correction } from '#shared/records/correction.ts'
import { rejectedSchema } from '#shared/records/rejected.ts'
import { loadSql } from '#shared/sql.ts'
import { fileBytes } from '../decode/bytes.ts'
import type { Row, Table } from '../decode/row.ts'
import { openTable } from '../decode/table.ts'
import { fingerprint } from '../fingerprint.ts'
import { type Intake, saleKey, takeIn } from '../intake.ts'
import { besideFile, readJoins } from '../joins.ts'
import { rowMapper } from '../map/rows.ts'
import { wantedColumns } from '../map/wanted.ts'
import { findSource } from '../source/load.ts'
import type { Source } from '../source/schema.ts'
import { correctedTable, correctionsOf } from './corrections.ts'
import { fieldsOf } from './fields.ts'
import { type Problem, type Retold, retellJudged } from './judged.ts'
import { versionAfter } from './version-after.ts'

const openSql = loadSql('../queries/open-rejected.sql', import.meta.url)
const markSql = loadSql('../queries/mark-replayed.sql', import.meta.url)

export const replaySchema = z.strictObject({ source: z.string(), id: z.string().nullable() })
export const replayedSchema = z.strictObject({ open: z.number(), replayed: z.number(), stillRejected: z.number() })

/** What became of a replay: how many records were open, how many count now, how many still can't be used. */
export type Replayed = z.infer<typeof replayedSchema>

type Open = {
  id: string
  file: string
  line: number
  record: unknown
  fingerprint: string | null
  place: string | null
  columns: unknown
}
type Letter = { id: string; line: number; raw: string }
type Work = Pick<Parts, 'config' | 'log' | 'bus' | 'settings' | 'vault'>

/**
 * Reads rejected rows once more, after their source or the quality rules were corrected. Where the file is still there it is read again, and the sales that the rows belong to
 * are told anew with all their lines, so that each line keeps the identity it would have had; else the rows' own text is read.
 */
export async function replayRejected(parts: Work, options: { source: string; id: string | null }): Promise<Replayed> {
  const { open, replayed, stillRejected } = await replayOpen(parts, options)
  return { open, replayed, stillRejected }
}

/** The same, with why rows still can't be used. Rows that people corrected are read corrected; `correction` is that of a line which a quality rule turned away. */
export async function replayOpen(
  parts: Work,
  { source: name, id }: { source: string; id: string | null },
  correction?: Correction,
): Promise<Retold> {
  let source: Source
  try {
    source = (await findSource(parts.config, name)).source
  } catch (error) {
    // Shops that tell their sales have no source file, and the one that is asked for needs none.
    const told = await retellJudged(parts, { source: name, id }, correction)
    const isAll = id !== null || (error instanceof DataAppError && error.code === 'SOURCE_UNKNOWN')
    if (told.open > 0 && isAll) return told
    throw error
  }
  const judged = await retellJudged(parts, { source: source.name, id }, correction)
  const read = await replayRows(parts, source, id)
  return {
    open: judged.open + read.open,
    replayed: judged.replayed + read.replayed,
    stillRejected: judged.stillRejected + read.stillRejected,
    problems: [...judged.problems, ...read.problems],
  }
}

/** Reads the rows again that ingestion could not use. */
async function replayRows(parts: Work, source: Source, id: string | null): Promise<Retold> {
  const rows = await parts.settings.query<Open>(openSql, [source.name, id])
  const records = await parts.vault.reveal(
    { person: 'dataapp rejected', role: 'operator' },
    rows.map(row => rejectedSchema.parse(row.record)),
  )
  const files = new Map<string, { origin: Open; letters: Letter[] }>()
  for (const [i, row] of rows.entries()) {
    const known = files.get(row.file) ?? { origin: row, letters: [] }
    known.letters.push({ id: row.id, line: row.line, raw: records[i]?.raw ?? '' })
    files.set(row.file, known)
  }
  let replayed = 0
  const problems: Problem[] = []
  for (const { origin, letters } of files.values()) {
    const usable = await replayFile(parts, source, origin, letters, problems)
    if (usable.length > 0) await parts.settings.query(markSql, [usable])
    replayed += usable.length
  }
  return { open: rows.length, replayed, stillRejected: rows.length - replayed, problems }
}

/** The ids of the letters that could be used, once everything they say is on the bus. Why others could not goes to `problems`. */
async function replayFile(
  parts: Work,
  source: Source,
  origin: Open,
  letters: readonly Letter[],
  problems: Problem[],
): Promise<string[]> {
  const place = origin.place !== null && (await isSameFile(origin.place, origin.fingerprint)) ? origin.place : undefined
  const corrections = await correctionsOf(parts, source.name, origin.file)
  const split = (raw: string, columns: readonly string[]) => fieldsOf(raw, source, columns)
  const tableOf = async () =>
    correctedTable(
      place === undefined ? await rawTable(source, origin.columns, letters) : await fileTable(source, place),
      corrections.rows,
      split,
    )
  const joins = await readJoins(source, besideFile(place ?? origin.place ?? ''))
  const mapperOf = (table: Table, version: number) => rowMapper(source, table.columns, joins, parts.config, version)

  const first = await tableOf()
  const mapper = mapperOf(first, 0)
  const byLine = new Map(letters.map(letter => [letter.line, letter.id]))
  const usable: string[] = []
  const sales = new Set<string>()
  let lastLine = 0
  for await (const batch of first.rows) {
    for (const row of batch) {
      lastLine = row.line
      const id = byLine.get(row.line)
      if (id === undefined) continue
      const mapped = mapper.map(row)
      if (mapped.kind === 'problem') {
        problems.push(mapped.problem)
        continue
      }
      usable.push(id)
      if (mapped.kind === 'line') sales.add(saleKey(mapped.line))
    }
  }
  if (usable.length === 0) return []
  const second = await tableOf()
  const version = (await versionAfter(parts.settings, source.name, origin.file, lastLine)) ?? Date.now() * 1_000
  const intake: Intake = {
    bus: parts.bus,
    log: parts.log,
    source,
    file: origin.file,
    version,
    rowsDone: 0,
    only: sales,
    corrections: corrections.lines,
    // A row read from its own text alone does not know its place among the lines of its sale.
    lineOf: place === undefined ? row => `row ${row.line}` : undefined,
    rejectedShareLimit: 1,
    checkpoint: async () => {},
    onProgress: () => {},
    signal: new AbortController().signal,
  }
  await takeIn(second, mapperOf(second, version), intake)
  return usable
}

async function isSameFile(place: string, print: string | null): Promise<boolean> {
  const found = await stat(place).catch(() => undefined)
  return found?.isFile() === true && (await fingerprint(place, found.size, found.mtimeMs)) === print
}

async function fileTable(source: Source, place: string): Promise<Table> {
  return openTable(
    fileBytes(place, (await stat(place)).size),
    source.format,
    wantedColumns(source),
    source.numbers.decimal,
  )
}

/** The rows from their own text: fields of a delimited line under the columns that their file had, or an object. */
async function rawTable(source: Source, given: unknown, letters: readonly Letter[]): Promise<Table> {
  const columns = Array.isArray(given) ? given.map(String) : []
  const rows = letters.map(
    (letter): Row => ({ line: letter.line, raw: letter.raw, fields: fieldsOf(letter.raw, source, columns) }),
  )
  async function* once(): AsyncGenerator<Row[]> {
    yield rows.map(row =>
      row.fields.length === columns.length
        ? row
        : { ...row, broken: { rule: 'columns', message: 'has other fields than its file' } },
    )
  }
  return { columns, rows: once() }
}
