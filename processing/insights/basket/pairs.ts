import { type Baskets, basketsWith } from './baskets.ts'

/**
 * Two items bought together, with the measures of the pair. With N baskets, n_a and n_b holding each and c holding both:
 * support c / N, confidence c / n_a (of those with `item`, how many have `with`), confidenceBack c / n_b,
 * lift c · N / (n_a · n_b). `score` ranks: see docs/decisions/basket-score.md.
 */
export type Pair = {
  readonly item: number
  readonly with: number
  readonly count: number
  readonly support: number
  readonly confidence: number
  readonly confidenceBack: number
  readonly lift: number
  readonly score: number
}

/** Pairs seen in few baskets are pulled towards no evidence: at this many shared baskets a score counts by half. */
const evidence = 10

/** Cosine weighted by basket size (`weight` is the sum of 1 / (k - 1) over the shared baskets), shrunk by c / (c + 10). */
export const pairScore = (weight: number, count: number, withA: number, withB: number): number =>
  ((weight / Math.sqrt(withA * withB)) * count) / (count + evidence)

/** Counts one item against others, a row at a time: buffers are kept between rows. */
export type PairCounter = {
  /** Numbers of the items that share a basket with `item`, in no order: `all`, or only those that come `after` it. Read before the next call. */
  row(item: number, which: 'all' | 'after'): Int32Array
  count(other: number): number
  /** Sum over shared baskets of 1 / (basket size - 1). */
  weight(other: number): number
}

/**
 * Exact counts one row at a time: for each basket that holds the item, count its other members. The counters of one row
 * are a few kilobytes and stay in the processor's cache, which a triangle over all pairs does not, and memory is linear
 * in the items whatever their number.
 */
export function pairCounter(baskets: Baskets): PairCounter {
  const { start, members, held, holders, places, items } = baskets
  const counts = new Int32Array(items.length)
  const weights = new Float64Array(items.length)
  const touched = new Int32Array(items.length)
  let size = 0
  return {
    row(item, which) {
      for (let i = 0; i < size; i++) {
        const other = touched[i] ?? 0
        counts[other] = 0
        weights[other] = 0
      }
      size = 0
      const end = held[item + 1] ?? 0
      for (let h = held[item] ?? 0; h < end; h++) {
        const basket = holders[h] ?? 0
        const first = start[basket] ?? 0
        const beyond = start[basket + 1] ?? 0
        const share = 1 / (beyond - first - 1)
        for (let m = which === 'all' ? first : (places[h] ?? 0) + 1; m < beyond; m++) {
          const other = members[m] ?? 0
          const count = counts[other] ?? 0
          if (count === 0) touched[size++] = other
          counts[other] = count + 1
          weights[other] = (weights[other] ?? 0) + share
        }
      }
      return touched.subarray(0, size)
    },
    count: other => counts[other] ?? 0,
    weight: other => weights[other] ?? 0,
  }
}

/** One item's pairs, side by side: `counts[i]` baskets hold `item` and `others[i]`; `weights[i]` is for `pairScore`. */
export type PairRow = {
  readonly item: number
  readonly others: Int32Array
  readonly counts: Int32Array
  readonly weights: Float64Array
}

/**
 * Every pair that shares at least `minCount` baskets, each once: for each item in code-point order those that come after
 * it, likewise.
 */
export function* pairRows(baskets: Baskets, minCount = 1): Generator<PairRow> {
  const counter = pairCounter(baskets)
  for (let item = 0; item < baskets.items.length; item++) {
    const others = inOrder(counter, item, baskets.items.length, minCount)
    if (others.length === 0) continue
    const counts = new Int32Array(others.length)
    const weights = new Float64Array(others.length)
    for (let i = 0; i < others.length; i++) {
      const other = others[i] ?? 0
      counts[i] = counter.count(other)
      weights[i] = counter.weight(other)
    }
    yield { item, others, counts, weights }
  }
}

/** The items of a row, ascending. A well filled row is quicker to read off all counters than to sort. */
function inOrder(counter: PairCounter, item: number, items: number, minCount: number): Int32Array {
  const row = counter.row(item, 'after')
  if (row.length * 8 < items - item) return row.filter(other => counter.count(other) >= minCount).sort()
  const others = new Int32Array(row.length)
  let size = 0
  for (let other = item + 1; other < items; other++) if (counter.count(other) >= minCount) others[size++] = other
  return others.subarray(0, size)
}

/** The measures of the pair at `place` of a row. */
export const pairAt = (baskets: Baskets, row: PairRow, place: number): Pair =>
  measured(baskets, row.item, row.others[place] ?? 0, row.counts[place] ?? 0, row.weights[place] ?? 0)

function measured(baskets: Baskets, item: number, other: number, count: number, weight: number): Pair {
  const all = baskets.names.length
  const withItem = basketsWith(baskets, item)
  const withOther = basketsWith(baskets, other)
  return {
    item,
    with: other,
    count,
    support: count / all,
    confidence: count / withItem,
    confidenceBack: count / withOther,
    lift: (count * all) / (withItem * withOther),
    score: pairScore(weight, count, withItem, withOther),
  }
}

export type BoughtWith = {
  readonly top: number
  /** The floor on evidence: pairs in fewer baskets are not shown. */
  readonly minCount: number
  /** How much an item is wanted here: 0 leaves it out (no product, out of season), a store's or seller's share favours it. */
  readonly weight?: (item: string) => number
}

/** Answers "often bought together" for any one item, best first. Ties go to code-point order. */
export function boughtWith(baskets: Baskets): (item: string, options: BoughtWith) => Pair[] {
  const counter = pairCounter(baskets)
  const numbers = new Map(baskets.items.map((name, number) => [name, number]))
  return (item, { top, minCount, weight = () => 1 }) => {
    const number = numbers.get(item)
    if (number === undefined) return []
    const found: Pair[] = []
    for (const other of counter.row(number, 'all')) {
      if (other === number || counter.count(other) < minCount) continue
      const pair = measured(baskets, number, other, counter.count(other), counter.weight(other))
      const wanted = weight(baskets.items[other] ?? '')
      if (wanted > 0) found.push({ ...pair, score: pair.score * wanted })
    }
    return found.sort((a, b) => b.score - a.score || a.with - b.with).slice(0, top)
  }
}
