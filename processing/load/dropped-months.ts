import { firstDayOf, monthOf } from '#shared/day.ts'
import type { Rejection } from '#shared/outcome.ts'
import { rejectedLineText } from '#shared/records/rejected-line.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { StoreDay } from './batch.ts'
import type { Read } from './raw.ts'

/** Of these days, those of a month whose lines are no longer kept. The month under way is never one; so for what is just being sold nothing is asked. */
async function droppedAmong(warehouse: Warehouse, days: Iterable<string>): Promise<ReadonlySet<string>> {
  const underWay = monthOf(new Date().toISOString())
  const months = [...new Set(Array.from(days, monthOf))].filter(month => month < underWay)
  if (months.length === 0) return new Set()
  const rows = await warehouse.rows<{ dropped: string }>(
    'SELECT DISTINCT toString(month) AS dropped FROM dropped_months WHERE month IN {months:Array(Date)}',
    { months: months.map(firstDayOf) },
  )
  return new Set(rows.map(({ dropped }) => monthOf(dropped)))
}

/** Turns away sales of months whose lines are no longer kept: recomputed from what comes now alone, their sums would be lost. */
export async function apartFromDropped(
  warehouse: Warehouse,
  read: readonly Read[],
): Promise<{ current: readonly Read[]; refused: Rejection[] }> {
  const dropped = await droppedAmong(
    warehouse,
    read.map(({ sale }) => sale.soldAt),
  )
  if (dropped.size === 0) return { current: read, refused: [] }
  const isDropped = ({ sale }: Read) => dropped.has(monthOf(sale.soldAt))
  return {
    current: read.filter(one => !isDropped(one)),
    refused: read.filter(isDropped).flatMap(({ sale }) =>
      sale.lines.map(line => ({
        source: sale.source,
        file: sale.file,
        line: line.row,
        field: 'soldAt',
        rule: 'retention',
        message: `"${sale.soldAt.slice(0, 10)}" is in a month whose lines are no longer kept (DATAAPP_RETENTION_LINES_DAYS): its sums stand as they are`,
        raw: rejectedLineText(sale, line),
      })),
    ),
  }
}

/** The days whose sums may be computed from their lines. */
export async function withoutDropped(warehouse: Warehouse, days: readonly StoreDay[]): Promise<readonly StoreDay[]> {
  const dropped = await droppedAmong(
    warehouse,
    days.map(([, day]) => day),
  )
  return dropped.size === 0 ? days : days.filter(([, day]) => !dropped.has(monthOf(day)))
}
