import { setTimeout as sleep } from 'node:timers/promises'
import { chunks } from '#shared/chunks.ts'
import { monthOf } from '#shared/day.ts'
import type { Lake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import { withLease } from '#shared/settings/lease.ts'
import { fill, loadSql, tuples } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { StoreDay } from '../load/batch.ts'
import { longStatement, recompute } from '../load/load-sales.ts'
import { monthIn } from './archive.ts'
import { dropMirrors, haveMirrors, putMirrors } from './mirrors.ts'

/** In this order they change places: while it lasts, lines are never older than what is summed up from them. */
const tables = ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days'] as const
const days = loadSql('./replay-days.sql', import.meta.url)
const unarchived = loadSql('./unarchived-days.sql', import.meta.url)
const grains = {
  store_days: 'day, store',
  seller_days: 'day, store, seller',
  product_days: 'day, store, product, seller',
} as const

/** Of months whose lines are no longer kept, the sums stand. */
const inside = 'day BETWEEN {from:Date} AND {to:Date} AND toStartOfMonth(day) NOT IN (SELECT month FROM dropped_months)'

export type Replayed = { files: number; lines: number; before: Totals; after: Totals }
type Totals = { lines: string; revenue: string }
/** A replay whose tables are complete. `fresh`: the identities of the new tables; `since`: from when on parts of the old ones may hold what the lake lacks. */
type Swap = { fresh: string[]; since: string }

/** What a table is called: as it stands, or as the one that was built beside it. After both have changed places the latter is the old one. */
type Naming = (table: string) => string
const standing: Naming = table => table
const next: Naming = table => `${table}_replay`

/**
 * Rebuilds the days `from`…`to` of the warehouse from the lake's cleaned history in tables of their own, puts those in the place of the old ones, and brings over
 * what the lake does not have yet and what was loaded meanwhile. What is loaded while tables change places is written to both, so that no answer misses it. Dashboards and loading go on all the time. Cut off at any moment, nothing is lost: `finishReplay`
 * goes on where tables had begun to change places. One process at a time.
 */
export async function replay(warehouse: Warehouse, lake: Lake, from: string, to: string): Promise<Replayed> {
  await finishReplay(warehouse)
  const span = { from, to }
  const since = await clock(warehouse)
  const before = await totals(warehouse, span)
  await dropNext(warehouse)
  for (const table of [...tables, 'lake_parts'])
    for (const statement of warehouse.layout.like(next(table), table)) await warehouse.run(statement)
  // What the files are sure to contain, before any of them is read: they may be written anew meanwhile.
  await warehouse.run(`INSERT INTO ${next('lake_parts')} SELECT * FROM lake_parts`)
  for (const table of tables)
    await warehouse.run(`INSERT INTO ${next(table)} SELECT * FROM ${table} WHERE NOT (${inside})`, span)
  let files = 0
  for (const { path } of await lake.list('cleaned/month=')) {
    const month = monthIn(path)
    if (month === undefined || month < monthOf(from) || month > monthOf(to)) continue
    await takeIn(warehouse, await lake.get(path), span)
    files++
  }
  // What the lake lacks is there before the tables change places: whoever reads meanwhile would miss it until it is brought over.
  const lacked = await clock(warehouse)
  await takeAlong(warehouse, await unarchivedDays(warehouse, standing, { since, after: '0' }), span)
  await sumUp(warehouse, 'true', span)
  // What was loaded while all that went on; what is loaded from now on stands in both.
  await putMirrors(warehouse, tables, next)
  await writesBefore(warehouse)
  const late = await unarchivedDays(warehouse, standing, { since: lacked, after: lacked })
  await takeAlong(warehouse, late, span)
  for (const touched of conditionsOf(late)) await sumUp(warehouse, touched, span)
  await note(warehouse, { fresh: await identities(warehouse, tables.map(next)), since })
  await finishReplay(warehouse)
  const after = await totals(warehouse, span)
  return { files, lines: Number(after.lines), before, after }
}

/** Which replay was noted last, and whether its tables are still changing places or it was cut off there. */
export type Standing = { version: string; changing: boolean }

export async function standingOf(warehouse: Warehouse): Promise<Standing> {
  const latest = await noted(warehouse)
  return { version: latest?.version ?? '0', changing: latest !== undefined && latest.fresh.length > 0 }
}

/** Whether a replay was cut off, or is at work in a moment that is soon over. */
export async function isUnfinished(warehouse: Warehouse): Promise<boolean> {
  return (await standingOf(warehouse)).changing || (await haveMirrors(warehouse))
}

/** `finishReplay`, by one process at a time. */
export function finishReplayAlone(
  { warehouse, settings }: Pick<Parts, 'warehouse' | 'settings'>,
  signal: AbortSignal,
): Promise<void> {
  return withLease(settings, 'lake replay', signal, () => finishReplay(warehouse))
}

/** Goes on with a replay that was cut off while tables changed places; takes mirrors away where one was cut off before, whose tables the next replay drops. One process at a time. */
export async function finishReplay(warehouse: Warehouse): Promise<void> {
  const swap = await noted(warehouse)
  if (swap === undefined || swap.fresh.length === 0) return dropMirrors(warehouse, tables)
  for (const [index, table] of tables.entries()) await bringIn(warehouse, table, swap.fresh[index] ?? '')
  await dropMirrors(warehouse, tables)
  await writesBefore(warehouse)
  await bringOver(warehouse, swap.since)
  await note(warehouse, undefined)
  await dropNext(warehouse)
}

async function dropNext(warehouse: Warehouse): Promise<void> {
  await dropMirrors(warehouse, tables)
  for (const table of [...tables, 'lake_parts'])
    for (const statement of warehouse.layout.drop(next(table))) await warehouse.run(statement)
}

/** Puts a new table in the place of the old one. A statement that was cut off may have been carried out or not, or twice: who stands where decides. */
async function bringIn(warehouse: Warehouse, table: string, fresh: string): Promise<void> {
  for (;;) {
    const [standing] = await identities(warehouse, [table])
    if (standing === fresh) return
    await warehouse.run(warehouse.layout.exchange(table, next(table)))
  }
}

/** Resolves when every insert that began before now has ended: it may still write to the table that stood there when it began. */
async function writesBefore(warehouse: Warehouse): Promise<void> {
  const began = Date.now()
  for (;;) {
    const [row] = await warehouse.rows<{ busy: string }>(
      `SELECT count() AS busy FROM ${warehouse.layout.everywhere('system.processes')} WHERE query_kind = 'Insert' AND elapsed > {seconds:Float64}`,
      { seconds: (Date.now() - began) / 1000 },
    )
    if (row === undefined || row.busy === '0') return
    await sleep(50)
  }
}

async function takeIn(warehouse: Warehouse, parquet: Buffer, span: { from: string; to: string }): Promise<void> {
  const intake = 'sale_lines_intake'
  await warehouse.run(`DROP TABLE IF EXISTS ${intake} SYNC`)
  await warehouse.run(`CREATE TABLE ${intake} AS sale_lines ENGINE = MergeTree PRIMARY KEY tuple() ORDER BY tuple()`)
  await warehouse.run(`ALTER TABLE ${intake} ADD COLUMN IF NOT EXISTS whole UInt64`)
  await warehouse.insertParquet(intake, parquet)
  await warehouse.run(`INSERT INTO ${next('sale_lines')} SELECT * EXCEPT whole FROM ${intake} WHERE ${inside}`, span)
  await warehouse.run(
    `INSERT INTO ${next('sale_days')} (store, sale, day, whole) SELECT store, sale, day, max(whole) FROM ${intake} WHERE ${inside} GROUP BY store, sale, day`,
    span,
  )
  await warehouse.run(`DROP TABLE IF EXISTS ${intake} SYNC`)
}

/** Puts the lines of these stores and days, and their sums where the replay does not make them anew, into the new tables as they stand. */
async function takeAlong(
  warehouse: Warehouse,
  places: readonly StoreDay[],
  span: { from: string; to: string },
): Promise<void> {
  await copyLines(warehouse, places, standing, next)
  for (const touched of conditionsOf(places))
    for (const table of Object.keys(grains))
      await warehouse.run(
        `INSERT INTO ${next(table)} SELECT * FROM ${table} WHERE NOT (${inside}) AND ${touched}`,
        span,
        longStatement,
      )
}

async function sumUp(warehouse: Warehouse, touched: string, span: { from: string; to: string }): Promise<void> {
  for (const [table, keys] of Object.entries(grains))
    await warehouse.run(fill(days, { table: next(table), keys, inside, touched }), span, longStatement)
}

/** What the lake lacks lies in the old tables: copied and recomputed, which is harmless where nothing is missing. */
async function bringOver(warehouse: Warehouse, since: string): Promise<void> {
  const places = await unarchivedDays(warehouse, next, { since, after: '0' })
  await copyLines(warehouse, places, next, standing)
  await recompute(warehouse, places, { kind: 'corrected' }, async () => {})
}

/** Stores and days of which the tables `at` may hold what the lake's files lack: all of them recomputed later than `after`, or in parts written since `since`. */
async function unarchivedDays(
  warehouse: Warehouse,
  at: Naming,
  span: { since: string; after: string },
): Promise<StoreDay[]> {
  const rows = await warehouse.rows<{ store: string; day: string }>(
    fill(unarchived, {
      days: at('store_days'),
      lines: at('sale_lines'),
      parts: warehouse.layout.everywhere('system.parts'),
      holder: warehouse.layout.holder(at('sale_lines')),
    }),
    span,
  )
  return rows.map(({ store, day }) => [store, day] as const)
}

async function copyLines(warehouse: Warehouse, places: readonly StoreDay[], from: Naming, to: Naming): Promise<void> {
  for (const touched of conditionsOf(places))
    for (const table of ['sale_days', 'sale_lines'])
      await warehouse.run(`INSERT INTO ${to(table)} SELECT * FROM ${from(table)} WHERE ${touched}`, {}, longStatement)
}

/** The conditions of statements about these stores and days, as many as a statement holds. */
const conditionsOf = (places: readonly StoreDay[]): string[] =>
  chunks(places, 20_000).map(some => `(store, day) IN ${tuples(some)}`)

async function identities(warehouse: Warehouse, names: readonly string[]): Promise<string[]> {
  const rows = await warehouse.rows<{ name: string; identity: string }>(
    'SELECT name, toString(uuid) AS identity FROM system.tables WHERE database = currentDatabase() AND name IN {names:Array(String)}',
    { names: names.map(warehouse.layout.holder) },
  )
  const known = new Map(rows.map(({ name, identity }) => [name, identity]))
  return names.map(name => known.get(warehouse.layout.holder(name)) ?? '')
}

/** What was noted last; without `fresh` tables: that it is finished. */
async function noted(warehouse: Warehouse): Promise<(Swap & { version: string }) | undefined> {
  const [row] = await warehouse.rows<Swap & { version: string }>(
    "SELECT fresh, toString(since) AS since, toString(version) AS version FROM lake_replays FINAL WHERE name = 'replay'",
  )
  return row
}

async function note(warehouse: Warehouse, swap: Swap | undefined): Promise<void> {
  await warehouse.run(
    "INSERT INTO lake_replays (name, fresh, since, version) SELECT 'replay', {fresh:Array(String)}, {since:UInt64}, toUnixTimestamp64Micro(now64(6))",
    { fresh: swap?.fresh ?? [], since: swap?.since ?? '0' },
  )
}

async function clock(warehouse: Warehouse): Promise<string> {
  const [row] = await warehouse.rows<{ now: string }>('SELECT toString(toUnixTimestamp(now())) AS now')
  return row?.now ?? '0'
}

async function totals(warehouse: Warehouse, span: Record<string, string>): Promise<Totals> {
  const [row] = await warehouse.rows<Totals>(
    `SELECT toString(sum(lines)) AS lines, toString(sum(revenue)) AS revenue FROM store_days FINAL WHERE ${inside}`,
    span,
  )
  return row ?? { lines: '0', revenue: '0' }
}
