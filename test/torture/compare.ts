import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { type Grain, type Standing, type Sums, sumsText, sumUp, textOf } from './truth.ts'

const keys = { store: 'day, store', seller: 'day, store, seller', product: 'day, store, product, seller' } as const
const micros = (column: string) => `toString(toInt128(${column} * 1000000))`

/** Throws with examples when a line or a row of an aggregate differs from the plain recomputation, in any of its numbers. */
export async function compare(warehouse: Warehouse, truth: Iterable<Standing>, when: string): Promise<void> {
  const lines = [...truth]
  same(`lines ${when}`, await linesIn(warehouse, 'sale_lines'), new Set(lines.map(textOf)))
  for (const grain of ['store', 'seller', 'product'] as const)
    same(`${grain}_days ${when}`, await aggregate(warehouse, grain), sumUp(grain, lines))
  console.log(`  equal to the cent ${when}: ${lines.length} lines and every row of the three aggregates`)
}

/** The standing lines of a table shaped as `sale_lines`, each as one text. */
export async function linesIn(warehouse: Warehouse, table: string): Promise<Set<string>> {
  type Row = Record<'store' | 'sale' | 'line' | 'sold_on' | 'product' | 'seller' | 'q' | 'r' | 'c', string>
  const rows = await warehouse.rows<Row>(
    `SELECT store, sale, line, toString(day) AS sold_on, product, seller, ${micros('quantity')} AS q, ${micros('revenue')} AS r,
       if(cost_known = 1, ${micros('cost')}, '') AS c
     FROM ${table} FINAL WHERE deleted = 0`,
  )
  return new Set(
    rows.map(({ store, sale, line, sold_on, product, seller, q, r, c }) => {
      const cost = c === '' ? null : BigInt(c)
      return textOf({ store, sale, line, day: sold_on, product, seller, quantity: BigInt(q), revenue: BigInt(r), cost })
    }),
  )
}

/** Throws with examples unless both hold the same. */
export function same(what: string, found: ReadonlySet<string>, expected: ReadonlySet<string>): void {
  const extra = [...found].filter(text => !expected.has(text))
  const missing = [...expected].filter(text => !found.has(text))
  if (extra.length + missing.length === 0) return
  throw new Error(
    `${what}: ${missing.length} missing, ${extra.length} that should not be.\nmissing: ${missing.slice(0, 5).join(' | ')}\nthere: ${extra.slice(0, 5).join(' | ')}`,
  )
}

async function aggregate(warehouse: Warehouse, grain: Grain): Promise<Set<string>> {
  type Row = Record<'key' | 'revenue_' | 'costed_' | 'cost_' | 'units_', string> & { lines: string; sales: string }
  const rows = await warehouse.rows<Row>(
    `SELECT arrayStringConcat([${keys[grain]
      .split(', ')
      .map(column => `toString(${column})`)
      .join(', ')}], ' ') AS key, lines, sales,
       ${micros('revenue')} AS revenue_, ${micros('costed')} AS costed_, ${micros('cost')} AS cost_, ${micros('units')} AS units_
     FROM ${grain}_days FINAL WHERE lines > 0`,
  )
  return new Set(
    rows.map(row => {
      const sums: Sums = {
        lines: Number(row.lines),
        sales: Number(row.sales),
        revenue: BigInt(row.revenue_),
        costed: BigInt(row.costed_),
        cost: BigInt(row.cost_),
        units: BigInt(row.units_),
      }
      return sumsText(row.key, sums)
    }),
  )
}
