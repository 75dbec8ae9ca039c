import { at } from './vector.ts'

export type Bounds = { readonly low: readonly number[]; readonly high: readonly number[] }

/**
 * Minimises `cost` inside a box with the downhill simplex of Nelder and Mead (1965), points outside being moved onto the
 * box. The first simplex spans `reach` of the box's width from `start`. Stops when the simplex is flat (relative spread below 1e-6) or after `limit` evaluations. Returns the best point.
 */
export function minimise(
  cost: (point: Float64Array) => number,
  start: readonly number[],
  bounds: Bounds,
  limit: number,
  reach = 0.2,
): Float64Array {
  const size = start.length
  const inside = (point: Float64Array): Float64Array => {
    for (let i = 0; i < size; i++) {
      point[i] = Math.min(Math.max(at(point, i), bounds.low[i] ?? 0), bounds.high[i] ?? 1)
    }
    return point
  }
  const evaluate = (point: Float64Array) => {
    const value = cost(inside(point))
    return { point, cost: Number.isFinite(value) ? value : Number.MAX_VALUE }
  }
  const first = Float64Array.from(start)
  const simplex = [evaluate(first.slice())]
  for (let i = 0; i < size; i++) {
    const corner = first.slice()
    const width = (bounds.high[i] ?? 1) - (bounds.low[i] ?? 0)
    const step = width * reach
    corner[i] = at(corner, i) + (at(corner, i) + step > (bounds.high[i] ?? 1) ? -step : step)
    simplex.push(evaluate(corner))
  }
  let evaluations = size + 1
  const towards = (centre: Float64Array, worst: Float64Array, factor: number): Float64Array =>
    centre.map((value, i) => value + factor * (value - at(worst, i)))

  for (;;) {
    simplex.sort((a, b) => a.cost - b.cost)
    const best = simplex[0]
    const worst = simplex[size]
    const second = simplex[size - 1]
    if (best === undefined || worst === undefined || second === undefined) return inside(first)
    if (evaluations >= limit || worst.cost - best.cost <= 1e-6 * Math.abs(best.cost) + 1e-300) return best.point
    const centre = new Float64Array(size)
    for (const corner of simplex) {
      if (corner !== worst) for (let i = 0; i < size; i++) centre[i] = at(centre, i) + at(corner.point, i) / size
    }
    const reflected = evaluate(towards(centre, worst.point, 1))
    evaluations++
    if (reflected.cost < best.cost) {
      const expanded = evaluate(towards(centre, worst.point, 2))
      evaluations++
      simplex[size] = expanded.cost < reflected.cost ? expanded : reflected
    } else if (reflected.cost < second.cost) {
      simplex[size] = reflected
    } else {
      const outside = reflected.cost < worst.cost
      const contracted = evaluate(towards(centre, worst.point, outside ? 0.5 : -0.5))
      evaluations++
      if (contracted.cost < Math.min(reflected.cost, worst.cost)) {
        simplex[size] = contracted
      } else {
        for (let i = 1; i <= size; i++) {
          const corner = simplex[i]
          if (corner !== undefined) {
            simplex[i] = evaluate(corner.point.map((value, j) => at(best.point, j) + 0.5 * (value - at(best.point, j))))
          }
        }
        evaluations += size
      }
    }
  }
}
