import { type Backtest, type Fold, measure, naiveWins, replay, roll, weigh } from './backtest.ts'
import { type Calendar, learnHolidays, namesOf } from './calendar.ts'
import { type Candidate, candidatesFor, combine, leanOf, project } from './candidates.ts'
import { analytic, calibrated, FOLDS_TO_CALIBRATE, type Intervals, tidy } from './intervals.ts'
import { naive, seasonalMean, seasonalNaive } from './naive.ts'
import { type Prepared, prepare, sinceOpening, withoutSlip } from './prepare.ts'
import { dampedHoltWinters, type Model } from './smoothing.ts'
import { dynamicTheta, theta } from './theta.ts'
import { at, mean, seasonalStep } from './vector.ts'

/** The methods that can be asked for by name. `default` draws on all of them and on the backtest. */
export const methods = [
  'default',
  'theta',
  'damped',
  'dynamic-theta',
  'naive',
  'seasonal-naive',
  'seasonal-mean',
] as const
export type Method = (typeof methods)[number]

const named: Record<Exclude<Method, 'default'>, Model> = {
  theta,
  damped: dampedHoltWinters,
  'dynamic-theta': dynamicTheta,
  naive,
  'seasonal-naive': seasonalNaive,
  'seasonal-mean': seasonalMean(4),
}

export type ForecastOptions = {
  /** Steps in one season: 7 for days, 12 for months, 1 for none. */
  readonly period: number
  readonly horizon: number
  readonly method?: Method
  /** For daily series: takes the holidays of a country into account. Without it days are just steps. */
  readonly calendar?: Calendar
}

export type Forecast = Intervals & {
  readonly values: Float64Array
  /** What was used in the end: where the backtest says so, `seasonal-naive` instead of `default`. */
  readonly method: Method
  /** Absent where the series is too short to have one. */
  readonly backtest: Backtest | undefined
}

/**
 * Forecasts the steps after the last of `values` (one per step, NaN for a gap) with 80 % and 95 % intervals.
 * Any input of at least one step gives finite numbers; without negative values in the past there are none in the forecast.
 */
export function forecastSeries(values: Float64Array, options: ForecastOptions): Forecast {
  const { calendar, ...plain } = options
  return calendar === undefined ? withoutCalendar(values, plain) : withCalendar(values, plain, calendar)
}

/** Holidays that are unlike other days are gaps to the models (also in the backtest); what they do is put on the forecast. */
function withCalendar(values: Float64Array, options: ForecastOptions, calendar: Calendar): Forecast {
  const n = values.length
  const names = namesOf(calendar, n, options.horizon)
  const effects = learnHolidays(values, names.slice(0, n), options.period)
  const effectAt = (i: number): number => effects.get(names[i] ?? '') ?? 1
  const usual = values.map((value, i) => (Math.abs(effectAt(i) - 1) > 0.1 ? Number.NaN : value))
  if (usual.every(Number.isNaN)) return withoutCalendar(values, options)
  const forecast = withoutCalendar(usual, options)
  const put = (edges: Float64Array): Float64Array => edges.map((edge, j) => edge * effectAt(n + j))
  return {
    ...forecast,
    values: put(forecast.values),
    lo80: put(forecast.lo80),
    hi80: put(forecast.hi80),
    lo95: put(forecast.lo95),
    hi95: put(forecast.hi95),
  }
}

function withoutCalendar(values: Float64Array, { period, horizon, method = 'default' }: ForecastOptions): Forecast {
  if (values.every(value => value === 0 || Number.isNaN(value))) return flat(0, horizon, method)
  return method === 'default'
    ? automatic(sinceOpening(withoutSlip(values), period), period, horizon)
    : byName(values, period, horizon, method)
}

function flat(value: number, horizon: number, method: Method): Forecast {
  const values = new Float64Array(horizon).fill(value)
  return { values, lo80: values, hi80: values, lo95: values, hi95: values, method, backtest: undefined }
}

function byName(values: Float64Array, period: number, horizon: number, method: Exclude<Method, 'default'>): Forecast {
  const candidate: Candidate = { name: method, model: named[method], prior: 1 }
  const asIs = { winsorise: false, closed: false }
  const prepared = prepare(values, period, asIs)
  const run = project(candidate, prepared, horizon)
  const { folds } = roll(values, period, horizon, [candidate], asIs)
  const said = folds.map(fold => fold.forecasts[0] ?? fold.actual)
  return finish(values, prepared, period, run.values, run.sigma, folds, said, method)
}

