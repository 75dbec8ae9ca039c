import type { Firing } from '#shared/alerts/firing.ts'
import type { Action } from '#shared/alerts/suggestion.ts'
import { type Day, dayIn } from '#shared/day.ts'
import { fill, literal, loadSql, tuples } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Adviser } from './evaluation.ts'
import type { ProductPlace } from './gather.ts'

const sql = {
  seller: loadSql('./weak-seller.sql', import.meta.url),
  elsewhere: loadSql('./product-elsewhere.sql', import.meta.url),
  missing: loadSql('./missing-product.sql', import.meta.url),
  with: loadSql('./sell-with.sql', import.meta.url),
  together: loadSql('./sell-together.sql', import.meta.url),
  shares: loadSql('./category-shares.sql', import.meta.url),
}

type Elsewhere = {
  product: string
  store: string
  elsewhere: string
  there: number
  price: number
  unitCost: number
  units: number
  category: string
}
type Companion = { product: string; store: string; other: string; confidence: number; times: number; brought: number }

/** Firings that are asked about in one statement. */
const together = 500
/** What a category usually earns changes slowly, and reads four weeks of all products. */
const sharesForMs = 3_600_000
/** The share of margin that is wanted of a product without a category. */
const usualShare = 0.2

/**
 * What the warehouse suggests against firings, by the firing's id: the seller and the products behind a store's fall, where a product sells better and beside what, the price that would earn
 * its category's margin. All firings of a round are asked about together, one question after another: hundreds fire at once when products stand still, and loading must not wait for it.
 */
export function adviserOf(warehouse: Warehouse, zone: string): Adviser {
  let shares: { day: Day; readAt: number; of: ReadonlyMap<string, number> } | undefined

  async function sharesOf(day: Day): Promise<ReadonlyMap<string, number>> {
    if (shares?.day !== day || Date.now() - shares.readAt > sharesForMs) {
      const rows = await warehouse.rows<{ category: string; share: number }>(sql.shares, { day })
      shares = { day, readAt: Date.now(), of: new Map(rows.map(({ category, share }) => [category, share])) }
    }
    return shares.of
  }

  async function ofStores(stores: readonly string[], day: Day): Promise<Map<string, Action[]>> {
    const actions = new Map<string, Action[]>()
    if (stores.length === 0) return actions
    const places = { stores: `(${stores.map(literal).join(', ')})` }
    const ask = <Row>(question: string) => warehouse.rows<Row>(fill(question, places), { day })
    for (const { seller, store, gap } of await ask<{ seller: string; store: string; gap: number }>(sql.seller))
      add(actions, store, { kind: 'talkTo', seller, store, gain: gap })
    for (const { product, store, gap } of await ask<{ product: string; store: string; gap: number }>(sql.missing))
      add(actions, store, { kind: 'reorder', product, store, gain: gap })
    type Pair = { product: string; other: string; store: string; gap: number }
    for (const { product, other, store, gap } of await ask<Pair>(sql.together))
      add(actions, store, { kind: 'sellWith', product, with: other, store, gain: gap })
    return actions
  }

  async function ofProducts(wanted: readonly ProductPlace[], quiet: ReadonlySet<string>, day: Day) {
    const actions = new Map<string, Action[]>()
    if (wanted.length === 0) return actions
    const places = { places: tuples(wanted) }
    const usual = await sharesOf(day)
    for (const row of await warehouse.rows<Elsewhere>(fill(sql.elsewhere, places), { day }))
      for (const action of productActions(row, usual.get(row.category) ?? usualShare))
        add(actions, placeKey([row.product, row.store]), action)
    for (const row of await warehouse.rows<Companion>(fill(sql.with, places), { day })) {
      const key = placeKey([row.product, row.store])
      add(actions, key, besideAction(row, quiet.has(key)))
    }
    return actions
  }

  return async firings => {
    const day = dayIn(zone, new Date())
    const advice = new Map<string, readonly Action[]>()
    for (let first = 0; first < firings.length; first += together) {
      const some = firings.slice(first, first + together)
      const products = new Map<string, ProductPlace>()
      const stores = new Set<string>()
      const quiet = new Set<string>()
      for (const firing of some) {
        const place = placeOf(firing)
        if (place?.kind === 'store') stores.add(place.store)
        if (place?.kind !== 'product') continue
        const key = placeKey(place.place)
        products.set(key, place.place)
        if (firing.condition.kind === 'noSales') quiet.add(key)
      }
      const byStore = await ofStores([...stores], day)
      const byPlace = await ofProducts([...products.values()], quiet, day)
      for (const firing of some) {
        const place = placeOf(firing)
        if (place === undefined) continue
        const found = place.kind === 'store' ? byStore.get(place.store) : byPlace.get(placeKey(place.place))
        advice.set(firing.id, found ?? [])
      }
    }
    return advice
  }
}

type About = { kind: 'store'; store: string } | { kind: 'product'; place: ProductPlace }

/** What a firing is advised about: its worst subject. Nothing helps against late data, and nothing is known of the chain as a whole. */
function placeOf({ condition, breaches: [worst] }: Firing): About | undefined {
  if (worst === undefined || condition.kind === 'dataLate') return undefined
  const { kind, id, store } = worst.subject
  if (kind === 'product') return { kind: 'product', place: [id, store] }
  return store === '' ? undefined : { kind: 'store', store }
}

const placeKey = ([product, store]: ProductPlace): string => `${product}\u0000${store}`

function add(actions: Map<string, Action[]>, key: string, action: Action): void {
  const known = actions.get(key)
  if (known === undefined) actions.set(key, [action])
  else known.push(action)
}

/** A product that stands still is offered beside its companion, one that sells gets its companion beside it. */
function besideAction({ product, store, other, confidence, times, brought }: Companion, isQuiet: boolean): Action {
  const [first, second] = isQuiet ? [other, product] : [product, other]
  return { kind: 'sellWith', product: first, with: second, store, gain: (confidence * brought) / times }
}

function productActions({ product, store, elsewhere, there, price, unitCost, units }: Elsewhere, share: number) {
  const actions: Action[] = []
  if (elsewhere !== '' && there > 0) actions.push({ kind: 'moveStock', product, store, to: elsewhere, gain: there })
  const wanted = unitCost / (1 - share)
  if (units > 0 && unitCost > 0 && price < wanted)
    actions.push({ kind: 'reprice', product, store, price: wanted.toFixed(2), gain: (wanted - price) * units })
  return actions
}
