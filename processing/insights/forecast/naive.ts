import type { Model } from './smoothing.ts'
import { at, least, mean, seasonalStep } from './vector.ts'

const NONE = new Float64Array(0)

/** The last value, again and again. */
export const naive: Model = (values, _period, horizon) => ({
  values: new Float64Array(horizon).fill(at(values, values.length - 1)),
  parameters: NONE,
  sigma: 1.25 * seasonalStep(values, 1),
})

/** The last season, again and again; the last value where there is less than a season. */
export const seasonalNaive: Model = (values, period, horizon) => {
  const n = values.length
  if (n < period) return naive(values, 1, horizon)
  const forecast = new Float64Array(horizon)
  for (let j = 0; j < horizon; j++) forecast[j] = at(values, n - period + (j % period))
  return { values: forecast, parameters: NONE, sigma: 1.25 * seasonalStep(values, period) }
}

/** For each phase the mean of its last `seasons` values. */
export function seasonalMean(seasons: number): Model {
  return (values, period, horizon) => {
    const n = values.length
    if (n < period) {
      const level = mean(values)
      return { values: new Float64Array(horizon).fill(level), parameters: NONE, sigma: 1.25 * seasonalStep(values, 1) }
    }
    const forecast = new Float64Array(horizon)
    for (let j = 0; j < horizon; j++) {
      let sum = 0
      let count = 0
      for (let i = n - period + (j % period); i >= 0 && count < seasons; i -= period) {
        sum += at(values, i)
        count++
      }
      forecast[j] = sum / count
    }
    return { values: forecast, parameters: NONE, sigma: 1.25 * seasonalStep(values, period) }
  }
}

/**
 * What a shop does with last year's months: the last seasons brought to the level of the last one, times how much the latest half a season was above the same
 * steps a season earlier, as far as that is more than chance. For values above zero and at least a season and some steps; else the mean of the last seasons.
 */
export function seasonalGrowth(seasons: number): Model {
  const otherwise = seasonalMean(4)
  return (values, period, horizon, learnt) => {
    const n = values.length
    const reach = Math.min(Math.round(period / 2), n - period)
    if (reach < FEWEST || !(least(values) > 0)) return otherwise(values, period, horizon, learnt)
    const blocks = Math.min(Math.floor(n / period), seasons)
    const level = (block: number): number => mean(values.subarray(n - block * period, n - (block - 1) * period))
    const factors = Array.from({ length: blocks }, (_, k) => level(1) / level(k + 1) / blocks)
    const growth = growthOver(values, period, reach)
    const shape = new Float64Array(Math.min(period, horizon))
    for (let i = 0; i < shape.length; i++) {
      const sum = factors.reduce((total, factor, k) => total + factor * at(values, n - (k + 1) * period + i), 0)
      shape[i] = sum * growth
    }
    const forecast = new Float64Array(horizon)
    for (let j = 0; j < horizon; j++) forecast[j] = at(shape, j % period)
    return { values: forecast, parameters: NONE, sigma: 1.25 * seasonalStep(values, period) }
  }
}

const FEWEST = 3

/** The last `reach` steps over the same a season earlier, between half and double, drawn to 1 by how much the differences scatter. */
function growthOver(values: Float64Array, period: number, reach: number): number {
  const n = values.length
  const latest = mean(values.subarray(n - reach))
  const before = mean(values.subarray(n - reach - period, n - period))
  const change = latest - before
  let squares = 0
  for (let i = n - reach; i < n; i++) squares += (at(values, i) - at(values, i - period) - change) ** 2
  const evidence = change ** 2 * reach * (reach - 1)
  const trust = evidence === 0 ? 0 : evidence / (evidence + squares)
  return Math.min(Math.max(latest / before, 0.5), 2) ** trust
}