function automatic(values: Float64Array, period: number, horizon: number): Forecast {
  const robust = { winsorise: true, closed: true }
  const prepared = prepare(values, period, robust)
  if (prepared.ended) return flat(0, horizon, 'default')
  const candidates = candidatesFor(prepared.values.length, prepared.period, period)
  const { folds, learnt } = roll(values, period, horizon, candidates, robust)
  const said = replay(folds, candidates)
  const weights = weigh(folds, candidates, values.length, leanOf(prepared.values, prepared.period))
  const runs = candidates.map((candidate, i) => {
    const start = learnt[i]
    return project(candidate, prepared, horizon, start && { ...start, use: 'refine' })
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const sigma = runs.reduce((sum, run, i) => sum + (run.sigma * (weights[i] ?? 0)) / total, 0)
  if (naiveWins(folds, said)) return byName(values, period, horizon, 'seasonal-naive')
  const combined = combine(
    runs.map(run => run.values),
    weights,
  )
  const seen = Math.round((prepared.values.length * period) / prepared.period)
  const forecast = heldAfter(combined, Math.max(seen, 1), period)
  return finish(values, prepared, period, forecast, sigma, folds, said, 'default', runs[0]?.parameters[0] ?? 0)
}

/** No trend goes on for longer than it was seen: farther ahead than the history is long, the last season comes again. */
function heldAfter(forecast: Float64Array, seen: number, period: number): Float64Array {
  return forecast.map((value, j) => {
    if (j < seen) return value
    const before = j - period * Math.ceil((j - seen + 1) / period)
    return at(forecast, seen >= period ? before : seen - 1)
  })
}

/** The part of the level's own variance a step (alpha squared) that forecasts of short series err by: half of a forecast is its level. */
const WANDERING = 0.25

/** `wander`: how fast the level follows what comes (alpha), 0 where that is not known. */
function finish(
  history: Float64Array,
  prepared: Prepared,
  period: number,
  forecast: Float64Array,
  sigma: number,
  folds: readonly Fold[],
  said: readonly Float64Array[],
  method: Method,
  wander = 0,
): Forecast {
  const floor = history.every(value => !(value < 0)) ? 0 : Number.NEGATIVE_INFINITY
  const values = forecast.map(value => Math.max(Number.isFinite(value) ? value : 0, floor))
  const backtest = folds.length > 0 ? measure(history, period, folds, said) : undefined
  const intervals =
    folds.length >= FOLDS_TO_CALIBRATE
      ? calibrated(values, history.length, period, folds, said)
      : analytic(
          values,
          spread(history, prepared, sigma, folds, said),
          Math.max(period > 1 ? 0.06 : 0.5, WANDERING * wander ** 2),
          prepared.values.length,
        )
  return { values, ...tidy(values, intervals, floor, prepared.isClosed), method, backtest }
}

/** The one-step error of a short series: between the fit's own and what the few folds show, nearer the larger; a quarter of a lone value. */
function spread(
  history: Float64Array,
  prepared: Prepared,
  sigma: number,
  folds: readonly Fold[],
  said: readonly Float64Array[],
): number {
  const n = prepared.values.length
  if (n < 3) return Math.max(seasonalStep(prepared.values, 1), Math.abs(mean(prepared.values)) / 4)
  let size = 0
  let count = 0
  folds.forEach((fold, k) => {
    for (let j = 0; j < fold.actual.length; j++) {
      const error = at(fold.actual, j) - at(said[k] ?? fold.actual, j)
      if (Number.isNaN(error)) continue
      size += Math.abs(error)
      count++
    }
  })
  const seen = count === 0 ? 0 : (1.25 * size) / count
  const naiveStep = usualStep(
    history.filter(value => !Number.isNaN(value)),
    prepared.period,
  )
  const fitted = Number.isFinite(sigma) ? Math.min(sigma, 2 * naiveStep) : naiveStep
  // The larger of two guesses is too large on average.
  return seen === 0 ? fitted : 0.7 * Math.max(fitted, seen) + 0.3 * Math.min(fitted, seen)
}

/** The mean step from season to season; where only a few can be compared, drawn to that from one value to the next. */
function usualStep(values: Float64Array, period: number): number {
  const compared = Math.max(values.length - period, 0)
  const seasonal = compared > 0 ? seasonalStep(values, period) : 0
  const trusted = Math.min(compared / FEW, 1)
  return trusted * seasonal + (1 - trusted) * seasonalStep(values, 1)
}

const FEW = 8
