import { at, isConstant, least, mean } from './vector.ts'

export type SeasonKind = 'none' | 'additive' | 'multiplicative'

/** A series split into what repeats and the rest. `index[i % period]` belongs to step `i`. */
export type Season = {
  readonly kind: SeasonKind
  readonly index: Float64Array
  readonly adjusted: Float64Array
}

/**
 * Whether the autocorrelation at one season is significant at 90 % (Bartlett's limits), as the M4 competition's benchmarks
 * test it (Makridakis, Spiliotis & Assimakopoulos 2018, "Benchmarks and Evaluation").
 */
export function isSeasonal(values: Float64Array, period: number): boolean {
  const n = values.length
  if (period < 2 || n < 3 * period || isConstant(values)) return false
  const centre = mean(values)
  let variance = 0
  for (let i = 0; i < n; i++) variance += (at(values, i) - centre) ** 2
  if (!(variance > 0)) return false
  let squares = 1
  let correlation = 0
  for (let lag = 1; lag <= period; lag++) {
    if (lag > 1) squares += 2 * correlation ** 2
    let covariance = 0
    for (let i = lag; i < n; i++) covariance += (at(values, i) - centre) * (at(values, i - lag) - centre)
    correlation = covariance / variance
  }
  return Math.abs(correlation) > 1.645 * Math.sqrt(squares / n)
}

/** Centred moving average over one season (2 x m for even m), NaN where it does not fit: the trend of R's `decompose`. */
function centredAverage(values: Float64Array, period: number): Float64Array {
  const n = values.length
  const half = Math.floor(period / 2)
  const even = period % 2 === 0
  const trend = new Float64Array(n).fill(Number.NaN)
  let sum = 0
  for (let i = 0; i < Math.min(period, n); i++) sum += at(values, i)
  for (let first = 0; first + period <= n; first++) {
    const centre = first + half
    if (even) {
      if (first + period < n) trend[centre] = (sum + (at(values, first + period) - at(values, first)) / 2) / period
    } else trend[centre] = sum / period
    if (first + period < n) sum += at(values, first + period) - at(values, first)
  }
  return trend
}

/**
 * Classical decomposition with one constant index per phase, normalised to mean 1 (multiplicative) or 0 (additive). An
 * index is the mean of its phase; between 5 and 12 seasons, where one strange season would move it, the medial mean
 * (smallest and largest left out: Makridakis, Wheelwright & Hyndman 1998, section 3/4).
 */
export function decompose(values: Float64Array, period: number, kind: 'additive' | 'multiplicative'): Season {
  const trend = centredAverage(values, period)
  const sums = new Float64Array(period)
  const counts = new Float64Array(period)
  const lowest = new Float64Array(period).fill(Number.POSITIVE_INFINITY)
  const highest = new Float64Array(period).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0; i < values.length; i++) {
    const level = at(trend, i)
    const part = kind === 'additive' ? at(values, i) - level : at(values, i) / level
    if (!Number.isFinite(part)) continue
    sums[i % period] = at(sums, i % period) + part
    counts[i % period] = at(counts, i % period) + 1
    lowest[i % period] = Math.min(at(lowest, i % period), part)
    highest[i % period] = Math.max(at(highest, i % period), part)
  }
  const neutral = kind === 'additive' ? 0 : 1
  const raw = sums.map((sum, phase) => {
    const count = at(counts, phase)
    if (count === 0) return neutral
    const medial = count >= 5 && count <= 12
    return medial ? (sum - at(lowest, phase) - at(highest, phase)) / (count - 2) : sum / count
  })
  const centre = mean(raw)
  const index = raw.map(value => (kind === 'additive' ? value - centre : value / centre))
  const adjusted = new Float64Array(values.length)
  for (let i = 0, phase = 0; i < values.length; i++, phase = phase + 1 === period ? 0 : phase + 1) {
    adjusted[i] = kind === 'additive' ? at(values, i) - at(index, phase) : at(values, i) / at(index, phase)
  }
  return { kind, index, adjusted }
}

function unseasonal(values: Float64Array): Season {
  return { kind: 'none', index: new Float64Array(1), adjusted: values }
}

/**
 * Takes the season out where there is one: multiplicative when that is safe (all values positive, no index below 0.01),
 * additive otherwise.
 */
export function deseasonalise(values: Float64Array, period: number): Season {
  const before = found.get(values)
  if (before?.period === period) return before.season
  const season = findSeason(values, period)
  found.set(values, { period, season })
  return season
}

/** Several models ask for the season of the very same vector. */
const found = new WeakMap<Float64Array, { period: number; season: Season }>()

function findSeason(values: Float64Array, period: number): Season {
  if (!isSeasonal(values, period)) return unseasonal(values)
  if (least(values) > 0) {
    const season = decompose(values, period, 'multiplicative')
    if (season.index.every(value => value >= 0.01)) return season
  }
  return decompose(values, period, 'additive')
}

/** Puts the season back on a forecast that begins at step `origin`. */
export function reseasonalise(forecast: Float64Array, season: Season, origin: number): Float64Array {
  if (season.kind === 'none') return forecast
  const period = season.index.length
  return forecast.map((value, j) => {
    const index = at(season.index, (origin + j) % period)
    return season.kind === 'additive' ? value + index : value * index
  })
}
