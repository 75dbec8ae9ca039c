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
  const n = values.length
  if (n === 0) return 0
  const work = values.slice()
  const position = Math.min(Math.max(p, 0), 1) * (n - 1)
  const below = Math.floor(position)
  const low = select(work, below)
  if (position === below) return low
  let high = Number.POSITIVE_INFINITY
  for (let i = below + 1; i < n; i++) high = Math.min(high, at(work, i))
  return low + (high - low) * (position - below)
}

/** The k-th smallest value (Hoare's selection); afterwards nothing left of k is larger and nothing right of it smaller. */
function select(work: Float64Array, k: number): number {
  let low = 0
  let high = work.length - 1
  while (low < high) {
    const pivot = at(work, (low + high) >> 1)
    let i = low
    let j = high
    while (i <= j) {
      while (at(work, i) < pivot) i++
      while (at(work, j) > pivot) j--
      if (i > j) break
      const value = at(work, i)
      work[i++] = at(work, j)
      work[j--] = value
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return at(work, k)
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
