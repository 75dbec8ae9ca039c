import { decompose } from './season.ts'
import { type Bounds, minimise } from './simplex.ts'
import { absolute, at, mean } from './vector.ts'

/** What a model makes of a series: its forecast, its parameters (to be used again on more data) and one-step error. */
export type Fit = { readonly values: Float64Array; readonly parameters: Float64Array; readonly sigma: number }

/** Parameters from an earlier part of the series: to be used as they are, or as the place to search from. */
export type Learnt = { readonly parameters: Float64Array; readonly use: 'run' | 'refine' }

/**
 * A forecasting model. With `learnt` parameters to `run` it only goes over the data: what was learnt before an origin may
 * be used after it without looking ahead.
 */
export type Model = (values: Float64Array, period: number, horizon: number, learnt?: Learnt) => Fit

/** Least squares from scratch, from learnt parameters, or no search at all. */
export function search(
  cost: (point: Float64Array) => number,
  start: readonly number[],
  bounds: Bounds,
  limit: number,
  learnt: Learnt | undefined,
): Float64Array {
  if (learnt === undefined || learnt.parameters.length !== start.length) return minimise(cost, start, bounds, limit)
  if (learnt.use === 'run') return learnt.parameters
  return minimise(cost, Array.from(learnt.parameters), bounds, Math.ceil(limit / 3), 0.08)
}

type Level = { readonly cost: number; readonly level: number }

/**
 * Simple exponential smoothing for one alpha with the first level that minimises the squared error: errors are linear in
 * the first level, so it has a closed form.
 */
function smooth(values: Float64Array, alpha: number): Level {
  const keep = 1 - alpha
  let known = 0
  let weight = 1
  let ee = 0
  let ew = 0
  let ww = 0
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i)
    const error = value - known
    ee += error * error
    ew += error * weight
    ww += weight * weight
    known += alpha * error
    weight *= keep
  }
  const first = ww > 0 ? ew / ww : 0
  return { cost: Math.max(ee - first * ew, 0), level: known + weight * first }
}

/**
 * Simple exponential smoothing, alpha in [0.0001, 0.9999] by least squares (a coarse grid, then golden section).
 * The forecast is flat. Hyndman et al., "Forecasting with Exponential Smoothing" (2008), model ANN.
 */
export function fitLevel(values: Float64Array, known?: number): { alpha: number; level: number; sigma: number } {
  const finish = (alpha: number) => {
    const { cost, level } = smooth(values, alpha)
    return { alpha, level, sigma: Math.sqrt(cost / Math.max(values.length - 2, 1)) }
  }
  if (known !== undefined) return finish(known)
  const grid = [0.0001, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9999]
  let best = 0
  let least = Number.POSITIVE_INFINITY
  grid.forEach((alpha, i) => {
    const { cost } = smooth(values, alpha)
    if (cost < least) {
      least = cost
      best = i
    }
  })
  const golden = (Math.sqrt(5) - 1) / 2
  let low = grid[Math.max(best - 1, 0)] ?? 0.0001
  let high = grid[Math.min(best + 1, grid.length - 1)] ?? 0.9999
  let a = high - golden * (high - low)
  let b = low + golden * (high - low)
  let costA = smooth(values, a).cost
  let costB = smooth(values, b).cost
  for (let i = 0; i < 14; i++) {
    if (costA < costB) {
      high = b
      b = a
      costB = costA
      a = high - golden * (high - low)
      costA = smooth(values, a).cost
    } else {
      low = a
      a = b
      costA = costB
      b = low + golden * (high - low)
      costB = smooth(values, b).cost
    }
  }
  return finish((low + high) / 2)
}

type Start = { readonly level: number; readonly slope: number; readonly season: Float64Array }

function start(values: Float64Array, period: number): Start {
  const n = values.length
  if (period > 1 && n >= 2 * period) {
    const seasons = Math.min(Math.floor(n / period), 5)
    const season = decompose(values.slice(0, seasons * period), period, 'additive').index
    const first = mean(values.subarray(0, period))
    const last = mean(values.subarray((seasons - 1) * period, seasons * period))
    const slope = (last - first) / ((seasons - 1) * period)
    return { level: first - (slope * (period + 1)) / 2, slope, season }
  }
  const reach = Math.min(n, 10)
  let slope = 0
  for (let i = 1; i < reach; i++) slope += (at(values, i) - at(values, i - 1)) / (reach - 1)
  return { level: at(values, 0) - slope, slope, season: new Float64Array(1) }
}

/**
 * Additive Holt-Winters with a damped trend (Gardner & McKenzie 1985; ETS A,Ad,A), or damped Holt where `period` is 1 or
 * there are fewer than two seasons. Smoothing weights and damping by least squares with Nelder-Mead; the first states
 * from the first seasons.
 */
export const dampedHoltWinters: Model = (values, period, horizon, learnt) => {
  const n = values.length
  const m = period > 1 && n >= 2 * period ? period : 1
  const from = start(values, m)
  const scale = Math.max(mean(absolute(values)), 1e-12)
  const season = new Float64Array(m)
  let level = 0
  let slope = 0

  const run = (p: Float64Array): number => {
    const alpha = at(p, 0)
    const beta = alpha * at(p, 1)
    const gamma = m > 1 ? (1 - alpha) * at(p, 2) : 0
    const phi = at(p, 3)
    level = from.level + (m > 1 ? 0 : at(p, 4) * scale)
    slope = m > 1 ? from.slope : at(p, 5) * scale + from.slope
    season.set(from.season)
    let cost = 0
    let phase = 0
    for (let i = 0; i < n; i++) {
      const trend = phi * slope
      const index = m > 1 ? at(season, phase) : 0
      const error = at(values, i) - level - trend - index
      cost += error * error
      level += trend + alpha * error
      slope = trend + beta * error
      if (m > 1) {
        season[phase] = index + gamma * error
        phase = phase + 1 === m ? 0 : phase + 1
      }
    }
    return cost
  }

  const bounds =
    m > 1
      ? { low: [0.0001, 0.0001, 0.0001, 0.8], high: [0.9999, 0.9999, 0.9999, 0.98] }
      : { low: [0.0001, 0.0001, 0, 0.8, -2, -0.5], high: [0.9999, 0.9999, 0.0001, 0.98, 2, 0.5] }
  const first = m > 1 ? [0.2, 0.05, 0.1, 0.95] : [0.5, 0.1, 0, 0.95, 0, 0]
  const point = search(run, first, bounds, m > 1 ? 100 : 300, learnt)
  const cost = run(point)
  const phi = at(point, 3)
  const forecast = new Float64Array(horizon)
  let damp = 0
  let power = phi
  for (let j = 0; j < horizon; j++) {
    damp += power
    power *= phi
    forecast[j] = level + damp * slope + (m > 1 ? at(season, (n + j) % m) : 0)
  }
  return { values: forecast, parameters: point, sigma: Math.sqrt(cost / Math.max(n - 4, 1)) }
}
