import { deseasonalise, reseasonalise } from './season.ts'
import { fitLevel, type Model, search } from './smoothing.ts'
import { absolute, at, least, mean } from './vector.ts'

/**
 * The Theta method as the M4 competition's benchmark (Assimakopoulos & Nikolopoulos 2000): season taken out where the test
 * at 90 % finds one, then the mean of the regression line on time (theta 0) and simple exponential smoothing of the line
 * with doubled curvature (theta 2). Below zero it becomes zero, unless the series itself has been there.
 */
export const theta: Model = (values, period, horizon, learnt) => {
  const n = values.length
  const season = deseasonalise(values, period)
  const y = season.adjusted
  const centre = mean(y)
  let covariance = 0
  for (let i = 0; i < n; i++) covariance += (i - (n - 1) / 2) * (at(y, i) - centre)
  const slope = n > 1 ? covariance / ((n * (n * n - 1)) / 12) : 0
  const line = (i: number): number => centre + slope * (i - (n - 1) / 2)
  const curved = new Float64Array(n)
  for (let i = 0; i < n; i++) curved[i] = 2 * at(y, i) - line(i)
  const { alpha, level, sigma } = fitLevel(curved, learnt?.use === 'run' ? learnt.parameters[0] : undefined)
  const floor = least(values) >= 0 ? 0 : Number.NEGATIVE_INFINITY
  const forecast = new Float64Array(horizon)
  for (let j = 0; j < horizon; j++) forecast[j] = Math.max((level + line(n + j)) / 2, floor)
  return { values: reseasonalise(forecast, season, n), parameters: Float64Array.of(alpha), sigma: sigma / 2 }
}

/**
 * The dynamic optimised Theta model (Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016, eq. 7 to 12): the
 * regression line is renewed at each step, and alpha, theta and the first level minimise the one-step squared error.
 */
export const dynamicTheta: Model = (values, period, horizon, learnt) => {
  const n = values.length
  const season = deseasonalise(values, period)
  const y = season.adjusted
  const scale = Math.max(Math.abs(at(y, 0)), mean(absolute(y)), 1e-12)
  const forecast = new Float64Array(horizon)

  const run = (p: Float64Array, ahead: number): number => {
    const alpha = at(p, 0)
    const pull = 1 - 1 / at(p, 1)
    const keep = 1 - alpha
    let level = at(p, 2) * scale
    let centre = 0
    let slope = 0
    let base = 0
    let power = 1
    let cost = 0
    for (let i = 0; i < n + ahead; i++) {
      const t = i + 1
      const next = i === 0 ? at(y, 0) : level + pull * (power * base + ((1 - power * keep) / alpha) * slope)
      const value = i < n ? at(y, i) : next
      if (i >= n) forecast[i - n] = next
      else if (i >= 2) cost += (value - next) ** 2
      level = alpha * value + keep * level
      slope = i === 0 ? 0 : ((t - 2) * slope + (6 * (value - centre)) / t) / (t + 1)
      centre = ((t - 1) * centre + value) / t
      base = centre - (slope * (t + 1)) / 2
      power *= keep
    }
    return cost
  }

  const bounds = { low: [0.02, 1, -10], high: [0.99, 20, 10] }
  const point = search(p => run(p, 0), [0.5, 2, at(y, 0) / 2 / scale], bounds, 90, learnt)
  const cost = run(point, horizon)
  return {
    values: reseasonalise(forecast, season, n),
    parameters: point,
    sigma: Math.sqrt(cost / Math.max(n - 3, 1)),
  }
}
