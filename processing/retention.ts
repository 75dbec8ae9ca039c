import { openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import { type Kept, monthBefore, noteOldestRaw, retentionOf } from '#shared/retention.ts'

type Retaining = Pick<Parts, 'config' | 'warehouse' | 'settings' | 'vault'>

const dayMs = 86_400_000

/** Removes what is older than its kind is kept: lines and lake by whole months, so a month goes when its last day is due. Aggregates and counts stay; texts that rules corrected go with their lines. */
export async function enforceRetention({ config, warehouse, settings, vault }: Retaining, now: Date): Promise<void> {
  const lines = monthBefore(now, config.DATAAPP_RETENTION_LINES_DAYS)
  for (const { partition } of await warehouse.rows<{ partition: string }>(
    'SELECT DISTINCT toString(toYYYYMM(day)) AS partition FROM sale_lines WHERE day < {limit:Date}',
    { limit: `${lines}-01` },
  ))
    await warehouse.run(warehouse.layout.dropPartition('sale_lines', String(Number(partition))))
  const [hit] = await warehouse.rows('SELECT 1 FROM quality_hits WHERE day < {limit:Date} LIMIT 1', {
    limit: `${lines}-01`,
  })
  if (hit !== undefined)
    await warehouse.run('ALTER TABLE quality_hits DELETE WHERE day < {limit:Date}', { limit: `${lines}-01` })
  const lake = openLake(config)
  for (const [kind, limit] of [
    ['cleaned', lines],
    ['raw', monthBefore(now, config.DATAAPP_RETENTION_RAW_DAYS)],
  ] as const)
    for (const { path } of await lake.list(`${kind}/month=`)) if (monthOf(path) < limit) await lake.remove(path)
  await noteOldestRaw(settings, await oldestRaw(config))
  const due = (days: number) => new Date(now.getTime() - days * dayMs).toISOString()
  await settings.query('DELETE FROM rejected WHERE rejected_at < $1', [due(config.DATAAPP_RETENTION_REJECTED_DAYS)])
  await settings.query('DELETE FROM personal_reads WHERE at < $1', [due(config.DATAAPP_RETENTION_LOGS_DAYS)])
  await vault.dropRetired(new Date(now.getTime() - config.DATAAPP_BUS_RETENTION_HOURS * 3_600_000 - dayMs))
}

/** How long each kind is kept, and whether anything is older than that. */
export async function showRetention(parts: Retaining, now: Date): Promise<Kept[]> {
  return retentionOf(parts, await oldestRaw(parts.config), now)
}

/** The oldest month of raw history in the lake, '' when there is none. */
async function oldestRaw(config: Retaining['config']): Promise<string> {
  return (await openLake(config).list('raw/month=')).map(file => monthOf(file.path)).sort()[0] ?? ''
}

const monthOf = (path: string): string => /month=(\d{4}-\d{2})\//.exec(path)?.[1] ?? '9999-99'
