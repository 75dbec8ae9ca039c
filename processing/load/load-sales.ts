import { chunks } from '#shared/chunks.ts'
import type { Sale } from '#shared/records/sale.ts'
import { fill, literals, loadSql, pairs, tuples } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { dayOf, type KnownDay, type KnownLine, type Plan, planBatch, type StoreDay } from './batch.ts'
import { withoutDropped } from './dropped-months.ts'
import { manySales } from './gather.ts'
import { InStores } from './in-stores.ts'
import { lineBlock, linesIn, saleDayBlock } from './line-block.ts'

const sql = {
  knownDays: loadSql('./known-days.sql', import.meta.url),
  knownLines: loadSql('./known-lines.sql', import.meta.url),
  fillCosts: loadSql('./fill-costs.sql', import.meta.url),
  uncostedDays: loadSql('./uncosted-days.sql', import.meta.url),
  recompute: loadSql('./recompute-days.sql', import.meta.url),
  emptied: ['./emptied-store-days.sql', './emptied-seller-days.sql', './emptied-product-days.sql'].map(name =>
    loadSql(name, import.meta.url),
  ),
}

/** Long lists of keys travel inside the statement, as one literal that the engine parses at once. */
export const longStatement = { max_query_size: 64_000_000 }
export const keysPerStatement = 20_000
const recomputing = {
  ...longStatement,
  // A recomputation writes each key once, so there is nothing to merge within it.
  optimize_on_insert: 0,
  // From 100,000 keys on the engine would divide them among 256 small blocks, of which each goes through the views by itself: twice the work for 500,000 lines.
  group_by_two_level_threshold: 1_000_000,
  group_by_two_level_threshold_bytes: 1_000_000_000,
}

/** What is just being sold leaves a processor to those who ask; of a backlog, the rows of stores, sellers and products are written side by side. */
const oneProcessor = { max_threads: 1 } as const
const besideQuestions = { ...recomputing, ...oneProcessor }
const asFastAsItGoes = { ...recomputing, parallel_view_processing: 1 }

/**
 * Brings a batch of sales into the warehouse: lines, what they withdraw, and every aggregate they touch. Doing it again changes nothing, whatever was done
 * before a crash: the index of days and the lines are written before the aggregates, and the caller commits its position after all of it.
 */
export async function loadSales(
  warehouse: Warehouse,
  sales: readonly Sale[],
  heartbeat: () => Promise<void>,
): Promise<Plan> {
  const plan = await writeSales(warehouse, sales, heartbeat)
  await refreshDays(warehouse, [plan], heartbeat)
  return plan
}

/** The first half of `loadSales`. The next batch may be written while this one's aggregates are recomputed: whichever recomputation of a day starts later sees the lines of both. */
export async function writeSales(
  warehouse: Warehouse,
  sales: readonly Sale[],
  heartbeat: () => Promise<void>,
): Promise<Plan> {
  const oneByOne = sales.length >= manySales && sales.reduce((sum, { lines }) => sum + lines.length, 0) < manyLines
  const plan = await planAgainst(warehouse, sales, oneByOne ? { ...longStatement, ...oneProcessor } : longStatement)
  await heartbeat()
  // In any order: a crash that leaves one without the other brings the same messages again, before any later statement about these sales.
  const days = () =>
    plan.statements.length > 0 ? warehouse.insertBlock('sale_days', saleDayBlock(plan.statements)) : undefined
  const lines = () =>
    linesIn(plan.statements) + plan.withdrawn.length > 0
      ? warehouse.insertBlock('sale_lines', lineBlock(plan.statements, plan.withdrawn))
      : undefined
  // Small pieces are a blink either way.
  if (oneByOne) {
    await days()
    await lines()
  } else await Promise.all([days(), lines()])
  await heartbeat()
  await fillCosts(warehouse, '(store, day, sale)', plan.lacksCost)
  return plan
}

/** The second half: brings the aggregates that these written batches touch up to date. */
export async function refreshDays(
  warehouse: Warehouse,
  plans: readonly Plan[],
  heartbeat: () => Promise<void>,
): Promise<void> {
  const corrected = distinctDays(plans.flatMap(plan => plan.corrected))
  const touched = distinctDays(plans.flatMap(plan => plan.touched))
  const gained = [...touched.keys()].filter(([store, day]) => !corrected.has(store, day))
  await recompute(warehouse, [...corrected.keys()], { kind: 'corrected' }, heartbeat)
  await recompute(warehouse, gained, extentOf(plans), heartbeat)
}

function distinctDays(days: readonly StoreDay[]): InStores<true> {
  const distinct = new InStores<true>()
  for (const [store, day] of days) distinct.set(store, day, true)
  return distinct
}

/** After product costs became known: fills the lines that lacked them and recomputes their days. Returns what was touched. */
export async function loadCosts(
  warehouse: Warehouse,
  products: readonly string[],
  heartbeat: () => Promise<void>,
): Promise<StoreDay[]> {
  const touched: StoreDay[] = []
  for (const some of chunks(products, 1_000)) {
    const rows = await warehouse.rows<{ store: string; day: string }>(sql.uncostedDays, { products: some })
    touched.push(...rows.map(row => [row.store, row.day] as const))
  }
  if (touched.length === 0) return touched
  await fillCosts(warehouse, '(store, day)', touched)
  await heartbeat()
  await recompute(warehouse, touched, { kind: 'whole' }, heartbeat)
  return touched
}

