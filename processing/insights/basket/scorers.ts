import { type Baskets, basketsWith, itemsOf } from './baskets.ts'
import type { Scorer } from './hit-rate.ts'
import { pairCounter, pairScore } from './pairs.ts'
import { invertSymmetric } from './symmetric.ts'

/** The share of baskets that hold each item. */
export function popularity(baskets: Baskets): Float64Array {
  return Float64Array.from(baskets.items, (_, item) => basketsWith(baskets, item) / Math.max(1, baskets.names.length))
}

/** Rows of pair scores are kept up to this many numbers, then begun anew. */
const keptScores = 20_000_000

/** The pair score summed over the basket. Rows are counted when first asked for. */
export function pairScorer(baskets: Baskets): Scorer {
  const counter = pairCounter(baskets)
  const rows = new Map<number, { others: Int32Array; scores: Float64Array }>()
  let kept = 0
  const rowOf = (item: number) => {
    const known = rows.get(item)
    if (known) return known
    const withItem = basketsWith(baskets, item)
    const others = counter
      .row(item, 'all')
      .slice()
      .filter(other => other !== item)
    const scores = Float64Array.from(others, other =>
      pairScore(counter.weight(other), counter.count(other), withItem, basketsWith(baskets, other)),
    )
    if (kept > keptScores) {
      rows.clear()
      kept = 0
    }
    kept += others.length
    const row = { others, scores }
    rows.set(item, row)
    return row
  }
  return (basket, scores) => {
    for (const item of basket) {
      const row = rowOf(item)
      for (let i = 0; i < row.others.length; i++) {
        const other = row.others[i] ?? 0
        scores[other] = (scores[other] ?? 0) + (row.scores[i] ?? 0)
      }
    }
  }
}

/** The linear model covers the most frequent items only: its cost grows with their third power. */
const easeItems = 2000

/**
 * EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data"): with G = XᵀX and P = (G + λI)⁻¹, an item's
 * score is the sum over the basket of -P[a][j] / P[j][j]. Each basket enters G with weight 1 / √k, so that huge ones don't
 * drown the rest. The fit is the costly part; what it gives is a scorer for any damping: each item's score is divided by
 * (its number of baskets) to that power, against what is popular anyway.
 */
export function easeScorers(baskets: Baskets, lambda: number): (damping: number) => Scorer {
  const chosen = baskets.items
    .map((_, item) => item)
    .filter(item => basketsWith(baskets, item) > 0)
    .sort((a, b) => basketsWith(baskets, b) - basketsWith(baskets, a) || a - b)
    .slice(0, easeItems)
  const n = chosen.length
  const place = new Int32Array(baskets.items.length).fill(-1)
  for (const [at, item] of chosen.entries()) place[item] = at
  const matrix = gram(baskets, place, n)
  for (let i = 0; i < n; i++) matrix[i * n + i] = (matrix[i * n + i] ?? 0) + lambda
  invertSymmetric(matrix, n)
  const diagonal = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i] ?? 1)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) matrix[i * n + j] = i === j ? 0 : -(matrix[i * n + j] ?? 0) / (diagonal[j] ?? 1)
  return damping => {
    const scale = Float64Array.from(chosen, item => basketsWith(baskets, item) ** -damping)
    return (basket, scores) => {
      for (const item of basket) {
        const row = place[item] ?? -1
        if (row < 0) continue
        for (let j = 0; j < n; j++) {
          const other = chosen[j] ?? 0
          scores[other] = (scores[other] ?? 0) + (matrix[row * n + j] ?? 0) * (scale[j] ?? 0)
        }
      }
    }
  }
}

function gram(baskets: Baskets, place: Int32Array, n: number): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let basket = 0; basket < baskets.names.length; basket++) {
    const all = itemsOf(baskets, basket)
    const rows = all.map(item => place[item] ?? -1).filter(row => row >= 0)
    const weight = 1 / Math.sqrt(all.length)
    for (const i of rows)
      for (const j of rows) {
        const to = i * n + j
        matrix[to] = (matrix[to] ?? 0) + weight
      }
  }
  return matrix
}
