import { firstDayOf } from '#shared/day.ts'
import { openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import { dueMonths, type Kept, monthBefore, noteOldestRaw, retentionOf } from '#shared/retention.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { monthIn } from './lake/archive.ts'

type Retaining = Pick<Parts, 'config' | 'warehouse' | 'settings' | 'vault'>

const forgetRejected = loadSql('./forget-rejected.sql', import.meta.url)

const dayMs = 86_400_000

/** From when a month is noted until its lines go: longer than any statement takes that began before. */
const settlingMs = 7 * 60_000

/**
 * Removes what is older than its kind is kept: lines and lake by whole months, so a month goes when its last day is due and it has been at rest for a day. It is noted first, which turns
 * away what still comes for it, and goes with the next round. Aggregates and counts stay; texts that rules corrected, and which sales a product was in, go with their lines.
 */
export async function enforceRetention({ config, warehouse, settings, vault }: Retaining, now: Date): Promise<void> {
  const limit = `${monthBefore(now, config.DATAAPP_RETENTION_LINES_DAYS)}-01`
  await dropMonths(warehouse, await dueMonths({ config, warehouse }, now), now)
  const standing = await monthsOf(warehouse, 'sale_lines', limit)
  for (const table of ['quality_hits', 'product_sales'] as const) {
    const gone = (await monthsOf(warehouse, table, limit)).filter(month => !standing.includes(month))
    if (gone.length === 0) continue
    const { holder, onCluster } = warehouse.layout
    const rows = `ALTER TABLE ${holder(table)} ${onCluster} DELETE WHERE toStartOfMonth(day) IN {gone:Array(Date)}`
    await warehouse.run(rows, { gone }, { mutations_sync: 2 })
  }
  const lake = openLake(config)
  for (const { path } of await lake.list('cleaned/month=')) {
    const month = monthIn(path)
    if (month === undefined) continue
    const first = firstDayOf(month)
    if (first < limit && !standing.includes(first)) await lake.remove(path)
  }
  const rawLimit = monthBefore(now, config.DATAAPP_RETENTION_RAW_DAYS)
  for (const { path } of await lake.list('raw/month='))
    if ((monthIn(path) ?? rawLimit) < rawLimit) await lake.remove(path)
  await noteOldestRaw(settings, await oldestRaw(config))
  const due = (days: number) => new Date(now.getTime() - days * dayMs).toISOString()
  await settings.query(forgetRejected, [due(config.DATAAPP_RETENTION_REJECTED_DAYS)])
  for (const table of ['audit', 'personal_reads'] as const)
    await settings.query(`DELETE FROM ${table} WHERE at < $1`, [due(config.DATAAPP_RETENTION_AUDIT_DAYS)])
  // What was given up has a `sent_at`, too; what still waits has none and stays.
  for (const table of ['report_outbox', 'alert_outbox'] as const)
    await settings.query(`DELETE FROM ${table} WHERE sent_at < $1`, [due(config.DATAAPP_RETENTION_LOGS_DAYS)])
  await vault.dropRetired(new Date(now.getTime() - config.DATAAPP_BUS_RETENTION_HOURS * 3_600_000 - dayMs))
}

async function dropMonths(warehouse: Warehouse, due: readonly string[], now: Date): Promise<void> {
  const noted = await warehouse.rows<{ known: string; version: string }>(
    'SELECT toString(month) AS known, version FROM dropped_months FINAL WHERE month IN {due:Array(Date)}',
    { due: [...due] },
  )
  const since = new Map(noted.map(({ known, version }) => [known, Number(version)]))
  const fresh = due.filter(month => !since.has(month)).map(month => [month, now.getTime()])
  if (fresh.length > 0) await warehouse.insert('dropped_months', ['month', 'version'], fresh)
  for (const [month, at] of since)
    if (at <= now.getTime() - settlingMs)
      await warehouse.run(warehouse.layout.dropPartition('sale_lines', month.slice(0, 7).replace('-', '')))
}

/** The months before `limit` that a table has rows of. */
async function monthsOf(
  warehouse: Warehouse,
  name: 'sale_lines' | 'quality_hits' | 'product_sales',
  limit: string,
): Promise<string[]> {
  const rows = await warehouse.rows<{ month: string }>(
    `SELECT DISTINCT toString(toStartOfMonth(day)) AS month FROM ${name} WHERE day < {limit:Date}`,
    { limit },
  )
  return rows.map(({ month }) => month)
}

/** How long each kind is kept, and whether anything is older than that. */
export async function showRetention(parts: Parameters<typeof retentionOf>[0], now: Date): Promise<Kept[]> {
  return retentionOf(parts, await oldestRaw(parts.config), now)
}

/** The oldest month of raw history in the lake, '' when there is none. */
async function oldestRaw(config: Retaining['config']): Promise<string> {
  return (await openLake(config).list('raw/month=')).flatMap(({ path }) => monthIn(path) ?? []).sort()[0] ?? ''
}
