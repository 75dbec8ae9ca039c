import type { Action } from '#shared/alerts/suggestion.ts'
import { dayIn } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Adviser } from './evaluation.ts'

const sql = {
  seller: loadSql('./weak-seller.sql', import.meta.url),
  product: loadSql('./product-elsewhere.sql', import.meta.url),
  missing: loadSql('./missing-product.sql', import.meta.url),
  with: loadSql('./sell-with.sql', import.meta.url),
  together: loadSql('./sell-together.sql', import.meta.url),
}

/** What the warehouse suggests against a firing: the seller and the products behind a store's fall, where a product sells better and beside what, the price that would earn its category's margin. */
export function adviserOf(warehouse: Warehouse, zone: string): Adviser {
  return async firing => {
    const day = dayIn(zone, new Date())
    const [worst] = firing.breaches
    if (worst === undefined || firing.condition.kind === 'dataLate') return []
    const { kind, id, store } = worst.subject
    if (kind === 'product') {
      const isQuiet = firing.condition.kind === 'noSales'
      const found = await Promise.all([
        productActions(warehouse, id, store, day),
        besideActions(warehouse, id, store, day, isQuiet),
      ])
      return found.flat()
    }
    if (store === '') return []
    return storeActions(warehouse, store, day)
  }
}

async function storeActions(warehouse: Warehouse, store: string, day: string): Promise<Action[]> {
  const [sellers, products, pairs] = await Promise.all([
    warehouse.rows<{ seller: string; gap: number }>(sql.seller, { store, day }),
    warehouse.rows<{ product: string; gap: number }>(sql.missing, { store, day }),
    warehouse.rows<{ product: string; other: string; gap: number }>(sql.together, { store, day }),
  ])
  return [
    ...sellers.map(({ seller, gap }): Action => ({ kind: 'talkTo', seller, store, gain: gap })),
    ...products.map(({ product, gap }): Action => ({ kind: 'reorder', product, store, gain: gap })),
    ...pairs.map(({ product, other, gap }): Action => ({ kind: 'sellWith', product, with: other, store, gain: gap })),
  ]
}

/** What sells beside it: a product that stands still is offered beside its companion, one that sells gets its companion beside it. */
async function besideActions(
  warehouse: Warehouse,
  product: string,
  store: string,
  day: string,
  isQuiet: boolean,
): Promise<Action[]> {
  const rows = await warehouse.rows<{ other: string; confidence: number; times: number; brought: number }>(sql.with, {
    product,
    store,
    day,
  })
  return rows.map(({ other, confidence, times, brought }): Action => {
    const [first, second] = isQuiet ? [other, product] : [product, other]
    return { kind: 'sellWith', product: first, with: second, store, gain: (confidence * brought) / times }
  })
}

async function productActions(warehouse: Warehouse, product: string, store: string, day: string): Promise<Action[]> {
  const [row] = await warehouse.rows<{
    elsewhere: string
    there: number
    price: number
    unitCost: number
    share: number
    units: number
  }>(sql.product, { product, store, day })
  if (row === undefined) return []
  const actions: Action[] = []
  if (row.elsewhere !== '' && row.there > 0)
    actions.push({ kind: 'moveStock', product, store, to: row.elsewhere, gain: row.there })
  if (row.unitCost > 0 && row.price < row.unitCost / (1 - row.share)) {
    const price = row.unitCost / (1 - row.share)
    actions.push({ kind: 'reprice', product, store, price: price.toFixed(2), gain: (price - row.price) * row.units })
  }
  return actions
}
