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

// Loops, not `map` and `every`: on vectors of numbers the built-in ones with a function cost ten times as much, and these
// run for each series at each origin.

export function absolute(values: Float64Array): Float64Array {
  const result = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) result[i] = Math.abs(at(values, i))
  return result
}

/** The least value; NaN values do not count. */
export function least(values: Float64Array): number {
  let smallest = Number.POSITIVE_INFINITY
  for (let i = 0; i < values.length; i++) if (at(values, i) < smallest) smallest = at(values, i)
  return smallest
}

export function countZeros(values: Float64Array): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (at(values, i) === 0) count++
  return count
}

export function countGaps(values: Float64Array): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (Number.isNaN(at(values, i))) count++
  return count
}

/** A copy with `value` in place of gaps (NaN). */
export function gapsAs(value: number, values: Float64Array): Float64Array {
  const result = values.slice()
  for (let i = 0; i < result.length; i++) if (Number.isNaN(at(result, i))) result[i] = value
  return result
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
  return values.length > SHORT ? quantile(values, 0.5) : medianOfFew(values)
}

/** Up to so many values, inserting them in order beats selection. */
const SHORT = 16
const few = new Float64Array(SHORT)

function medianOfFew(values: Float64Array): number {
  const n = values.length
  for (let i = 0; i < n; i++) {
    const value = at(values, i)
    let j = i - 1
    while (j >= 0 && at(few, j) > value) {
      few[j + 1] = at(few, j)
      j--
    }
    few[j + 1] = value
  }
  const upper = n >> 1
  return n === 0 ? 0 : n % 2 === 1 ? at(few, upper) : (at(few, upper - 1) + at(few, upper)) / 2
}

/** Median absolute deviation from the median, not rescaled to a normal's sigma. */
export function medianAbsoluteDeviation(values: Float64Array): number {
  const centre = median(values)
  const far = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) far[i] = Math.abs(at(values, i) - centre)
  return median(far)
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
  for (let i = 1; i < values.length; i++) if (at(values, i) !== first) return false
  return true
}
