import { type Day, firstDayOf, lastDayOf, monthOf } from '#shared/day.ts'
import { messageOf } from '#shared/error.ts'
import { groupBy } from '#shared/group.ts'
import type { Parts } from '#shared/parts.ts'
import { inRounds } from '#shared/rounds.ts'
import { withLease } from '#shared/settings/lease.ts'
import { loadSql } from '#shared/sql.ts'
import { restMicros } from '#shared/warehouse/rest.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { isBehind } from '../backlog.ts'
import { modest } from '../modest.ts'

const sql = {
  unrolled: loadSql('./unrolled-spans.sql', import.meta.url),
  rollUp: loadSql('./roll-up.sql', import.meta.url),
  productSales: loadSql('./roll-up-product-sales.sql', import.meta.url),
  months: ['stores', 'sellers', 'products', 'sources'].map(what => loadSql(`./roll-up-${what}.sql`, import.meta.url)),
}
const pace = { everyMs: 60_000 }

type Span = { span: 'day' | 'month' | 'sales'; first: Day }

/** The warehouse's own clock, which versions of recomputations are taken from. */
export async function warehouseMicros(warehouse: Warehouse): Promise<number> {
  const [clock] = await warehouse.rows<{ now: string }>('SELECT toString(toUnixTimestamp64Micro(now64(6))) AS now')
  return Number(clock?.now ?? 0)
}

/**
 * Sums up days and months that rest: the chain's products, and for months also stores, sellers and what each sold; beside that, in which sales of a month each product was. A day counts as resting only so long after its last recomputation began that none can still be on its way,
 * so a sum is never of half a batch; one that is touched again stops counting at once and is summed up anew when it rests. `run` is the time of `warehouseMicros`.
 */
export async function rollUp(warehouse: Warehouse, run: number, signal?: AbortSignal): Promise<number> {
  const spans = await warehouse.rows<Span>(sql.unrolled, { rest: restMicros, run })
  for (const some of groupBy(spans, ({ span, first }) => `${span} ${monthOf(first)}`).values()) {
    const [one] = some
    if (one === undefined || signal?.aborted === true) continue
    const { span } = one
    const month = monthOf(one.first)
    const firsts = some.map(({ first }) => first)
    const days = { from: firstDayOf(month), to: lastDayOf(month) }
    // A span counts only when it is named below: by then everything that is kept of it is written, once. What is cut off is written anew, as another run.
    if (span === 'sales') await warehouse.runOnce(sql.productSales, { ...days, run }, modest)
    else await warehouse.runOnce(sql.rollUp, { span, ...days, firsts, run }, modest)
    if (span === 'month')
      for (const statement of sql.months) await warehouse.runOnce(statement, { ...days, run }, modest)
    await warehouse.insert(
      'chain_rolled',
      ['span', 'first', 'run'],
      firsts.map(first => [span, first, run]),
    )
  }
  return spans.length
}

/** Keeps these sums up to date in the background. Failing is said and tried again; loading goes on. */
export function startRollUp({ bus, warehouse, settings, log }: Parts): { stop: () => Promise<void> } {
  return inRounds(
    pace,
    async signal => {
      // What a backlog touches will be rolled up after it.
      if (await isBehind(bus)) return undefined
      const spans = await withLease(settings, 'roll-up', signal, async () =>
        rollUp(warehouse, await warehouseMicros(warehouse), signal),
      )
      if (spans > 0) log.debug({ spans }, 'summed up the chain')
      return undefined
    },
    error => log.error({ reason: messageOf(error) }, 'the chain could not be summed up; trying again'),
  )
}
