import { setTimeout as sleep } from 'node:timers/promises'
import { openParts } from '#cli/parts.ts'
import type { RolledSpan } from '#presentation/server/spans.ts'
import { gather, paceOfSales } from '#processing/load/gather.ts'
import { refreshDays, writeSales } from '#processing/load/load-sales.ts'
import { addDays, type Day, dayIn } from '#shared/day.ts'
import { silentLog } from '#shared/log.ts'
import type { Sale } from '#shared/records/sale.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { generateSales } from './generate.ts'
import { makeHistory } from './history/history.ts'
import { type Asked, dashboardQuestions } from './history/questions.ts'

const lines = Number(process.env.BENCH_LINES ?? 5_000_000)
const seconds = Number(process.env.BENCH_SECONDS ?? 60)
const goalMs = lines > 10_000_000 ? 200 : 100
const leastRounds = 5
const linesPerSecond = 5_000
const linesPerSale = 4
const chain = { stores: 700, products: 5_000, sellersPerStore: 8, days: 3 * 365 }
const mostAtOnce = 20_000

/**
 * Every question of the dashboard on three years of a large chain, while sales come in: BENCH_LINES=50000000 for the large one. BENCH_HOME names a data directory that
 * is kept: a history made there is used again, with what earlier runs brought in today.
 */
export async function run(): Promise<void> {
  const kept = process.env.BENCH_HOME
  const home = temporaryHome(kept === undefined ? {} : { DATAAPP_HOME: kept })
  const { close, ...parts } = await openParts(home.config, silentLog)
  try {
    const today = dayIn(parts.config.DATAAPP_TIME_ZONE, new Date())
    const last = addDays(today, -1)
    const began = performance.now()
    const made = await parts.warehouse.rows('SELECT first FROM chain_rolled LIMIT 1')
    if (made.length === 0) {
      await makeHistory(parts.warehouse, { ...chain, lines, last })
      await merged(parts.warehouse)
    }
    console.log(
      `queries: ${lines.toLocaleString('en')} lines of ${chain.stores} stores, ${chain.products} products, three years, made in ${Math.round((performance.now() - began) / 1000)} s`,
    )
    await sizes(parts.warehouse)
    // Sales of today put this month out of use, and today itself: the questions are those of a day at work.
    const data = { from: addDays(last, 1 - chain.days), to: today }
    const known = await parts.warehouse.rows<RolledSpan>(
      "SELECT span, toString(r.first) AS first, toString(r.run) AS run FROM chain_rolled AS r FINAL WHERE r.first < if(span = 'day', {today:Date}, toStartOfMonth({today:Date}))",
      { today },
    )
    await measure(parts.warehouse, today, dashboardQuestions(today, data, known))
  } finally {
    await close()
    home.remove()
  }
}

/** Resolves when the history's parts are merged, as they are where years came in over years, or after two minutes. */
async function merged(warehouse: Warehouse): Promise<void> {
  const end = performance.now() + 120_000
  for (let quiet = 0; quiet < 5 && performance.now() < end; await sleep(1_000)) {
    const merges = await warehouse.rows('SELECT 1 FROM system.merges LIMIT 1')
    quiet = merges.length === 0 ? quiet + 1 : 0
  }
}

async function measure(warehouse: Warehouse, today: Day, asked: readonly Asked[]): Promise<void> {
  const feed = startFeed(warehouse, today)
  const times = new Map<string, number[]>(asked.map(({ name }) => [name, []]))
  await sleep(2_000)
  const end = performance.now() + seconds * 1_000
  const longEnd = end + seconds * 2_000
  const ask = async ({ name, sql, params }: Asked) => {
    const began = performance.now()
    await warehouse.rows(sql, params).catch((cause: unknown) => {
      throw new Error(`the question ${name} failed`, { cause })
    })
    times.get(name)?.push(performance.now() - began)
  }
  try {
    for (let round = 0; performance.now() < (round < leastRounds ? longEnd : end); round++)
      for (const one of asked) if (performance.now() < longEnd) await ask(one)
  } finally {
    await feed.stop()
  }
  const { sent, tookMs } = await feed.stop()
  console.log(
    `  ${Math.round((sent / tookMs) * 1000)} lines/s came in (wanted ${linesPerSecond}); goal p95 ${goalMs} ms`,
  )
  const rows = [...times]
    .map(([name, list]) => ({ name, p50: share(list, 0.5), p95: share(list, 0.95), times: list.length }))
    .sort((a, b) => b.p95 - a.p95)
  const over = rows.filter(({ p95 }) => p95 > goalMs)
  console.log(`  ${rows.length - over.length} of ${rows.length} questions within it; the slowest:`)
  for (const { name, p50, p95, times: count } of rows.slice(0, Math.max(15, over.length)))
    console.log(
      `    p50 ${p50.toFixed(0).padStart(5)} ms, p95 ${p95.toFixed(0).padStart(5)} ms  ${name} (${count} times)`,
    )
}

/** Sales of today at a steady rate, evenly over the chain, through the door that processing loads them by, until stopped. What is late goes with the next batch. */
function startFeed(warehouse: Warehouse, today: Day): { stop: () => Promise<{ sent: number; tookMs: number }> } {
  const everyMs = 500
  const sales = generateSales({
    ...chain,
    lines: linesPerSecond * 3_600,
    linesPerSale,
    customers: 20_000,
    days: 1,
    firstDay: today,
    seed: 11,
  })
  // Sales that were not there before, also in a history that is used again: a sale that is known would be a correction.
  const run = Date.now()
  const anew = (sale: Sale): Sale => ({ ...sale, sale: `${run}-${sale.sale}`, version: run * 1_000 + sale.version })
  const load = gather(
    paceOfSales<Sale>(() => true),
    {
      begin: (some, heartbeat) => writeSales(warehouse, some, heartbeat),
      finish: (plans, heartbeat) => refreshDays(warehouse, plans, heartbeat),
    },
  )
  let stopped = false
  let sent = 0
  let tookMs = 0
  let unfinished: Promise<void> = Promise.resolve()
  const began = performance.now()
  const feeding = (async () => {
    for (let tick = 1; !stopped; tick++) {
      const due = Math.min(mostAtOnce, ((performance.now() - began) / 1_000) * linesPerSecond - sent)
      const batch = Array.from({ length: Math.floor(due / linesPerSale) }, () => sales.next()).flatMap(next =>
        next.done === true ? [] : [anew(next.value)],
      )
      unfinished = (await load(batch, async () => {})).done
      sent += batch.length * linesPerSale
      tookMs = performance.now() - began
      await sleep(Math.max(0, began + tick * everyMs - performance.now()))
    }
  })()
  return {
    stop: async () => {
      stopped = true
      await feeding
      await unfinished
      return { sent, tookMs }
    },
  }
}

async function sizes(warehouse: Warehouse): Promise<void> {
  const tables = await warehouse.rows<{ table: string; rows: string; bytes: string }>(
    'SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = {database:String} GROUP BY table ORDER BY sum(bytes_on_disk) DESC',
    { database: warehouse.database },
  )
  const all = tables.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  console.log(`  ${(all / lines).toFixed(1)} bytes on disk per line, every table included:`)
  for (const { table, rows, bytes } of tables.filter(({ bytes: size }) => Number(size) > all / 100))
    console.log(
      `    ${table}: ${Number(rows).toLocaleString('en')} rows, ${(Number(bytes) / lines).toFixed(1)} bytes per line`,
    )
}

function share(list: readonly number[], part: number): number {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}