async function planAgainst(
  warehouse: Warehouse,
  sales: readonly Sale[],
  settings: typeof longStatement,
): Promise<Plan> {
  const knownDays = await readKnownDays(warehouse, sales, settings)
  const knownLines: KnownLine[] = []
  for (const some of chunks(placesToLook(sales, knownDays), keysPerStatement)) {
    knownLines.push(...(await warehouse.rows<KnownLine>(fill(sql.knownLines, { sales: tuples(some) }), {}, settings)))
  }
  return planBatch(sales, knownDays, knownLines)
}

/** The days on which these sales have been seen before. */
export async function readKnownDays(
  warehouse: Warehouse,
  sales: readonly Pick<Sale, 'store' | 'sale'>[],
  settings: typeof longStatement,
): Promise<KnownDay[]> {
  const knownDays: KnownDay[] = []
  for (const some of chunks(sales, keysPerStatement)) {
    const known = fill(sql.knownDays, { sales: pairs(some.map(({ store, sale }) => [store, sale])) })
    for (const row of await warehouse.rows<KnownDay>(known, {}, settings)) knownDays.push(row)
  }
  return knownDays
}

/** Store, day and sale of standing lines that the batch may withdraw: all of a sale that is stated whole or was so later, and those on other days than the one stated now. */
function placesToLook(sales: readonly Sale[], knownDays: readonly KnownDay[]): string[][] {
  if (knownDays.length === 0) return []
  const stated = new InStores<{ whole: boolean; oldest: number; days: Set<string> }>()
  for (const sale of sales) {
    const entry = stated.get(sale.store, sale.sale) ?? { whole: false, oldest: sale.version, days: new Set<string>() }
    entry.whole ||= sale.extent === 'whole'
    entry.oldest = Math.min(entry.oldest, sale.version)
    entry.days.add(dayOf(sale))
    stated.set(sale.store, sale.sale, entry)
  }
  return knownDays
    .filter(({ store, sale, day, whole }) => {
      const entry = stated.get(store, sale)
      if (entry === undefined) return false
      return entry.whole || entry.oldest < Number(whole) || entry.days.size > 1 || !entry.days.has(day)
    })
    .map(({ store, sale, day }) => [store, day, sale])
}

async function fillCosts(warehouse: Warehouse, key: string, lacking: readonly (readonly string[])[]): Promise<void> {
  for (const some of chunks(lacking, keysPerStatement))
    await warehouse.run(fill(sql.fillCosts, { lacking: `${key} IN ${tuples(some)}` }), {}, longStatement)
}

/** How much of a day may read differently: only what new lines belong to; any row; or also what lost its last line, after a correction. */
export type Extent =
  | { kind: 'added'; gained: ReadonlySet<string>; since: number }
  | { kind: 'whole' }
  | { kind: 'corrected' }

/** From so many lines on, telling apart what they concern costs more than it saves. */
const manyLines = 20_000

/** What days that only gained lines may read differently: lines whose cost was filled in count as new, too. */
function extentOf(plans: readonly Plan[]): Extent {
  const statements = plans.flatMap(plan => plan.statements)
  if (linesIn(statements) >= manyLines) return { kind: 'whole' }
  const gained = new Set(
    statements.flatMap(({ sale }) => sale.lines.map(({ product }) => inStore(sale.store, product))),
  )
  // Rules may have turned every line away: the engine refuses to group by what is never named.
  if (gained.size === 0) return { kind: 'whole' }
  return {
    kind: 'added',
    gained,
    since: statements.reduce((least, { sale }) => Math.min(least, sale.version), Number.MAX_SAFE_INTEGER),
  }
}

/** Recomputes every aggregate of these stores and days that may read differently. Those of months whose lines are no longer kept stand. */
export async function recompute(
  warehouse: Warehouse,
  touched: readonly StoreDay[],
  extent: Extent,
  heartbeat: () => Promise<void>,
): Promise<void> {
  for (const some of chunks(await withoutDropped(warehouse, touched), keysPerStatement)) {
    const places = placesOf(some)
    const emptied =
      extent.kind === 'corrected' ? sql.emptied.map(statement => fill(statement, { touched: places })) : []
    for (const statement of [...emptied, recomputation(places, extent)]) {
      await warehouse.run(statement, {}, extent.kind === 'added' ? besideQuestions : asFastAsItGoes)
      await heartbeat()
    }
  }
}

/** The statement that recomputes the days of `touched`, a condition on store and day. */
export function recomputation(touched: string, extent: Extent): string {
  return extent.kind === 'added'
    ? fill(sql.recompute, {
        touched,
        grains: 'day, store, seller, named WITH ROLLUP',
        gained: among(extent.gained),
        since: String(extent.since),
      })
    : fill(sql.recompute, {
        touched,
        // With many rows it takes longer to put their sets of sales together than to read the lines three times.
        grains: 'GROUPING SETS ((day, store, seller, named), (day, store, seller), (day, store))',
        gained: 'true',
        since: '0',
      })
}

/**
 * The condition for these stores and days. Pairs tell which granules to read; rows are told apart by one number each, which the engine makes once per store of its dictionary: to look
 * up a pair for each row takes a seventh of a recomputation. Where two numbers are the same by chance, a day more is recomputed, which changes nothing.
 */
function placesOf(touched: readonly StoreDay[]): string {
  return `indexHint((store, day) IN ${tuples(touched)})
    AND cityHash64(store) + toUInt64(day) IN (SELECT cityHash64(pair.1) + toUInt64(toDate(pair.2)) FROM ${pairs(touched)})`
}

/** A product in a store as one text: the engine finds it among thousands in half the time that it needs for a pair (270 ms against 440 ms for 550,000 lines). */
const inStore = (store: string, product: string): string => `${store}\u0000${product}`

function among(places: ReadonlySet<string>): string {
  return places.size === 0 ? 'false' : `concat(store, '\\0', product) IN ${literals(places)}`
}
