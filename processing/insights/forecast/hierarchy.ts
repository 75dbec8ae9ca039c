import { at, mean } from './vector.ts'

/**
 * One node of a hierarchy (chain, store, seller, product…) with its own forecast and history. A node's history is the sum of its children's.
 */
export type Node = {
  readonly id: string
  readonly history: Float64Array
  readonly forecast: Float64Array
  readonly children: readonly Node[]
}

/** With sales on a smaller part of its steps, a node is too sparse for a forecast of its own: it takes a share of its parent's. */
const SPARSE = 0.15

/** Steps of history that shares are taken from. */
const RECENT = 56

/**
 * Makes the levels add up, by id: bottom-up, every level the sum of the one below, which measured better than scaling the parts to
 * the top (docs/decisions/forecasting.md). What sells too seldom for a forecast of its own takes its recent share of its parent's
 * instead (top-down, historical proportions: Gross & Sohl 1990), and so does all below it.
 */
export function reconcile(root: Node): Map<string, Float64Array> {
  const agreed = new Map<string, Float64Array>()
  settle(root, root.forecast, agreed)
  return agreed
}

function settle(node: Node, expected: Float64Array, agreed: Map<string, Float64Array>): Float64Array {
  const total = recent(node.history)
  const parts = node.children.map(child => {
    if (!isSparse(child.history)) return settle(child, child.forecast, agreed)
    return portion(child, expected, total === 0 ? 0 : recent(child.history) / total, agreed)
  })
  const values = parts.length === 0 ? expected : sum(parts, expected.length)
  agreed.set(node.id, values)
  return values
}

/** A share of the parent's forecast for a node, and shares of that for all below it. */
function portion(node: Node, parent: Float64Array, share: number, agreed: Map<string, Float64Array>): Float64Array {
  const own = parent.map(value => value * share)
  const total = recent(node.history)
  const parts = node.children.map(child =>
    portion(child, own, total === 0 ? 1 / node.children.length : recent(child.history) / total, agreed),
  )
  const values = parts.length === 0 ? own : sum(parts, own.length)
  agreed.set(node.id, values)
  return values
}

function sum(parts: readonly Float64Array[], length: number): Float64Array {
  const whole = new Float64Array(length)
  for (const part of parts) for (let j = 0; j < length; j++) whole[j] = at(whole, j) + at(part, j)
  return whole
}

/** Judged since its first sale: who is new is not sparse. */
function isSparse(history: Float64Array): boolean {
  let first = Math.max(history.length - 2 * RECENT, 0)
  while (first < history.length && !(Math.abs(at(history, first)) > 0)) first++
  const life = history.length - first
  let busy = 0
  for (let i = first; i < history.length; i++) if (Math.abs(at(history, i)) > 0) busy++
  return life === 0 || busy < SPARSE * life
}

function recent(history: Float64Array): number {
  return mean(history.subarray(Math.max(history.length - RECENT, 0)).map(value => (Number.isNaN(value) ? 0 : value)))
}

/**
 * For a whole that is given (an agreed figure, a budget): changes the parts in proportion so that they add up to it at
 * each step; the last one takes the rounding.
 */
export function shareOut(whole: Float64Array, parts: readonly Float64Array[]): Float64Array[] {
  const shared = parts.map(part => part.slice())
  for (let j = 0; j < whole.length; j++) {
    const target = at(whole, j)
    const sum = parts.reduce((total, part) => total + at(part, j), 0)
    const size = parts.reduce((total, part) => total + Math.abs(at(part, j)), 0)
    const allPositive = sum === size
    let left = target
    shared.forEach((part, i) => {
      const own = at(part, j)
      const weight = size === 0 ? 1 / parts.length : Math.abs(own) / size
      const value = allPositive && sum > 0 ? (own / sum) * target : own + (target - sum) * weight
      part[j] = i === shared.length - 1 ? left : value
      left -= value
    })
  }
  return shared
}
