import { openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'

type Retaining = Pick<Parts, 'config' | 'warehouse' | 'settings' | 'vault'>
/** One kind of data, how long it is kept, and since when there is any. `oldest` is '' when there is none. */
export type Kept = { kind: 'lines' | 'raw' | 'rejected' | 'logs'; days: number; oldest: string; overdue: boolean }

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
  const due = (days: number) => new Date(now.getTime() - days * dayMs).toISOString()
  await settings.query('DELETE FROM rejected WHERE rejected_at < $1', [due(config.DATAAPP_RETENTION_REJECTED_DAYS)])
  await settings.query('DELETE FROM personal_reads WHERE at < $1', [due(config.DATAAPP_RETENTION_LOGS_DAYS)])
  await vault.dropRetired(new Date(now.getTime() - config.DATAAPP_BUS_RETENTION_HOURS * 3_600_000 - dayMs))
}

/** How long each kind is kept, and whether anything is older than that. */
export async function showRetention({ config, warehouse, settings }: Retaining, now: Date): Promise<Kept[]> {
  const [line] = await warehouse.rows<{ day: string }>(
    "SELECT if(count() = 0, '', toString(min(day))) AS day FROM sale_lines",
  )
  const raw = (await openLake(config).list('raw/month=')).map(file => monthOf(file.path)).sort()[0]
  const [rejected] = await settings.query<{ at: Date | null }>('SELECT min(rejected_at) AS at FROM rejected')
  const [read] = await settings.query<{ at: Date | null }>('SELECT min(at) AS at FROM personal_reads')
  const dayOf = (at: Date | null | undefined) => at?.toISOString().slice(0, 10) ?? ''
  const kept = (kind: Kept['kind'], days: number, oldest: string, limit: string): Kept => ({
    kind,
    days,
    oldest,
    overdue: oldest !== '' && oldest < limit,
  })
  const day = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)
  const { DATAAPP_RETENTION_LINES_DAYS: lines, DATAAPP_RETENTION_RAW_DAYS: raws } = config
  const { DATAAPP_RETENTION_REJECTED_DAYS: rejects, DATAAPP_RETENTION_LOGS_DAYS: logs } = config
  return [
    kept('lines', lines, line?.day ?? '', `${monthBefore(now, lines)}-01`),
    kept('raw', raws, raw === undefined ? '' : `${raw}-01`, `${monthBefore(now, raws)}-01`),
    kept('rejected', rejects, dayOf(rejected?.at), day(rejects + 1)),
    kept('logs', logs, dayOf(read?.at), day(logs + 1)),
  ]
}

const monthOf = (path: string): string => /month=(\d{4}-\d{2})\//.exec(path)?.[1] ?? '9999-99'

/** The month that must be kept whole: the one of the day that many days ago. */
function monthBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 7)
}
