import type { Model } from './smoothing.ts'
import { at, mean, seasonalStep } from './vector.ts'

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
