import { addDays, type Day } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { modest } from '../../modest.ts'
import { lastFingerprint, nameRun } from '../runs.ts'
import { mineOnThread } from './miner.ts'
import type { Offers } from './offers.ts'
import { readBaskets } from './read-baskets.ts'

const sql = {
  reach: ['', '-totals'].map(what => loadSql(`./product-reach${what}.sql`, import.meta.url)),
  fingerprint: loadSql('./fingerprint.sql', import.meta.url),
}

/** Baskets of this long say what is bought together. */
const windowDays = 365
/** Changes with what the numbers mean, so that a run of an older program is made anew. */
const edition = 2

/**
 * Counts what is bought together up to yesterday, when any day in the window reads differently from last time. A run is written whole before it is named as the one
 * to read; cut off, it is simply never named. Returns whether there was anything to do.
 */
export async function refreshCrossSell(
  warehouse: Warehouse,
  today: Day,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const window = { from: addDays(today, -windowDays), to: today }
  const [row] = await warehouse.rows<{ fingerprint: string; days: string }>(sql.fingerprint, window)
  if (row === undefined || row.days === '0') return false
  const fingerprint = `${edition} ${today} ${row.fingerprint}`
  if (fingerprint === (await lastFingerprint(warehouse, 'cross-sell'))) return false
  const run = Date.now()
  const read = await readBaskets(warehouse, window)
  signal?.throwIfAborted()
  await writeOffers(warehouse, run, await mineOnThread(read, signal))
  await writeReach(warehouse, run, today)
  await nameRun(warehouse, 'cross-sell', run, fingerprint)
  await dropOlder(warehouse, run)
  return true
}

const columns = [
  'run',
  'product',
  'held',
  'baskets',
  'others',
  'met',
  'scores',
  'suggested',
  'weights',
  'popular',
  'version',
]
const rowsAtOnce = 500

async function writeOffers(warehouse: Warehouse, run: number, { offers, products, baskets }: Offers): Promise<void> {
  const names = (numbers: Int32Array) => Array.from(numbers, number => products[number] ?? '')
  for (let first = 0; first < offers.length; first += rowsAtOnce) {
    const rows = offers
      .slice(first, first + rowsAtOnce)
      .map(({ held, others, met, scores, suggested, weights, popular }, place) => [
        run,
        products[first + place] ?? '',
        held,
        baskets,
        names(others),
        [...met],
        [...scores],
        names(suggested),
        [...weights],
        popular,
        run,
      ])
    await warehouse.insert('companions', columns, rows)
  }
}

/** Writes how many sales of each product the chain, each store and each seller had up to a day, and of all. */
export async function writeReach(warehouse: Warehouse, run: number, to: Day): Promise<void> {
  for (const statement of sql.reach) await warehouse.run(statement, { run, to }, modest)
}

async function dropOlder(warehouse: Warehouse, run: number): Promise<void> {
  for (const table of ['companions', 'product_reach']) {
    const old = await warehouse.rows<{ partition: string }>(
      'SELECT DISTINCT partition FROM system.parts WHERE active AND database = currentDatabase() AND table = {table:String} AND toUInt64OrZero(partition) < {run:UInt64}',
      { table, run },
    )
    for (const { partition } of old) {
      if (/^\d+$/.test(partition)) await warehouse.run(warehouse.layout.dropPartition(table, partition))
    }
  }
}
