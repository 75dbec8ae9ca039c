import { chunks } from '#shared/chunks.ts'
import { type Micros, parseMicros } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'
import { fill, literals, loadSql, tuples } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { InStores } from '../load/in-stores.ts'
import { keysPerStatement, longStatement, readKnownDays } from '../load/load-sales.ts'
import { newSale, ruleAndLine, type SaleSoFar } from './sale-so-far.ts'

const sql = {
  lines: loadSql('./so-far-lines.sql', import.meta.url),
  hits: loadSql('./so-far-hits.sql', import.meta.url),
  costs: loadSql('./known-costs.sql', import.meta.url),
}

/** A sale, and the rules that compare it with what was made of it before. */
export type Compared = { sale: Sale; rules: readonly string[] }

type LineRow = Record<'store' | 'sale' | 'line' | 'product' | 'seller' | 'customer' | 'version', string>
type HitRow = Record<'rule' | 'store' | 'sale' | 'line' | 'latest', string>

/** What was made of these sales before. Of sales that are told for the first time, nearly all, one statement says so. */
export async function readSoFar(warehouse: Warehouse, compared: readonly Compared[]): Promise<InStores<SaleSoFar>> {
  const soFar = new InStores<SaleSoFar>()
  for (const { sale } of compared) soFar.set(sale.store, sale.sale, newSale())
  const days = await readKnownDays(
    warehouse,
    compared.map(({ sale }) => sale),
    longStatement,
  )
  const seen = new InStores<true>()
  for (const { store, sale, whole } of days) {
    seen.set(store, sale, true)
    const known = soFar.get(store, sale)
    if (known !== undefined) known.whole = Math.max(known.whole, Number(whole))
  }
  await readLines(
    warehouse,
    soFar,
    days.map(({ store, sale, day }) => [store, day, sale]),
  )
  await readHits(
    warehouse,
    soFar,
    compared.filter(({ sale }) => seen.has(sale.store, sale.sale)),
  )
  return soFar
}

async function readLines(warehouse: Warehouse, soFar: InStores<SaleSoFar>, places: string[][]): Promise<void> {
  for (const some of chunks(places, keysPerStatement)) {
    const rows = await warehouse.rows<LineRow>(fill(sql.lines, { sales: tuples(some) }), {}, longStatement)
    for (const { version, ...texts } of rows) {
      const lines = soFar.get(texts.store, texts.sale)?.lines
      if (Number(version) >= (lines?.get(texts.line)?.version ?? 0))
        lines?.set(texts.line, { version: Number(version), texts })
    }
  }
}

async function readHits(
  warehouse: Warehouse,
  soFar: InStores<SaleSoFar>,
  compared: readonly Compared[],
): Promise<void> {
  const places = compared.flatMap(({ sale: { source, soldAt, store, sale }, rules }) =>
    rules.map(rule => [source, soldAt.slice(0, 10), rule, store, sale]),
  )
  for (const some of chunks(places, keysPerStatement)) {
    const rows = await warehouse.rows<HitRow>(fill(sql.hits, { places: tuples(some) }), {}, longStatement)
    for (const { rule, store, sale, line, latest } of rows)
      soFar.get(store, sale)?.turnedAway.set(ruleAndLine(rule, line), Number(latest))
  }
}

/** What these products cost apiece, as far as their descriptions say. */
export async function readCosts(warehouse: Warehouse, products: Iterable<string>): Promise<Map<string, Micros>> {
  const costs = new Map<string, Micros>()
  for (const some of chunks([...new Set(products)], keysPerStatement)) {
    const known = fill(sql.costs, { products: literals(some) })
    for (const { product, cost } of await warehouse.rows<{ product: string; cost: string }>(known, {}, longStatement)) {
      const micros = parseMicros(cost)
      if (micros !== undefined) costs.set(product, micros)
    }
  }
  return costs
}
