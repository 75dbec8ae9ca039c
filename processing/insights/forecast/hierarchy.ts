import type { Forecast } from './forecast.ts'
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

/** Below one sale in this many steps a node is too sparse for a forecast of its own: it takes a share of its parent's. */
const SPARSE = 0.3

/** Steps of history that shares are taken from. */
const RECENT = 56

/**
 * Makes the levels add up, by id. Children that sell often enough keep their own forecasts' shape and weight; sparse ones take their
 * recent share of the parent (top-down, average historical proportions: Gross & Sohl 1990). Then the children of each node are
 * scaled, step by step, to the node above: the top is never changed. Forecasts must not be negative; if they are, the
 * difference is shared by absolute size instead.
 */
export function reconcile(root: Node): Map<string, Float64Array> {
  const result = new Map<string, Float64Array>()
  const descend = (node: Node, agreed: Float64Array): void => {
    result.set(node.id, agreed)
    if (node.children.length === 0) return
    const total = recent(node.history)
    const own = node.children.map(child => {
      if (!isSparse(child.history)) return child.forecast
      const share = total === 0 ? 0 : recent(child.history) / total
      return agreed.map(value => value * share)
    })
    shareOut(agreed, own).forEach((forecast, i) => {
      const child = node.children[i]
      if (child !== undefined) descend(child, forecast)
    })
  }
  descend(root, root.forecast)
  return result
}

/** Moves a forecast onto reconciled values; its intervals keep their width relative to the value, their distance where it is nil. */
export function movedTo(forecast: Forecast, values: Float64Array): Forecast {
  const move = (edges: Float64Array): Float64Array =>
    edges.map((edge, j) => {
      const before = at(forecast.values, j)
      const after = at(values, j)
      return before > 0 && after >= 0 ? edge * (after / before) : edge + (after - before)
    })
  return {
    ...forecast,
    values,
    lo80: move(forecast.lo80),
    hi80: move(forecast.hi80),
    lo95: move(forecast.lo95),
    hi95: move(forecast.hi95),
  }
}

function isSparse(history: Float64Array): boolean {
  const last = history.subarray(Math.max(history.length - 2 * RECENT, 0))
  const busy = last.reduce((count, value) => count + (value !== 0 && !Number.isNaN(value) ? 1 : 0), 0)
  return busy < SPARSE * last.length
}

function recent(history: Float64Array): number {
  return mean(history.subarray(Math.max(history.length - RECENT, 0)).map(value => (Number.isNaN(value) ? 0 : value)))
}

/** Changes the parts as little as it takes for them to add up to the whole at each step; the last one takes the rounding. */
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
      const value = allPositive && sum > 0 ? own * (target / sum) : own + (target - sum) * weight
      part[j] = i === shared.length - 1 ? left : value
      left -= value
    })
  }
  return shared
}
