import type { SubjectFacts } from '#shared/alerts/facts.ts'
import type { Day } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { type Background, liveWithinSeconds, partOfDay } from './usual.ts'

/** When a source last brought anything (milliseconds since 1970), and whether its sales arrive while they are made. */
export type SourceArrival = { readonly source: string; readonly arrived: number; readonly isLive: boolean }

const sql = loadSql('./source-arrivals.sql', import.meta.url)
/** Looks at a week of lines: not with every round. */
const lookMs = 60_000
const lookBackMinutes = 90
/** In an hour and a half that usually brings less of the day than this, silence says nothing. */
const leastPart = 0.03

/** Reads when each source last brought anything, at most once a minute. */
export function sourceArrivals(
  warehouse: Warehouse,
  zone: string,
): (day: Day, now: number) => Promise<SourceArrival[]> {
  let known: { at: number; rows: SourceArrival[] } | undefined
  return async (day, now) => {
    if (known !== undefined && now - known.at < lookMs) return known.rows
    const rows = await warehouse.rows<{ source: string; arrived: number; lag: number }>(sql, { day, zone })
    known = {
      at: now,
      rows: rows.map(({ source, arrived, lag }) => ({ source, arrived, isLive: lag < liveWithinSeconds })),
    }
    return known.rows
  }
}

/** Sources as subjects. One whose sales arrive as they are made is judged only at hours when the chain usually sells; one that comes in files, always. */
export function sourceFacts(
  sources: readonly SourceArrival[],
  background: Background,
  { now, minute }: { readonly now: number; readonly minute: number },
): SubjectFacts[] {
  const hours = background.hours.get('')
  const usual = partOfDay(hours, minute) - partOfDay(hours, Math.max(0, minute - lookBackMinutes))
  return sources.map(({ source, arrived, isLive }) => ({
    subject: { kind: 'source', id: source, store: '' },
    readings: {},
    ...(isLive && usual < leastPart ? {} : { lastDataAt: Math.min(now, arrived) }),
  }))
}
