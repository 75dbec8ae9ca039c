import type { Fold } from './backtest.ts'
import { at, mean, quantileSorted } from './vector.ts'

/** Prediction intervals: 80 and 95 of 100 values should fall inside. */
export type Intervals = {
  readonly lo80: Float64Array
  readonly hi80: Float64Array
  readonly lo95: Float64Array
  readonly hi95: Float64Array
}

/** From here on the backtest's own errors say how wide intervals are; below, a normal distribution does. */
export const FOLDS_TO_CALIBRATE = 8

type Width = { readonly below: number; readonly above: number }

function around(values: Float64Array, scale: (j: number) => number, eighty: Width, ninetyFive: Width): Intervals {
  const edge = (width: number): Float64Array => values.map((value, j) => value + width * scale(j))
  return {
    lo80: edge(eighty.below),
    hi80: edge(eighty.above),
    lo95: edge(ninetyFive.below),
    hi95: edge(ninetyFive.above),
  }
}

/**
 * Normal intervals for series too short to calibrate: one-step error `sigma`, variance growing by `growth` a step, made
 * wider for the few points that `sigma` was learnt from.
 */
export function analytic(values: Float64Array, sigma: number, growth: number, length: number): Intervals {
  const n = Math.max(length, 2)
  const wider = 1 + 2 / n + 16 / n ** 2
  const scale = (j: number): number => sigma * wider * Math.sqrt(1 + growth * j)
  return around(values, scale, { below: -1.2816, above: 1.2816 }, { below: -1.96, above: 1.96 })
}

/**
 * Intervals from the errors of the rolling backtest (split conformal prediction: Vovk, Gammerman & Shafer 2005). Errors are
 * brought to today's level, divided by how large they are at that distance (a line, never falling) and phase of the season
 * (drawn to the average), pooled, and the quantiles of the pool put back on the forecast. Tails move outwards by how
 * few folds there are that do not overlap.
 */
export function calibrated(
  values: Float64Array,
  origin: number,
  period: number,
  folds: readonly Fold[],
  said: readonly Float64Array[],
): Intervals {
  const reach = folds[0]?.actual.length ?? 0
  const byStep = new Float64Array(reach)
  const stepCount = new Float64Array(reach)
  const byPhase = new Float64Array(period)
  const phaseCount = new Float64Array(period)
  let total = 0
  let count = 0
  const now = size(values.subarray(0, reach))
  const eachError = (visit: (error: number, j: number, phase: number) => void): void => {
    folds.forEach((fold, k) => {
      const then = size(said[k] ?? fold.actual)
      const level = now > 0 ? Math.min(Math.max(then / now, 0.5), 2) : 1
      const forecast = said[k] ?? fold.actual
      for (let j = 0; j < reach; j++) {
        const error = at(fold.actual, j) - at(forecast, j)
        // A closed day is known to be closed: its certainty must not narrow the open ones.
        if (Number.isNaN(error) || (error === 0 && at(forecast, j) === 0)) continue
        visit(error / level, j, (fold.origin + j) % period)
      }
    })
  }
  eachError((error, j, phase) => {
    const distance = Math.abs(error)
    byStep[j] = at(byStep, j) + distance
    stepCount[j] = at(stepCount, j) + 1
    byPhase[phase] = at(byPhase, phase) + distance
    phaseCount[phase] = at(phaseCount, phase) + 1
    total += distance
    count++
  })
  if (count === 0 || total === 0) return around(values, () => 0, { below: 0, above: 0 }, { below: 0, above: 0 })
  const average = total / count
  const slope = growthOf(byStep, stepCount, average)
  const centre = (reach - 1) / 2
  const scale = (j: number, phase: number): number => {
    const ownPhase = (at(byPhase, phase) + 8 * average) / (at(phaseCount, phase) + 8)
    return Math.max(average + slope * (j - centre), average / 3) * (ownPhase / average)
  }
  const scores = new Float64Array(count)
  let next = 0
  eachError((error, j, phase) => {
    scores[next++] = error / scale(j, phase)
  })
  scores.sort()
  const from = folds[0]?.origin ?? 0
  const until = (folds[folds.length - 1]?.origin ?? 0) + reach
  const apart = Math.min(folds.length, (until - from) / reach)
  const width = (tail: number, widen: number): Width => ({
    below: Math.min(quantileSorted(scores, tail) * widen, 0),
    above: Math.max(quantileSorted(scores, 1 - tail) * widen, 0),
  })
  return around(
    values,
    j => scale(j, (origin + j) % period),
    width(0.1, 1 + 0.6 / apart + 0.5 / apart ** 2),
    width(0.02, 1 + 1 / apart + 1.5 / apart ** 2),
  )
}

/** Mean absolute value. */
function size(values: Float64Array): number {
  return mean(values.map(Math.abs))
}

/** Least-squares slope of the mean absolute error over the distance, never negative. */
function growthOf(sums: Float64Array, counts: Float64Array, average: number): number {
  const reach = sums.length
  let covariance = 0
  let variance = 0
  for (let j = 0; j < reach; j++) {
    if (at(counts, j) === 0) continue
    const distance = j - (reach - 1) / 2
    covariance += distance * (at(sums, j) / at(counts, j) - average)
    variance += distance * distance
  }
  return variance === 0 ? 0 : Math.max(covariance / variance, 0)
}

/** Keeps intervals in order around the forecast, inside what is possible, and closed days certain. */
export function tidy(
  values: Float64Array,
  intervals: Intervals,
  floor: number,
  isCertain: (j: number) => boolean,
): Intervals {
  const lower = (edges: Float64Array): Float64Array =>
    edges.map((edge, j) => (isCertain(j) ? at(values, j) : Math.max(Math.min(edge, at(values, j)), floor)))
  const upper = (edges: Float64Array): Float64Array =>
    edges.map((edge, j) => (isCertain(j) ? at(values, j) : Math.max(edge, at(values, j))))
  const lo80 = lower(intervals.lo80)
  const hi80 = upper(intervals.hi80)
  return {
    lo80,
    hi80,
    lo95: lower(intervals.lo95).map((edge, j) => Math.min(edge, at(lo80, j))),
    hi95: upper(intervals.hi95).map((edge, j) => Math.max(edge, at(hi80, j))),
  }
}
