import type { ConsumeOptions } from '#shared/bus/bus.ts'
import type { Parts } from '#shared/parts.ts'
import type { Sale } from '#shared/records/sale.ts'
import { announce } from './announce.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { BesideReplays } from './lake/beside-replays.ts'
import type { Standing } from './lake/replay.ts'
import type { Plan } from './load/batch.ts'
import { apartFromDropped } from './load/dropped-months.ts'
import { gather, type Heartbeat, paceOfSales } from './load/gather.ts'
import { linesIn } from './load/line-block.ts'
import { loadSales, refreshDays, writeSales } from './load/load-sales.ts'
import { keepRaw, type Read } from './load/raw.ts'
import { keepHits, openJudge } from './quality/hits.ts'
import type { Rule } from './quality/rules.ts'
import { readEach, readSale } from './read.ts'

const liveMs = 5_000

/** Sales whose lines are in the warehouse, their aggregates not yet. */
type Written = { sales: readonly Sale[]; plan: Plan; standing: Standing }

/** Sales: clean → judge → write the lines → bring their days up to date → announce. What can't be used is buried; a message counts as done when all of it is. */
export function salesLoader(
  parts: Parts,
  rules: readonly Rule[],
  replays: BesideReplays,
  bury: DeadLetters,
): ConsumeOptions['handle'] {
  const { bus, warehouse, vault, metrics, log } = parts
  const loaded = metrics.counter('dataapp_processing_lines_total', 'Sale lines loaded into the warehouse')
  const judge = openJudge(rules, warehouse)
  const moves = bus.kind === 'kafka' && rules.some(isMoving)
  // One piece at a time and after the one before is written: some rules judge a line by what stands of its sale.
  const write = async (read: readonly Read[], heartbeat: Heartbeat): Promise<Written> => {
    const { current, refused: tooOld } = await apartFromDropped(warehouse, read)
    const { arrived, refused } = await judge(current)
    await bury([...tooOld, ...refused])
    // Before the lines: what a rule decided must be known when the same is delivered again after lines that came later.
    await keepHits(
      warehouse,
      arrived.flatMap(({ hits }) => hits),
    )
    const sales = arrived.map(({ sale }) => sale)
    const { standing } = replays
    const [plan] = await Promise.all([writeSales(warehouse, sales, heartbeat), keepRaw(warehouse, arrived)])
    return { sales, plan, standing }
  }
  const refresh = async (written: readonly Written[], heartbeat: Heartbeat): Promise<void> => {
    await refreshDays(
      warehouse,
      written.map(({ plan }) => plan),
      heartbeat,
    )
    const plans: Plan[] = []
    for (const { sales, plan, standing } of written) {
      const again = () => loadSales(warehouse, sales, heartbeat)
      const settled = (await replays.settle(standing, heartbeat, again)) ?? (moves ? await again() : undefined)
      plans.push(settled === undefined ? plan : { ...settled, touched: [...plan.touched, ...settled.touched] })
    }
    const sales = written.flatMap(each => each.sales)
    if (sales.length === 0) return
    const touched = plans.flatMap(plan => plan.touched)
    const lines = linesIn(plans.flatMap(plan => plan.statements))
    loaded.inc(lines)
    await announce(bus, {
      kind: 'sales',
      days: touched.map(([, day]) => day),
      stores: touched.map(([store]) => store),
      products: productsOf(sales),
      sellers: sales.map(sale => sale.seller),
      lines,
    })
    log.debug({ sales: sales.length, lines, touched: touched.length }, 'loaded sales')
  }
  const load = gather(paceOfSales(isLive), { begin: write, finish: refresh })

  return async (batch, heartbeat) => {
    const { read, unreadable } = readEach(batch, message => readSale(vault, message))
    await bury(unreadable)
    return read.length === 0 ? undefined : await load(read, heartbeat)
  }
}

/**
 * A rule that moves sales to another store takes them out of the order that messages of one store have: another instance may load what is told under that store at the same moment, and neither
 * sees what the other's statement takes back. So each loads once more what it has written: whichever wrote later finds the lines of both.
 */
const isMoving = (rule: Rule): boolean => rule.severity === 'correct' && 'field' in rule && rule.field === 'store'

/** Sales of the last seconds, not a backlog: nobody waits for them to be loaded sooner. */
function isLive(read: readonly Read[]): boolean {
  const oldest = read.reduce((least, { message }) => Math.min(least, message.timestampMs), Number.POSITIVE_INFINITY)
  return Date.now() - oldest < liveMs
}

function* productsOf(sales: readonly Sale[]): Generator<string> {
  for (const sale of sales) for (const line of sale.lines) yield line.product
}
