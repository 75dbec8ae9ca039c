import { type Baskets, basketsWith, indexBaskets, someBaskets } from '../basket/baskets.ts'
import { chooseMethod, linearModel } from '../basket/next-item.ts'
import { pairCounter, pairScore } from '../basket/pairs.ts'
import { popularity } from '../basket/scorers.ts'
import type { ReadBaskets } from './read-baskets.ts'

/** What one product says about others, by number: companions by pair score, and how much it speaks for each as the next item. Lists stand side by side. */
export type Offer = {
  readonly held: number
  readonly others: Int32Array
  readonly met: Int32Array
  readonly scores: Float64Array
  readonly suggested: Int32Array
  readonly weights: Float64Array
  readonly popular: number
}

/** One offer for each of `products`. */
export type Offers = {
  readonly baskets: number
  readonly products: readonly string[]
  readonly offers: readonly Offer[]
}

/** The floor on evidence: pairs that met less often are chance. */
const leastMet = 3
const mostCompanions = 100
const mostSuggested = 200
/** The latest so many baskets decide which model suggests: enough to tell them apart. */
const basketsToChoose = 40_000

/** Every product's companions and what it suggests, counted over all baskets; which model suggests is measured on the latest of them. */
export function mineOffers(read: ReadBaskets): Offers {
  const baskets = indexed(read)
  const { method } = chooseMethod(someBaskets(baskets, basket => basket < basketsToChoose))
  const model = linearModel(baskets, method)
  const shares = popularity(baskets)
  const counter = pairCounter(baskets)
  const scores = new Float64Array(baskets.items.length)
  const offers = baskets.items.map((_, item): Offer => {
    const companions = companionsOf(baskets, counter, item)
    scores.fill(0)
    model.scorer([item], scores)
    scores[item] = 0
    const suggested = heaviest(scores, mostSuggested)
    return {
      held: basketsWith(baskets, item),
      others: Int32Array.from(companions, ({ other }) => other),
      met: Int32Array.from(companions, ({ met }) => met),
      scores: Float64Array.from(companions, ({ score }) => score),
      suggested: Int32Array.from(suggested),
      weights: Float64Array.from(suggested, other => scores[other] ?? 0),
      popular: model.popularity * (shares[item] ?? 0),
    }
  })
  return { baskets: baskets.names.length, products: baskets.items, offers }
}

function indexed({ products, sizes, members }: ReadBaskets): Baskets {
  const names = Array.from(sizes, (_, basket) => String(basket))
  const found = products.map(name => ({ name, bytes: Buffer.from(name) }))
  const basketOf = new Int32Array(members.length)
  let at = 0
  for (const [basket, size] of sizes.entries()) {
    basketOf.fill(basket, at, at + size)
    at += size
  }
  return indexBaskets(names, found, basketOf, members)
}

function companionsOf(baskets: Baskets, counter: ReturnType<typeof pairCounter>, item: number) {
  const own = basketsWith(baskets, item)
  const others = counter.row(item, 'all').filter(other => other !== item && counter.count(other) >= leastMet)
  const scores = Float64Array.from(others, other =>
    pairScore(counter.weight(other), counter.count(other), own, basketsWith(baskets, other)),
  )
  return heaviest(scores, mostCompanions, others).map(place => {
    const other = others[place] ?? 0
    return { other, met: counter.count(other), score: scores[place] ?? 0 }
  })
}

/** Places of the numbers farthest from zero, the farthest first; ties by `ids`. */
function heaviest(numbers: Float64Array, most: number, ids?: Int32Array): number[] {
  const sizes = numbers.map(Math.abs).sort()
  const least = Math.max(sizes[Math.max(0, sizes.length - most)] ?? 0, Number.MIN_VALUE)
  const found: number[] = []
  for (let place = 0; place < numbers.length; place++) if (Math.abs(numbers[place] ?? 0) >= least) found.push(place)
  const size = (place: number): number => Math.abs(numbers[place] ?? 0)
  const id = (place: number): number => ids?.[place] ?? place
  return found.sort((a, b) => size(b) - size(a) || id(a) - id(b)).slice(0, most)
}
