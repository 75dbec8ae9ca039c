import { type Baskets, basketsWith, someBaskets } from './baskets.ts'
import { hits, leaveOneOut, rate, repeatable, type Scorer } from './hit-rate.ts'
import { easeScorers, pairScorer, popularity } from './scorers.ts'

/** A way to rank the next item: a model, and how much of plain popularity is added to it. */
export type Method =
  | { readonly model: 'popularity' }
  | { readonly model: 'score'; readonly popularity: number }
  | { readonly model: 'ease'; readonly lambda: number; readonly damping: number; readonly popularity: number }

/** What a method reached on baskets held back from the file: share of hidden items found in the first ten. */
export type Measured = { readonly method: Method; readonly hitRate: number }

export type Choice = { readonly method: Method; readonly measured: readonly Measured[]; readonly trials: number }

const most = { heldBaskets: 3000, trials: 3000 }
/** Among equals the more popular comes first: hence never quite nothing. */
const tieBreak = 1e-9
const popularityParts = [tieBreak, 0.3, 1, 3]
const dampings = [0, 0.2]
/** Small catalogues are cheap to fit, so more strengths of regularisation are tried; on large ones 10 was best throughout. */
const lambdas = (items: number): number[] => (items <= 600 ? [3, 10, 30, 100, 300, 1000] : [10])

/**
 * Chooses by measurement on the file itself: holds a part of the baskets back (a tenth, a quarter of small files), fits on
 * the rest, hides an item at a time. Popularity stays unless another beats it by more than chance would (one standard
 * deviation of the paired difference).
 */
export function chooseMethod(baskets: Baskets): Choice {
  const random = repeatable(17)
  const share = Math.min(
    baskets.names.length < 10_000 ? 0.25 : 0.1,
    most.heldBaskets / Math.max(1, baskets.names.length),
  )
  const held = baskets.names.map(() => random() < share)
  const train = someBaskets(baskets, basket => held[basket] !== true)
  const trials = leaveOneOut(
    someBaskets(baskets, basket => held[basket] === true),
    most.trials,
  ).filter(({ hidden }) => basketsWith(train, hidden) > 0)
  const shares = popularity(train)
  const tried: { method: Method; hit: readonly boolean[] }[] = []
  const tryOn = (scorer: Scorer, parts: readonly number[], methodOf: (popularity: number) => Method) => {
    for (const [which, hit] of hits(trials, 10, scorer, { shares, parts }).entries())
      tried.push({ method: methodOf(parts[which] ?? 0), hit })
  }
  tryOn(nothing, [1], () => ({ model: 'popularity' }))
  const base = tried[0]?.hit ?? []
  tryOn(pairScorer(train), popularityParts, part => ({ model: 'score', popularity: part }))
  for (const lambda of lambdas(baskets.items.length)) {
    const ease = easeScorers(train, lambda)
    for (const damping of dampings)
      tryOn(ease(damping), popularityParts, part => ({ model: 'ease', lambda, damping, popularity: part }))
  }

  const measured = tried.map(({ method, hit }) => ({ method, hitRate: rate(hit), sure: beats(hit, base) }))
  const best = measured
    .filter(({ sure }) => sure)
    .reduce((a, b) => (b.hitRate > a.hitRate ? b : a), measured[0] ?? none)
  return {
    method: best.method,
    measured: measured.map(({ method, hitRate }) => ({ method, hitRate })),
    trials: trials.length,
  }
}

const none = { method: { model: 'popularity' } as Method, hitRate: 0, sure: false }

function beats(hit: readonly boolean[], base: readonly boolean[]): boolean {
  const won = hit.filter((found, i) => found && !base[i]).length
  const lost = hit.filter((found, i) => !found && base[i]).length
  return won - lost > Math.sqrt(won + lost)
}

const nothing: Scorer = () => undefined

/** A method by its model's name, as `dataapp basket --method` takes it. */
export function methodNamed(model: Method['model']): Method {
  if (model === 'popularity') return { model }
  return model === 'score' ? { model, popularity: tieBreak } : { model, lambda: 10, damping: 0.2, popularity: tieBreak }
}

/** A fitted method without popularity: what a basket speaks for is the sum of what its items speak for. `popularity` is how much of an item's share is added. */
export function linearModel(baskets: Baskets, method: Method): { scorer: Scorer; popularity: number } {
  switch (method.model) {
    case 'popularity':
      return { scorer: nothing, popularity: 1 }
    case 'score':
      return { scorer: pairScorer(baskets), popularity: method.popularity }
    case 'ease':
      return { scorer: easeScorers(baskets, method.lambda)(method.damping), popularity: method.popularity }
  }
}

/** `method` fitted on all of `baskets`. */
function fit(baskets: Baskets, method: Method): Scorer {
  const shares = popularity(baskets)
  const { scorer, popularity: part } = linearModel(baskets, method)
  return (basket, scores) => {
    scorer(basket, scores)
    for (let item = 0; item < scores.length; item++) scores[item] = (scores[item] ?? 0) + part * (shares[item] ?? 0)
  }
}

export type Suggestion = { readonly item: string; readonly score: number }

/**
 * Suggests items beside a basket, best first: never one it already has, none with weight 0 (see `BoughtWith.weight`).
 * A basket of which nothing is known gets the most popular; so do places that no evidence fills.
 */
export function nextItems(
  baskets: Baskets,
  method: Method,
): (basket: Iterable<string>, top: number, weight?: (item: string) => number) => Suggestion[] {
  const scorer = fit(baskets, method)
  const numbers = new Map(baskets.items.map((name, number) => [name, number]))
  const scores = new Float64Array(baskets.items.length)
  return (basket, top, weight) => {
    const rest = [...new Set(basket)].flatMap(name => numbers.get(name) ?? [])
    scores.fill(0)
    scorer(rest, scores)
    const own = new Set(rest)
    const better = (a: number, b: number): number => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b
    if (weight)
      for (const [item, name] of baskets.items.entries()) {
        const wanted = weight(name)
        if (wanted <= 0) own.add(item)
        else scores[item] = (scores[item] ?? 0) * wanted
      }
    // The list of the best so far is short: keep it sorted and look only at what beats its last.
    const best: number[] = []
    for (let item = 0; item < scores.length; item++) {
      const last = best.at(-1)
      if (best.length === top && last !== undefined && better(last, item) <= 0) continue
      if (own.has(item)) continue
      let at = best.length
      while (at > 0 && better(best[at - 1] ?? 0, item) > 0) at--
      best.splice(at, 0, item)
      if (best.length > top) best.pop()
    }
    return best.map(item => ({ item: baskets.items[item] ?? '', score: scores[item] ?? 0 }))
  }
}
