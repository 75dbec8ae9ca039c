import { addDays, type Day } from '#shared/day.ts'
import type { Shelf, Shelved } from './companion-shelf.ts'

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

export type Suggestion = {
  product: string
  name: string
  category: string
  /** The product of the basket that speaks for it most; null where only its popularity does. */
  beside: string | null
  lift: number | null
  score: number
}

/** Whose way of selling weighs: a store's, a seller's, or nobody's. */
export type Taste = { readonly kind: 'store' | 'seller' | 'none'; readonly id: string }

/** Longer ago than this the chain sold it: out of season. */
const seasonDays = 60
/** So many sales' worth of doubt that a store or seller is unlike the chain. */
const doubt = 5

/** What is often bought together with a product, best first, of what the chain sells these days; weighed by how the store or seller sells it against the chain. */
export async function companionsOf(
  shelf: Shelf,
  product: string,
  taste: Taste,
  today: Day,
  limit: number,
): Promise<Companion[]> {
  const own = shelf.products[shelf.numbers.get(product) ?? -1]
  if (own === undefined) return []
  const fitOf = await fits(shelf, taste)
  const offered = isOffered(shelf, today)
  const found: Companion[] = []
  own.others.forEach((number, i) => {
    const other = shelf.products[number]
    if (other === undefined || !offered(number)) return
    const { name, category, held } = other
    const count = own.met[i] ?? 0
    const fit = fitOf(number)
    found.push({
      product: other.product,
      name,
      category,
      beside: product,
      count,
      support: count / shelf.baskets,
      confidence: count / own.held,
      confidenceBack: count / held,
      lift: (count * shelf.baskets) / (own.held * held),
      fit,
      score: (own.scores[i] ?? 0) * fit,
    })
  })
  return found.sort(better).slice(0, limit)
}

/** What to offer beside a basket, best first, by the model that did best on the chain's own baskets; what sells most where nothing speaks for anything. */
export async function suggestionsFor(
  shelf: Shelf,
  basket: readonly string[],
  taste: Taste,
  today: Day,
  limit: number,
): Promise<Suggestion[]> {
  const held = new Set(basket.flatMap(product => shelf.numbers.get(product) ?? []))
  const fitOf = await fits(shelf, taste)
  const offered = isOffered(shelf, today)
  const points = new Float64Array(shelf.products.length)
  const most = new Float64Array(shelf.products.length)
  const beside = new Int32Array(shelf.products.length).fill(-1)
  for (const number of held) {
    const { suggested, weights } = spokenFor(shelf, number)
    suggested.forEach((other, i) => {
      const weight = weights[i] ?? 0
      points[other] = (points[other] ?? 0) + weight
      if (weight <= (most[other] ?? 0)) return
      most[other] = weight
      beside[other] = number
    })
  }
  const scoreOf = (one: Shelved, number: number): number => {
    // Where nothing else tells products apart, what sells most comes first.
    const sold = shelf.chain.sales(number) / Math.max(1, shelf.chain.all)
    return Math.max(0, (points[number] ?? 0) + one.popular) * fitOf(number) + 1e-9 * sold
  }
  const best: { number: number; product: string; score: number }[] = []
  shelf.products.forEach((one, number) => {
    const candidate = { number, product: one.product, score: scoreOf(one, number) }
    const last = best[limit - 1]
    if (last !== undefined && better(last, candidate) < 0) return
    if (held.has(number) || !offered(number)) return
    let place = best.length
    while (place > 0 && better(best[place - 1] ?? candidate, candidate) > 0) place--
    best.splice(place, 0, candidate)
    if (best.length > limit) best.pop()
  })
  return best.map(({ number, product, score }) => {
    const speaker = shelf.products[beside[number] ?? -1]
    return {
      product,
      ...named(shelf, number),
      beside: speaker?.product ?? null,
      lift: liftOf(shelf, beside[number], number),
      score,
    }
  })
}

const better = (a: { score: number; product: string }, b: { score: number; product: string }): number =>
  b.score - a.score || (a.product < b.product ? -1 : 1)

const named = (shelf: Shelf, number: number) => {
  const { name = '', category = '' } = shelf.products[number] ?? {}
  return { name, category }
}

/** A model may cover only the more frequent products: for the others the pairs speak. */
function spokenFor(shelf: Shelf, number: number): { suggested: Int32Array; weights: ArrayLike<number> } {
  const own = shelf.products[number]
  if (own === undefined) return { suggested: new Int32Array(0), weights: [] }
  return own.suggested.length > 0 ? own : { suggested: own.others, weights: own.scores }
}

function liftOf(shelf: Shelf, beside: number | undefined, number: number): number | null {
  const own = shelf.products[beside ?? -1]
  const place = own?.others.indexOf(number) ?? -1
  const held = shelf.products[number]?.held ?? 0
  if (own === undefined || place < 0 || held === 0) return null
  return ((own.met[place] ?? 0) * shelf.baskets) / (own.held * held)
}

function isOffered({ products, lastDay }: Shelf, today: Day): (number: number) => boolean {
  const fresh = addDays(today, -seasonDays)
  return number => products[number]?.service === false && lastDay(number) >= fresh
}

/** The root of how much more (or less) often it sells here than in the chain, between a half and double; 1 where nothing is known. */
async function fits(shelf: Shelf, { kind, id }: Taste): Promise<(number: number) => number> {
  if (kind === 'none') return () => 1
  const own = await shelf.reachOf(kind, id)
  const { chain } = shelf
  if (own.all === 0 || chain.all === 0) return () => 1
  return number => {
    const expected = (own.all * chain.sales(number)) / chain.all
    return Math.sqrt(Math.min(4, Math.max(0.25, (own.sales(number) + doubt) / (expected + doubt))))
  }
}
