import type { Config } from './config.ts'
import type { Settings } from './settings/settings.ts'
import type { Warehouse } from './warehouse/warehouse.ts'

type Retaining = { config: Config; warehouse: Pick<Warehouse, 'rows'>; settings: Pick<Settings, 'query'> }
/** One kind of data, how long it is kept, and since when there is any. `oldest` is '' when there is none. */
export type Kept = {
  kind: 'lines' | 'raw' | 'rejected' | 'audit' | 'logs'
  days: number
  oldest: string
  overdue: boolean
}

const dayMs = 86_400_000
const fact = 'oldest raw history'

/** How long each kind is kept, and whether anything is older than that. Raw history is in the lake, which only processing sees: `oldestRaw` is its oldest month, '' when there is none. */
export async function retentionOf(
  { config, warehouse, settings }: Retaining,
  oldestRaw: string,
  now: Date,
): Promise<Kept[]> {
  const [line] = await warehouse.rows<{ day: string }>(
    "SELECT if(count() = 0, '', toString(min(day))) AS day FROM sale_lines",
  )
  const [rejected] = await settings.query<{ at: Date | null }>('SELECT min(rejected_at) AS at FROM rejected')
  const [seen] = await settings.query<{ at: Date | null }>(
    'SELECT least((SELECT min(at) FROM audit), (SELECT min(at) FROM personal_reads)) AS at',
  )
  const [left] = await settings.query<{ at: Date | null }>(
    'SELECT least((SELECT min(sent_at) FROM report_outbox), (SELECT min(sent_at) FROM alert_outbox)) AS at',
  )
  const dayOf = (at: Date | null | undefined) => at?.toISOString().slice(0, 10) ?? ''
  const kept = (kind: Kept['kind'], days: number, oldest: string, limit: string): Kept => ({
    kind,
    days,
    oldest,
    overdue: oldest !== '' && oldest < limit,
  })
  const due = await dueMonths({ config, warehouse }, now)
  const day = (days: number) => new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10)
  const { DATAAPP_RETENTION_LINES_DAYS: lines, DATAAPP_RETENTION_RAW_DAYS: raws } = config
  const { DATAAPP_RETENTION_REJECTED_DAYS: rejects } = config
  const { DATAAPP_RETENTION_AUDIT_DAYS: audits, DATAAPP_RETENTION_LOGS_DAYS: logs } = config
  return [
    { kind: 'lines', days: lines, oldest: line?.day ?? '', overdue: due.length > 0 },
    kept('raw', raws, oldestRaw === '' ? '' : `${oldestRaw}-01`, `${monthBefore(now, raws)}-01`),
    kept('rejected', rejects, dayOf(rejected?.at), day(rejects + 1)),
    kept('audit', audits, dayOf(seen?.at), day(audits + 1)),
    kept('logs', logs, dayOf(left?.at), day(logs + 1)),
  ]
}

/**
 * The months (YYYY-MM-01) of lines that are kept no longer: older than their time, and nothing was told about them for a day, so that a history older than what is kept comes in
 * whole and is summed up before its lines go.
 */
export async function dueMonths(
  { config, warehouse }: Pick<Retaining, 'config' | 'warehouse'>,
  now: Date,
): Promise<string[]> {
  const rows = await warehouse.rows<{ month: string }>(
    `SELECT toString(toStartOfMonth(day)) AS month FROM sale_lines WHERE day < {limit:Date}
     GROUP BY month HAVING max(version) < {rested:UInt64} ORDER BY month`,
    {
      limit: `${monthBefore(now, config.DATAAPP_RETENTION_LINES_DAYS)}-01`,
      rested: String((now.getTime() - dayMs) * 1_000),
    },
  )
  return rows.map(({ month }) => month)
}

/** The month that must be kept whole: the one of the day that many days ago. */
export function monthBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * dayMs).toISOString().slice(0, 7)
}

/** Tells those who do not see the lake since when it has raw history. */
export async function noteOldestRaw(settings: Pick<Settings, 'query'>, month: string): Promise<void> {
  await settings.query(
    'INSERT INTO chain_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = now()',
    [fact, JSON.stringify({ month })],
  )
}

/** What processing noted last; '' before it has looked. */
export async function notedOldestRaw(settings: Pick<Settings, 'query'>): Promise<string> {
  const [row] = await settings.query<{ month: string }>(
    "SELECT value->>'month' AS month FROM chain_facts WHERE name = $1",
    [fact],
  )
  return row?.month ?? ''
}
