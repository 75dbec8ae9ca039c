import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

// What the whole chain's baskets say of a product names no store and no person: everybody may know it.
const sql = {
  run: loadSql('../queries/insights/companions-run.sql', import.meta.url),
  companions: loadSql('../queries/insights/companions.sql', import.meta.url),
  called: loadSql('../queries/insights/called.sql', import.meta.url),
  reach: loadSql('../queries/insights/reach.sql', import.meta.url),
  stores: loadSql('../queries/insights/store-reaches.sql', import.meta.url),
}

/** One product on the shelf. Lists stand side by side: `others[i]` met it in `met[i]` baskets. Products are numbers: their place on the shelf. */
export type Shelved = {
  readonly product: string
  readonly name: string
  readonly category: string
  readonly service: boolean
  readonly held: number
  readonly others: Int32Array
  readonly met: Int32Array
  readonly scores: Float64Array
  readonly suggested: Int32Array
  readonly weights: Float32Array
  readonly popular: number
}

/** How many sales of each product somebody had lately, and of all. */
export type Reach = { readonly all: number; sales(product: number): number }

/** Everything one run of counting says, in memory. */
export type Shelf = {
  readonly products: readonly Shelved[]
  readonly numbers: ReadonlyMap<string, number>
  readonly baskets: number
  /** False until companions have been counted for the first time. */
  readonly counted: boolean
  readonly chain: Reach
  /** When the chain last sold a product; '' for what it has not sold lately. */
  lastDay(product: number): string
  /** What a store or a seller had; read when first asked for. */
  reachOf(kind: 'store' | 'seller', id: string): Promise<Reach>
}

/** Whether there is something newer is looked for no more often than this, and behind the back of whoever asks. */
const lookMs = 2_000
/** Rows are parsed on the thread that answers: of a thousand products' lists in one go it stands still for longer than an answer may take. */
const productsAtOnce = 100
/** Beyond so many products only the best companions of each are kept in memory. */
const manyProducts = 10_000
const mostReaches = 1_000

/** Keeps the last run's shelf at hand: answers come from memory, never from a query that waits behind others. Called once at the start, it is filled before somebody asks. */
export type Companions = () => Promise<Shelf>

export function companionShelf(warehouse: Warehouse): Companions {
  let current: { mark: string; shelf: Shelf } | undefined
  let lookedAt = 0
  let looking: Promise<Shelf> | undefined

  async function look(): Promise<Shelf> {
    const [row] = await warehouse.rows<Standing>(sql.run)
    const mark = `${row?.run} ${row?.described}`
    if (current?.mark !== mark) {
      const { shelf, storesRead } = await filled(warehouse, row ?? nothing)
      // The one at hand goes on answering until the new one knows the stores too; without one, anything is better than nothing.
      if (current !== undefined && current.shelf.products.length > 0) await storesRead
      current = { mark, shelf }
    }
    lookedAt = Date.now()
    return current.shelf
  }

  return async () => {
    if (current !== undefined && Date.now() - lookedAt < lookMs) return current.shelf
    looking ??= look().finally(() => {
      looking = undefined
    })
    if (current === undefined || current.shelf.products.length === 0) return looking
    // The one at hand will do; a failure shows with whoever asks when there is none.
    looking.catch(() => {})
    return current.shelf
  }
}

type Standing = { run: string; described: string; products: number; stores: number }
const nothing: Standing = { run: '0', described: '', products: 0, stores: 0 }

type CompanionRow = {
  product: string
  held: number
  baskets: number
  others: string[]
  met: number[]
  scores: number[]
  suggested: string[]
  weights: number[]
  popular: number
}

