import { topics } from '#shared/agreement.ts'
import { chunks } from '#shared/chunks.ts'
import type { Parts } from '#shared/parts.ts'
import type { Correction } from '#shared/records/correction.ts'
import { type Rejected, rejectedSchema } from '#shared/records/rejected.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import { loadSql } from '#shared/sql.ts'
import { publish } from '../intake.ts'
import { retold } from './retell.ts'
import { versionAfter } from './version-after.ts'

const openSql = loadSql('../queries/open-judged.sql', import.meta.url)
const markSql = loadSql('../queries/mark-retold.sql', import.meta.url)

type Work = Pick<Parts, 'log' | 'bus' | 'settings' | 'vault'>
export type Problem = { field: string; message: string }
/** What became of it: how many were open, how many were told, how many can't be, and why. */
export type Retold = { open: number; replayed: number; stillRejected: number; problems: Problem[] }

/**
 * Tells lines of a source once more that quality rules turned away, as they came or as somebody corrected the one that is asked for: the rules judge them again. What they turn away again stays
 * open. Cut off in between, lines are told twice and count once.
 */
export async function retellJudged(
  parts: Work,
  { source, id }: { source: string; id: string | null },
  correction?: Correction,
): Promise<Retold> {
  const { settings, vault, bus, log } = parts
  const rows = await settings.query<{ record: unknown; rows: string }>(openSql, [source, id])
  const records = await vault.reveal(
    { person: 'dataapp rejected', role: 'operator' },
    rows.map(row => rejectedSchema.parse(row.record)),
  )
  const versions = await versionsAfter(
    settings,
    source,
    records.map((record, i) => ({ record, rows: Number(rows[i]?.rows) })),
  )
  const told: { id: string; sale: Sale }[] = []
  const problems: Problem[] = []
  for (const record of records) {
    const sale = retold(record, versions.get(record.file) ?? versionAfterTold(record), correction)
    if ('message' in sale) problems.push(sale)
    else told.push({ id: record.id, sale })
  }
  for (const some of chunks(told, 1_000)) {
    const from = new Date()
    await publish(
      bus,
      log,
      topics.sales,
      some.map(({ sale }) => ({ key: sale.store, value: Buffer.from(encodeSale(sale)) })),
    )
    await settings.query(markSql, [some.map(each => each.id), from.toISOString()])
  }
  return { open: records.length, replayed: told.length, stillRejected: problems.length, problems }
}

/** Of each file that the ledger knows, the version of what is told of it now. */
async function versionsAfter(
  settings: Parts['settings'],
  source: string,
  open: readonly { record: Rejected; rows: number }[],
): Promise<Map<string, number>> {
  const last = new Map<string, number>()
  // Rows and blank lines: the sale of a line may end below it.
  for (const { record, rows } of open) last.set(record.file, Math.max(last.get(record.file) ?? 0, rows + record.line))
  const versions = new Map<string, number>()
  for (const [file, lastLine] of last) {
    const version = await versionAfter(settings, source, file, lastLine)
    if (version !== undefined) versions.set(file, version)
  }
  return versions
}

/** After the version with which a shop told a line that was turned away then, a little more each second, and before what it tells later. */
function versionAfterTold({ at }: Rejected): number {
  const turnedAway = Date.parse(at)
  return (turnedAway + 1) * 1_000 + 2 * Math.max(0, Math.floor((Date.now() - turnedAway) / 1_000))
}
