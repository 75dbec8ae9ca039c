import { addDays, type Day, daysBetween } from '#shared/day.ts'
import { fill, loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

export const levels = ['chain', 'store', 'seller', 'category', 'product'] as const
export type Level = (typeof levels)[number]

/** One series' past: an amount per day from `from` on, 0 where nothing was sold. */
export type History = {
  readonly level: Level
  readonly id: string
  readonly parent: string
  readonly values: Float64Array
}

/** The days looked at: from `from` up to but not including `starts`, the first day to project. */
export type Span = { readonly from: Day; readonly starts: Day }

const sql = loadSql('./history.sql', import.meta.url)
const spanSql = loadSql('./span.sql', import.meta.url)
const withCategory =
  '(SELECT * FROM product_days FINAL) AS days LEFT JOIN (SELECT product, category FROM products FINAL) AS named ON named.product = days.product'

const sources: Record<Level, { id: string; parent: string; rows: string; parts: number }> = {
  chain: { id: "''", parent: "''", rows: '(SELECT * FROM store_days FINAL) AS days', parts: 1 },
  store: { id: 'store', parent: "''", rows: '(SELECT * FROM store_days FINAL) AS days', parts: 2 },
  seller: { id: 'seller', parent: "''", rows: '(SELECT * FROM seller_days FINAL) AS days', parts: 2 },
  category: { id: 'named.category', parent: "''", rows: withCategory, parts: 1 },
  product: { id: 'days.product', parent: 'named.category', rows: withCategory, parts: 16 },
}

const longestDays = 3 * 366

/** Which days to learn from. Undefined while there is nothing sold. */
export async function spanOf(warehouse: Warehouse, today: Day): Promise<Span | undefined> {
  const [row] = await warehouse.rows<{ first: string; last: string; found: string }>(spanSql, { today })
  if (row === undefined || row.found === '0') return undefined
  const starts = addDays(row.last, 1) < today ? addDays(row.last, 1) : today
  const earliest = addDays(starts, -longestDays)
  return { from: [row.first, earliest].sort().at(-1) ?? earliest, starts }
}

/** All series of one level, from their own first sale on at the earliest; parts are read one after another and handed on, so that memory and the event loop stay free. */
export async function* histories(warehouse: Warehouse, level: Level, span: Span): AsyncGenerator<History[]> {
  const { id, parent, rows, parts } = sources[level]
  const text = fill(sql, { id, parent, rows })
  const length = daysBetween(span.from, span.starts)
  if (length <= 0) return
  for (let part = 0; part < parts; part++) {
    const found = await warehouse.rows<{ id: string; parent: string; offsets: number[]; amounts: number[] }>(text, {
      from: span.from,
      to: span.starts,
      parts,
      part,
    })
    yield found.map(row => {
      const first = row.offsets[0] ?? 0
      const values = new Float64Array(length - first)
      row.offsets.forEach((offset, i) => {
        values[offset - first] = row.amounts[i] ?? 0
      })
      return { level, id: row.id, parent: row.parent, values }
    })
  }
}
