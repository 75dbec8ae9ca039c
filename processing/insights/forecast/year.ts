import type { Model } from './smoothing.ts'
import { at, mean } from './vector.ts'

/**
 * A model on a series with the year taken out, put back afterwards: for days with more than two years behind them. The
 * year is one smooth index per step: value over the mean of the year around it, averaged over the years and over
 * `smoothing` steps to each side, drawn half-way to 1 because two or three years say little about one day.
 */
export function withYear(model: Model, year: number, smoothing: number): Model {
  return (values, period, horizon, learnt) => {
    const index = yearIndex(values, year, smoothing)
    const n = values.length
    const fit = model(
      values.map((value, i) => value / at(index, i % year)),
      period,
      horizon,
      learnt,
    )
    return { ...fit, values: fit.values.map((value, j) => value * at(index, (n + j) % year)) }
  }
}

function yearIndex(values: Float64Array, year: number, smoothing: number): Float64Array {
  const n = values.length
  const sums = new Float64Array(year)
  const counts = new Float64Array(year)
  const floor = mean(values.map(Math.abs)) / 20
  let sum = 0
  for (let i = 0; i < n; i++) {
    sum += at(values, i)
    if (i >= year) sum -= at(values, i - year)
    if (i < year - 1) continue
    const centre = i - Math.floor(year / 2)
    const level = sum / year
    if (level <= floor) continue
    sums[centre % year] = at(sums, centre % year) + at(values, centre) / level
    counts[centre % year] = at(counts, centre % year) + 1
  }
  const raw = sums.map((total, i) => (at(counts, i) > 0 ? total / at(counts, i) : Number.NaN))
  return raw.map((_, i) => {
    let total = 0
    let count = 0
    for (let d = -smoothing; d <= smoothing; d++) {
      const value = at(raw, (i + d + year) % year)
      if (Number.isNaN(value)) continue
      total += value
      count++
    }
    const smooth = count === 0 ? 1 : total / count
    return Math.max((1 + smooth) / 2, 0.1)
  })
}