async function filled(warehouse: Warehouse, standing: Standing): Promise<{ shelf: Shelf; storesRead: Promise<void> }> {
  const { run, products: count } = standing
  const numbers = new Map<string, number>()
  const numberOf = (product: string): number => {
    const known = numbers.get(product)
    if (known !== undefined) return known
    numbers.set(product, numbers.size)
    return numbers.size - 1
  }
  const called = new Map(
    (await warehouse.rows<{ product: string; name: string; category: string; service: number }>(sql.called)).map(
      row => [row.product, row],
    ),
  )
  const found = new Map<number, Omit<Shelved, 'name' | 'category' | 'service'>>()
  let baskets = 0
  const parts = Math.max(1, Math.ceil(count / productsAtOnce))
  const most = count > manyProducts ? 40 : 100
  for (let part = 0; part < parts; part++)
    for (const row of await warehouse.rows<CompanionRow>(sql.companions, { run, parts, part, most })) {
      baskets = row.baskets
      found.set(numberOf(row.product), {
        product: row.product,
        held: row.held,
        others: Int32Array.from(row.others, numberOf),
        met: Int32Array.from(row.met),
        scores: Float64Array.from(row.scores),
        suggested: Int32Array.from(row.suggested, numberOf),
        weights: Float32Array.from(row.weights),
        popular: row.popular,
      })
    }
  const chainRows = await warehouse.rows<ReachRow>(sql.reach, { run, kind: 'chain', id: '' })
  const sales = chainRows.map(row => row.sales)
  const chain = reachFrom(
    chainRows.map(row => row.product),
    sales,
    numberOf,
  )
  const lastDays = new Map(chainRows.map(row => [numberOf(row.product), row.lastDay]))
  const products = [...numbers].map(([product, number]): Shelved => {
    const { name = '', category = '', service = 0 } = called.get(product) ?? {}
    return { ...(found.get(number) ?? empty(product)), name, category, service: service > 0 }
  })
  const { reachOf, storesRead } = reaches(warehouse, standing, numbers)
  const lastDay = (product: number): string => lastDays.get(product) ?? ''
  return { shelf: { products, numbers, baskets, counted: run !== nothing.run, chain, lastDay, reachOf }, storesRead }
}

const none = new Int32Array(0)
const empty = (product: string) => ({
  product,
  held: 0,
  others: none,
  met: none,
  scores: new Float64Array(0),
  suggested: none,
  weights: new Float32Array(0),
  popular: 0,
})

type ReachRow = { product: string; sales: number; lastDay: string }

/** In two sorted lists, because there may be one for each of a thousand stores. */
function reachFrom(
  names: readonly string[],
  sales: readonly number[],
  numberOf: (product: string) => number | undefined,
): Reach {
  const pairs = names
    .flatMap((name, i) => {
      const number = name === '' ? undefined : numberOf(name)
      return number === undefined ? [] : [{ number, sales: sales[i] ?? 0 }]
    })
    .sort((a, b) => a.number - b.number)
  const ids = Int32Array.from(pairs, pair => pair.number)
  const counts = Float32Array.from(pairs, pair => pair.sales)
  return { all: sales[names.indexOf('')] ?? 0, sales: product => counts[placeIn(ids, product)] ?? 0 }
}

/** Where a number stands in an ascending list, or -1. */
function placeIn(sorted: Int32Array, number: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const here = sorted[middle] ?? 0
    if (here === number) return middle
    if (here < number) low = middle + 1
    else high = middle - 1
  }
  return -1
}

const storesAtOnce = 10

/** Stores are read behind the back of whoever asks, some at a time; until then, and for sellers, one by one as they are asked for. */
function reaches(
  warehouse: Warehouse,
  { run, stores }: Standing,
  numbers: ReadonlyMap<string, number>,
): { reachOf: Shelf['reachOf']; storesRead: Promise<void> } {
  const known = new Map<string, Promise<Reach>>()
  const numberOf = (product: string) => numbers.get(product)
  const readStores = async () => {
    const parts = Math.max(1, Math.ceil(stores / storesAtOnce))
    for (let part = 0; part < parts; part++)
      for (const row of await warehouse.rows<StoreRow>(sql.stores, { run, parts, part }))
        known.set(`store ${row.id}`, Promise.resolve(reachFrom(row.products, row.sales, numberOf)))
  }
  // What can't be read ahead is read when it is asked for, and fails there.
  const storesRead = stores <= mostReaches ? readStores().catch(() => {}) : Promise.resolve()
  const reachOf: Shelf['reachOf'] = (kind, id) => {
    const key = `${kind} ${id}`
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= 2 * mostReaches) known.clear()
    const reach = warehouse.rows<ReachRow>(sql.reach, { run, kind, id }).then(rows =>
      reachFrom(
        rows.map(row => row.product),
        rows.map(row => row.sales),
        numberOf,
      ),
    )
    known.set(key, reach)
    reach.catch(() => known.delete(key))
    return reach
  }
  return { reachOf, storesRead }
}

type StoreRow = { id: string; products: string[]; sales: number[] }
