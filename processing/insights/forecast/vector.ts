/** The value at `i`, or NaN outside the vector: indexing stays total without a check at each call. */
export function at(values: Float64Array, i: number): number {
  const value = values[i]
  return value === undefined ? Number.NaN : value
}

export function mean(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += at(values, i)
  return values.length === 0 ? 0 : sum / values.length
}

/** Linear-interpolated quantile (R type 7) of an ascending vector; 0 for an empty one. */
export function quantileSorted(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return 0
  const position = Math.min(Math.max(p, 0), 1) * (sorted.length - 1)
  const below = Math.floor(position)
  const low = at(sorted, below)
  const high = below + 1 < sorted.length ? at(sorted, below + 1) : low
  return low + (high - low) * (position - below)
}

export function quantile(values: Float64Array, p: number): number {
  return quantileSorted(ascending(values), p)
}

/** A sorted copy. Most vectors here are one or three seasons long, where insertion beats the built-in sort. */
function ascending(values: Float64Array): Float64Array {
  const sorted = values.slice()
  if (sorted.length > 40) return sorted.sort()
  for (let i = 1; i < sorted.length; i++) {
    const value = at(sorted, i)
    let j = i - 1
    while (j >= 0 && at(sorted, j) > value) {
      sorted[j + 1] = at(sorted, j)
      j--
    }
    sorted[j + 1] = value
  }
  return sorted
}

export function median(values: Float64Array): number {
  return quantile(values, 0.5)
}

/** Median absolute deviation from the median, not rescaled to a normal's sigma. */
export function medianAbsoluteDeviation(values: Float64Array): number {
  const centre = median(values)
  return median(values.map(value => Math.abs(value - centre)))
}

/** Mean absolute difference between points one season apart: what a seasonal naive forecast misses by. */
export function seasonalStep(values: Float64Array, period: number): number {
  const lag = values.length > period ? period : 1
  if (values.length <= lag) return 0
  let sum = 0
  for (let i = lag; i < values.length; i++) sum += Math.abs(at(values, i) - at(values, i - lag))
  return sum / (values.length - lag)
}

export function isConstant(values: Float64Array): boolean {
  const first = at(values, 0)
  return values.every(value => value === first)
}
