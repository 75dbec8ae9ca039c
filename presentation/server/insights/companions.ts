import { addDays, type Day } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

// What the whole chain's baskets say of a product names no store and no person: everybody may know it.
const sql = {
  boughtWith: loadSql('../queries/insights/bought-with.sql', import.meta.url),
  reach: loadSql('../queries/insights/reach.sql', import.meta.url),
  called: loadSql('../queries/insights/called.sql', import.meta.url),
}

export type Companion = {
  product: string
  name: string
  category: string
  beside: string
  count: number
  support: number
  confidence: number
  confidenceBack: number
  lift: number
  fit: number
  score: number
}
/** Whose way of selling weighs: a store's, a seller's, or nobody's. */
export type Taste = { readonly kind: 'store' | 'seller' | 'none'; readonly id: string }

type Met = {
  product: string
  points: number
  beside: string
  count: number
  withProduct: number
  withOther: number
  baskets: number
}
type Reach = { kind: string; product: string; sales: number; lastDay: Day }

/** Longer ago than this the chain sold it: out of season. */
const seasonDays = 60
/** So many sales' worth of doubt that a store or seller is unlike the chain. */
const doubt = 5

/** What to offer beside a basket, best first, of what the chain sells these days; weighed by how the store or seller sells it against the chain. Three small questions, each by key. */
export async function companionsOf(
  warehouse: Warehouse,
  basket: readonly string[],
  taste: Taste,
  today: Day,
  limit: number,
): Promise<Companion[]> {
  const met = await warehouse.rows<Met>(sql.boughtWith, { products: basket })
  if (met.length === 0) return []
  const products = met.map(({ product }) => product)
  const [reach, called] = await Promise.all([
    warehouse.rows<Reach>(sql.reach, { ...taste, products: [...products, ''] }),
    warehouse.rows<{ product: string; name: string; category: string }>(sql.called, { products }),
  ])
  const reachOf = new Map(reach.map(row => [`${row.kind} ${row.product}`, row]))
  const names = new Map(called.map(row => [row.product, row]))
  const fresh = addDays(today, -seasonDays)
  return met
    .filter(({ product }) => (reachOf.get(`chain ${product}`)?.lastDay ?? '') >= fresh)
    .map(({ product, points, beside, count, withProduct, withOther, baskets }) => {
      const fit = fitOf(product, taste, reachOf)
      return {
        product,
        name: names.get(product)?.name ?? '',
        category: names.get(product)?.category ?? '',
        beside,
        count,
        support: count / baskets,
        confidence: count / withProduct,
        confidenceBack: count / withOther,
        lift: (count * baskets) / (withProduct * withOther),
        fit,
        score: points * fit,
      }
    })
    .sort((a, b) => b.score - a.score || (a.product < b.product ? -1 : 1))
    .slice(0, limit)
}

/** The root of how much more (or less) often it sells here than in the chain, between a half and double; 1 where nothing is known. */
function fitOf(product: string, { kind }: Taste, reachOf: ReadonlyMap<string, Reach>): number {
  const sales = (of: string, item: string) => reachOf.get(`${of} ${item}`)?.sales ?? 0
  const [own, chain] = [sales(kind, ''), sales('chain', '')]
  if (own === 0 || chain === 0) return 1
  const expected = (own * sales('chain', product)) / chain
  return Math.sqrt(Math.min(4, Math.max(0.25, (sales(kind, product) + doubt) / (expected + doubt))))
}
