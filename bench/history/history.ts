import { writeReach } from '#processing/insights/cross-sell/cross-sell.ts'
import { recomputation } from '#processing/load/load-sales.ts'
import { rollUp, warehouseMicros } from '#processing/load/roll-up.ts'
import { addDays, type Day } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import { restMicros } from '#shared/warehouse/rest.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { reachRun } from './questions.ts'

const sql = {
  lines: loadSql('./lines.sql', import.meta.url),
  dimensions: loadSql('./dimensions.sql', import.meta.url),
  projections: loadSql('./projections.sql', import.meta.url),
}

/** A chain's history up to and with `last`; `lines` are spread evenly over days and stores. */
export type History = {
  lines: number
  stores: number
  products: number
  sellersPerStore: number
  days: number
  last: Day
}

const daysAtOnce = 10

/** Makes a chain's history inside the warehouse: lines from numbers, then every aggregate as processing itself computes it; insights that take long are made up. */
export async function makeHistory(warehouse: Warehouse, history: History): Promise<void> {
  const { stores, products, sellersPerStore, days, last } = history
  for (const statement of sql.dimensions.split(';\n'))
    await warehouse.run(statement, { stores, products, sellersPerStore, last })
  await warehouse.run(sql.projections, { stores, sellersPerStore, last })
  const perDay = Math.round(history.lines / days)
  for (let daysAgo = 0; daysAgo < days; daysAgo += daysAtOnce) {
    const some = Math.min(daysAtOnce, days - daysAgo)
    const shape = { stores, products, sellersPerStore, last, daysAgo, perDay, lines: perDay * some }
    await warehouse.run(sql.lines, shape)
    const span = `day BETWEEN '${addDays(last, -(daysAgo + some - 1))}' AND '${addDays(last, -daysAgo)}'`
    await warehouse.run(
      `INSERT INTO sale_days (store, sale, day, whole) SELECT store, sale, day, 0 FROM sale_lines WHERE ${span} GROUP BY store, sale, day`,
    )
    await warehouse.run(
      recomputation(`(store, day) IN (SELECT store, day FROM sale_lines WHERE ${span} GROUP BY store, day)`, {
        kind: 'whole',
      }),
    )
  }
  await writeReach(warehouse, reachRun, last)
  // Nothing is on its way here: what was made may count as rested at once.
  await rollUp(warehouse, (await warehouseMicros(warehouse)) + restMicros)
}
