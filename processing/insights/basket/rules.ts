import { type Baskets, basketsWith } from './baskets.ts'
import { frequentItemsets, type Itemsets, leastCount } from './itemsets.ts'

/**
 * "Who buys all of `antecedent` also buys `consequent`", in `count` of N baskets: support count / N,
 * confidence count / n(antecedent), lift confidence over the consequent's own share.
 */
export type Rule = {
  /** Item numbers, ascending (code-point order of the names). */
  readonly antecedent: readonly number[]
  readonly consequent: number
  readonly count: number
  readonly support: number
  readonly confidence: number
  readonly lift: number
}

/**
 * Every rule with one item on the right whose support and confidence reach the two floors (shares of one, inclusive).
 * Exact: counts are those of a plain count. In the order found; see `byConfidence`.
 */
export function* rules(baskets: Baskets, minSupport: number, minConfidence: number): Generator<Rule> {
  const all = baskets.names.length
  if (all === 0) return
  const sets = frequentItemsets(baskets, leastCount(minSupport, all))
  for (let node = 1; node < sets.size; node++) {
    const path = pathOf(sets, node)
    if (path.length < 2) continue
    const count = sets.count(node)
    for (const consequent of path) {
      const left = path.filter(item => item !== consequent)
      const leftCount = countOf(sets, left)
      const confidence = count / leftCount
      if (confidence < minConfidence) continue
      yield {
        antecedent: left.toSorted((a, b) => a - b),
        consequent,
        count,
        support: count / all,
        confidence,
        lift: (count * all) / (leftCount * basketsWith(baskets, consequent)),
      }
    }
  }
}

/** Rules surest first; among equals the more frequent, then the shorter, then by code points. */
export const byConfidence = (a: Rule, b: Rule): number =>
  b.confidence - a.confidence ||
  b.count - a.count ||
  a.antecedent.length - b.antecedent.length ||
  a.antecedent.reduce((found, item, i) => found || item - (b.antecedent[i] ?? 0), 0) ||
  a.consequent - b.consequent

function pathOf(sets: Itemsets, node: number): number[] {
  const path: number[] = []
  for (let at = node; at > 0; at = sets.parent(at)) path.push(sets.item(at))
  return path.reverse()
}

/** A subset of a frequent set is frequent itself, so its node exists: follow it down in rank order. */
function countOf(sets: Itemsets, path: readonly number[]): number {
  return sets.count(path.reduce((node, item) => sets.child(node, item), 0))
}
