import { type Candidate, combine, leanOf, project } from './candidates.ts'
import { seasonalNaive } from './naive.ts'
import { type PrepareOptions, prepare } from './prepare.ts'
import type { Learnt } from './smoothing.ts'
import { at, gapsAs, seasonalStep } from './vector.ts'

/** What each candidate said at one origin, and what then happened (NaN where unknown). */
export type Fold = {
  readonly origin: number
  readonly actual: Float64Array
  readonly forecasts: readonly Float64Array[]
  readonly seasonalNaive: Float64Array
  /** See `leanOf`: as it was at the origin. */
  readonly lean: number
  /** Over the first so many steps: how many are known, and each candidate's sum of absolute errors. */
  readonly errorsUpTo: { readonly seen: Float64Array; readonly of: readonly Float64Array[] }
}

/** How a forecast would have done over rolling origins, and how the seasonal naive one would have. */
export type Backtest = {
  readonly folds: number
  readonly horizon: number
  /** Mean absolute scaled error; the scale is the in-sample seasonal naive error up to the first origin. */
  readonly mase: number
  /** Sum of absolute errors over sum of absolute values; NaN where all values are zero. */
  readonly wape: number
  readonly naiveMase: number
  readonly naiveWape: number
}

const MOST_FOLDS = 10

/** Origins from old to new such that each has `horizon` known steps after it and enough before it to learn from. */
export function origins(length: number, period: number, horizon: number): { at: number[]; horizon: number } {
  const reach = Math.min(horizon, Math.max(Math.floor(length / 4), 1))
  const least = Math.max(Math.floor(length / 2), Math.min(2 * period + 2, length), 4)
  const room = length - reach - least
  if (room < 0) return { at: [], horizon: reach }
  const count = Math.min(MOST_FOLDS, room + 1)
  const stride = count > 1 ? room / (count - 1) : 0
  const list: number[] = []
  for (let k = 0; k < count; k++) list.push(length - reach - Math.round((count - 1 - k) * stride))
  return { at: list, horizon: reach }
}

/**
 * Forecasts of all candidates at each origin, from nothing but what was known then: preparation, parameters (learnt at
 * the first origin, run on at later ones) and states use earlier steps only. Also returns what was learnt.
 */
export function roll(
  values: Float64Array,
  period: number,
  horizon: number,
  candidates: readonly Candidate[],
  options: PrepareOptions,
): { folds: Fold[]; learnt: (Learnt | undefined)[] } {
  const plan = origins(values.length, period, horizon)
  const learnt: (Learnt | undefined)[] = []
  const folds = plan.at.map(origin => {
    const known = values.subarray(0, origin)
    const prepared = prepare(known, period, options)
    const forecasts = candidates.map((candidate, i) => {
      const run = project(candidate, prepared, plan.horizon, learnt[i])
      learnt[i] = { parameters: run.parameters, use: 'run' }
      return run.values
    })
    const lastSeason = gapsAs(0, known.subarray(Math.max(origin - period, 0)))
    const actual = values.subarray(origin, origin + plan.horizon)
    return {
      origin,
      actual,
      forecasts,
      seasonalNaive: seasonalNaive(lastSeason, period, plan.horizon).values,
      lean: leanOf(prepared.values, prepared.period),
      errorsUpTo: errorSums(actual, forecasts),
    }
  })
  return { folds, learnt }
}

/**
 * Weights from what was known at `origin`: prior times (least error / own error) ^ power, errors over the steps before it.
 * The power grows with the evidence.
 */
export function weigh(
  folds: readonly Fold[],
  candidates: readonly Candidate[],
  origin: number,
  lean: number,
  power = 4,
): number[] {
  const priors = candidates.map(({ prior, repeats }) => (repeats === true ? prior * lean : prior))
  const errors = new Float64Array(candidates.length)
  let seen = 0
  let used = 0
  for (const { errorsUpTo, ...fold } of folds) {
    const reach = Math.min(fold.actual.length, origin - fold.origin)
    if (reach <= 0) continue
    used++
    seen += at(errorsUpTo.seen, reach)
    for (let i = 0; i < errors.length; i++) errors[i] = at(errors, i) + at(errorsUpTo.of[i] ?? errorsUpTo.seen, reach)
  }
  const least = Math.min(...errors)
  if (seen === 0 || !(least > 0)) return priors
  const strength = power * Math.min(used / 8, 1)
  return priors.map((prior, i) => prior * (least / at(errors, i)) ** strength)
}

/** Sums of absolute errors over the first steps of a fold: weights are asked for at every later origin. */
function errorSums(actual: Float64Array, forecasts: readonly Float64Array[]): Fold['errorsUpTo'] {
  const reach = actual.length
  const seen = new Float64Array(reach + 1)
  for (let j = 0; j < reach; j++) seen[j + 1] = at(seen, j) + (Number.isNaN(at(actual, j)) ? 0 : 1)
  const of = forecasts.map(forecast => {
    const sums = new Float64Array(reach + 1)
    for (let j = 0; j < reach; j++) {
      const error = Math.abs(at(actual, j) - at(forecast, j))
      sums[j + 1] = at(sums, j) + (Number.isNaN(at(actual, j)) ? 0 : error)
    }
    return sums
  })
  return { seen, of }
}

/** Whether the seasonal naive forecast is better by a tenth over all, and at three of four origins: then it is used. */
export function naiveWins(folds: readonly Fold[], said: readonly Float64Array[]): boolean {
  if (folds.length < 4) return false
  let own = 0
  let naive = 0
  let wins = 0
  folds.forEach((fold, k) => {
    let ownHere = 0
    let naiveHere = 0
    for (let j = 0; j < fold.actual.length; j++) {
      const actual = at(fold.actual, j)
      if (Number.isNaN(actual)) continue
      ownHere += Math.abs(actual - at(said[k] ?? fold.actual, j))
      naiveHere += Math.abs(actual - at(fold.seasonalNaive, j))
    }
    own += ownHere
    naive += naiveHere
    if (naiveHere < ownHere) wins++
  })
  return own > 1.1 * naive && wins >= 0.75 * folds.length
}

/** What the weighted mean of the candidates would have said at each origin, weighted by what was known there. */
export function replay(folds: readonly Fold[], candidates: readonly Candidate[]): Float64Array[] {
  return folds.map(fold => combine(fold.forecasts, weigh(folds, candidates, fold.origin, fold.lean)))
}

export function measure(
  values: Float64Array,
  period: number,
  folds: readonly Fold[],
  said: readonly Float64Array[],
): Backtest {
  let own = 0
  let naive = 0
  let size = 0
  let count = 0
  folds.forEach((fold, k) => {
    for (let j = 0; j < fold.actual.length; j++) {
      const actual = at(fold.actual, j)
      if (Number.isNaN(actual)) continue
      own += Math.abs(actual - at(said[k] ?? fold.actual, j))
      naive += Math.abs(actual - at(fold.seasonalNaive, j))
      size += Math.abs(actual)
      count++
    }
  })
  const start = gapsAs(0, values.subarray(0, folds[0]?.origin ?? 0))
  const scale = seasonalStep(start, period)
  const scaled = (sum: number): number => (count === 0 || scale === 0 ? Number.NaN : sum / count / scale)
  return {
    folds: folds.length,
    horizon: folds[0]?.actual.length ?? 0,
    mase: scaled(own),
    wape: size === 0 ? Number.NaN : own / size,
    naiveMase: scaled(naive),
    naiveWape: size === 0 ? Number.NaN : naive / size,
  }
}
