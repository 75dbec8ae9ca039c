import { type Baskets, itemsOf } from './baskets.ts'

/** One question of a leave-one-out test: which item belongs beside `rest`? Right answer: `hidden`. */
export type Trial = { readonly rest: readonly number[]; readonly hidden: number }

/** Adds to `scores` (one a known item) how much each item is expected beside `basket`. */
export type Scorer = (basket: readonly number[], scores: Float64Array) => void

/** Something added to every item's score in each of several parts, so that all are tested in one pass. */
export type Blend = { readonly shares: Float64Array; readonly parts: readonly number[] }

/**
 * For each part of the blend, for each trial: whether the hidden item is among the `top` best that are not in the basket
 * already. Equal scores are ordered by item number, as in what is shown.
 */
export function hits(trials: readonly Trial[], top: number, scorer: Scorer, { shares, parts }: Blend): boolean[][] {
  const scores = new Float64Array(shares.length)
  const found = parts.map((): boolean[] => [])
  for (const trial of trials) {
    scores.fill(0)
    scorer(trial.rest, scores)
    for (const item of trial.rest) scores[item] = Number.NEGATIVE_INFINITY
    for (const [which, part] of parts.entries())
      found[which]?.push(placeOf(trial.hidden, scores, shares, part, top) < top)
  }
  return found
}

/** How many items rank before `hidden`, counted up to `top`. */
function placeOf(hidden: number, scores: Float64Array, shares: Float64Array, part: number, top: number): number {
  const own = (scores[hidden] ?? 0) + part * (shares[hidden] ?? 0)
  let better = 0
  for (let item = 0; item < scores.length && better < top; item++) {
    const score = (scores[item] ?? 0) + part * (shares[item] ?? 0)
    if (score > own || (score === own && item < hidden)) better++
  }
  return better
}

/** A repeatable source of numbers in [0, 1) (a 32-bit linear congruential generator, Numerical Recipes' constants). */
export function repeatable(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

/** Up to `most` trials from the baskets with two items or more, drawn repeatably: one from every basket before a second from any. */
export function leaveOneOut(baskets: Baskets, most: number, seed = 1): Trial[] {
  const random = repeatable(seed)
  const places = [...baskets.names.keys()].flatMap(basket => {
    const shuffled = Array.from(itemsOf(baskets, basket), hidden => ({ hidden, order: random() }))
    if (shuffled.length < 2) return []
    return shuffled
      .sort((a, b) => a.order - b.order)
      .map(({ hidden, order }, round) => ({ basket, hidden, order: round + order }))
  })
  return places
    .sort((a, b) => a.order - b.order)
    .slice(0, most)
    .map(({ basket, hidden }) => ({
      rest: Array.from(itemsOf(baskets, basket)).filter(item => item !== hidden),
      hidden,
    }))
}

/** The share of hits. */
export const rate = (found: readonly boolean[]): number =>
  found.length === 0 ? 0 : found.filter(Boolean).length / found.length
