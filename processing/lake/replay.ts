import type { Lake } from '#shared/lake/lake.ts'
import { fill, loadSql, tuples } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { recompute } from '../load/load-sales.ts'

const tables = ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days'] as const
const days = loadSql('./replay-days.sql', import.meta.url)
const grains = {
  store_days: 'day, store',
  seller_days: 'day, store, seller',
  product_days: 'day, store, product, seller',
} as const

export type Replayed = { files: number; lines: number; before: Totals; after: Totals }
type Totals = { lines: string; revenue: string }

const next = (table: string) => `${table}_replay`

/**
 * Rebuilds the days `from`…`to` of the warehouse from the lake's cleaned history in tables of their own, puts those in the place of the old ones at once, and
 * brings over what was loaded meanwhile. Dashboards and loading go on all the time.
 */
export async function replay(warehouse: Warehouse, lake: Lake, from: string, to: string): Promise<Replayed> {
  const inside = 'day BETWEEN {from:Date} AND {to:Date}'
  const span = { from, to }
  const [clock] = await warehouse.rows<{ now: string }>('SELECT toString(toUnixTimestamp64Micro(now64(6))) AS now')
  const started = clock?.now ?? '0'
  const before = await totals(warehouse, inside, span)
  for (const table of tables) {
    await warehouse.run(`DROP TABLE IF EXISTS ${next(table)} SYNC`)
    await warehouse.run(`CREATE TABLE ${next(table)} AS ${table}`)
    await warehouse.run(`INSERT INTO ${next(table)} SELECT * FROM ${table} WHERE NOT (${inside})`, span)
  }
  let files = 0
  for (const { path } of await lake.list('cleaned/month=')) {
    const month = /month=(\d{4}-\d{2})\//.exec(path)?.[1] ?? ''
    if (month < from.slice(0, 7) || month > to.slice(0, 7)) continue
    await takeIn(warehouse, await lake.get(path), span)
    files++
  }
  for (const [table, keys] of Object.entries(grains))
    await warehouse.run(fill(days, { table: next(table), keys }), span)
  for (const table of tables) await warehouse.run(`EXCHANGE TABLES ${table} AND ${next(table)}`)
  await bringOver(warehouse, started)
  const after = await totals(warehouse, inside, span)
  for (const table of tables) await warehouse.run(`DROP TABLE IF EXISTS ${next(table)} SYNC`)
  return { files, lines: Number(after.lines), before, after }
}

async function takeIn(warehouse: Warehouse, parquet: Buffer, span: { from: string; to: string }): Promise<void> {
  const intake = 'sale_lines_intake'
  await warehouse.run(`DROP TABLE IF EXISTS ${intake} SYNC`)
  await warehouse.run(`CREATE TABLE ${intake} AS sale_lines ENGINE = MergeTree PRIMARY KEY tuple() ORDER BY tuple()`)
  await warehouse.run(`ALTER TABLE ${intake} ADD COLUMN whole UInt64`)
  await warehouse.insertParquet(intake, parquet)
  const inside = 'day BETWEEN {from:Date} AND {to:Date}'
  await warehouse.run(`INSERT INTO ${next('sale_lines')} SELECT * EXCEPT whole FROM ${intake} WHERE ${inside}`, span)
  await warehouse.run(
    `INSERT INTO ${next('sale_days')} (store, sale, day, whole) SELECT store, sale, day, max(whole) FROM ${intake} WHERE ${inside} GROUP BY store, sale, day`,
    span,
  )
  await warehouse.run(`DROP TABLE IF EXISTS ${intake} SYNC`)
}

/** What a batch loaded while the tables changed places may lie half in the old ones: lines there, aggregates here. Copying and recomputing is harmless where nothing is missing. */
async function bringOver(warehouse: Warehouse, started: string): Promise<void> {
  const touched = await warehouse.rows<{ store: string; day: string }>(
    `SELECT DISTINCT store, toString(day) AS day FROM (
       SELECT store, day FROM ${next('store_days')} WHERE version >= {started:UInt64}
       UNION ALL SELECT store, day FROM store_days WHERE version >= {started:UInt64})
     WHERE (store, day) IN (SELECT store, day FROM ${next('sale_lines')})`,
    { started },
  )
  const places = touched.map(({ store, day }) => [store, day] as const)
  for (let at = 0; at < places.length; at += 20_000) {
    const some = tuples(places.slice(at, at + 20_000))
    for (const table of ['sale_days', 'sale_lines'])
      await warehouse.run(
        `INSERT INTO ${table} SELECT * FROM ${next(table)} WHERE (store, day) IN ${some} AND ${table === 'sale_lines' ? 'version' : 'whole'} >= 0`,
        {},
        { max_query_size: 64_000_000 },
      )
  }
  await recompute(warehouse, places, true, async () => {})
}

async function totals(warehouse: Warehouse, inside: string, span: Record<string, string>): Promise<Totals> {
  const [row] = await warehouse.rows<Totals>(
    `SELECT toString(sum(lines)) AS lines, toString(sum(revenue)) AS revenue FROM store_days FINAL WHERE ${inside}`,
    span,
  )
  return row ?? { lines: '0', revenue: '0' }
}
