import { naive, seasonalGrowth, seasonalMean, seasonalNaive } from './naive.ts'
import type { Prepared } from './prepare.ts'
import { dampedHoltWinters, type Fit, type Learnt, type Model } from './smoothing.ts'
import { dynamicTheta, theta } from './theta.ts'
import { at, median, seasonalStep } from './vector.ts'
import { withYear } from './year.ts'

/** A model that the default may draw on; `prior` is its weight before any evidence. `repeats`: it does what the last seasons did. */
export type Candidate = {
  readonly name: string
  readonly model: Model
  readonly prior: number
  readonly repeats?: boolean
}

const DAYS_OF_YEAR = 365.25
const YEARS_FOR_A_YEAR = 2.2

const averageOfLastSeasons = seasonalMean(4)
const growthOfLastSeasons = seasonalGrowth(3)
/** Seasons of so many steps (months, weeks) are years: last year says much, and the growth over it can be told from chance. */
const YEAR_IN_STEPS = 12
/** The middle of a series too young for more. */
const middle: Model = (values, _period, horizon) => ({
  values: new Float64Array(horizon).fill(median(values)),
  parameters: new Float64Array(0),
  sigma: 1.25 * seasonalStep(values, 1),
})
/** A model with a trend needs so many steps to be trusted in full. */
const GROWN = 10

/** A longer season that a long series may have beside its own: the week of hours, the year of weeks. */
const longer: ReadonlyMap<number, number> = new Map([
  [24, 168],
  [1, 52],
])

const atLonger =
  (model: Model, period: number): Model =>
  (values, _period, horizon, learnt) =>
    model(values, period, horizon, learnt)

/** With fewer than three seasons, models can't tell a season from chance. */
const isShort = (length: number, period: number): boolean => length < 3 * period + 4

/**
 * How much more the models that repeat the last seasons are worth than their prior: for short series, how much closer values are to the one a season earlier
 * than to the mean of the season before them, to the third power. 1 for long series, whose backtest says it better.
 */
export function leanOf(values: Float64Array, period: number): number {
  const n = values.length
  if (period < 2 || !isShort(n, period) || n < period + MIN_COMPARED) return 1
  let repeated = 0
  let level = 0
  let sum = 0
  for (let i = 0; i < n; i++) {
    const value = at(values, i)
    if (i >= period) {
      repeated += Math.abs(value - at(values, i - period))
      level += Math.abs(value - sum / period)
      sum -= at(values, i - period)
    }
    sum += value
  }
  if (repeated === 0) return level === 0 ? 1 : MOST_LEAN
  return Math.min(Math.max((level / repeated) ** LEAN_POWER, 1 / MOST_LEAN), MOST_LEAN)
}

const MIN_COMPARED = 4
const MOST_LEAN = 64
const LEAN_POWER = 3

/** The candidates for a series of `length` open steps: three parts of models to one part average of the last seasons. */
export function candidatesFor(length: number, period: number, week = period): Candidate[] {
  const seasonal = period > 1
  const short = isShort(length, period)
  const grown = Math.min(length / GROWN, 1) ** 2
  const list: Candidate[] = [
    { name: 'theta', model: theta, prior: grown * (short ? 0.5 : 1) },
    { name: 'damped', model: dampedHoltWinters, prior: grown * (short ? 0.25 : 1) },
    { name: 'dynamic-theta', model: dynamicTheta, prior: grown * (short ? 0.25 : 1) },
  ]
  if (grown < 1) list.push({ name: 'median', model: middle, prior: 1 - grown })
  if (seasonal) {
    list.push({ name: 'seasonal-mean', model: averageOfLastSeasons, prior: 1, repeats: true })
    list.push({ name: 'seasonal-naive', model: seasonalNaive, prior: short ? 0.5 : 0.1, repeats: true })
  } else list.push({ name: 'naive', model: naive, prior: short ? 1 : 0.1 })
  if (period >= YEAR_IN_STEPS && length < 8 * period)
    list.push({ name: 'seasonal-growth', model: growthOfLastSeasons, prior: 1, repeats: true })
  const wide = longer.get(period) ?? 0
  if (wide > 0 && length >= 3 * wide) {
    list.push({ name: 'damped-long', model: atLonger(dampedHoltWinters, wide), prior: 1 })
    list.push({ name: 'seasonal-mean-long', model: atLonger(averageOfLastSeasons, wide), prior: 1 })
  }
  if (week === 7 && length >= YEARS_FOR_A_YEAR * DAYS_OF_YEAR * (period / week)) {
    const year = Math.round(DAYS_OF_YEAR * (period / week))
    list.push({ name: 'theta-year', model: withYear(theta, year, period), prior: 1 })
    list.push({ name: 'damped-year', model: withYear(dampedHoltWinters, year, period), prior: 1 })
  }
  return list
}

/** Runs one candidate on a prepared series and puts the closed steps back; parameters may come from an earlier fit. */
export function project(candidate: Candidate, prepared: Prepared, horizon: number, learnt?: Learnt): Fit {
  const fit = candidate.model(prepared.values, prepared.period, prepared.openSteps(horizon), learnt)
  return { ...fit, values: prepared.spread(fit.values, horizon) }
}

/** Weighted mean of forecasts of the same length. */
export function combine(forecasts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const sum = new Float64Array(forecasts[0]?.length ?? 0)
  forecasts.forEach((forecast, i) => {
    const weight = (weights[i] ?? 0) / total
    if (weight > 0) for (let j = 0; j < sum.length; j++) sum[j] = at(sum, j) + weight * at(forecast, j)
  })
  return sum
}
