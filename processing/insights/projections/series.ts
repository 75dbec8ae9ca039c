import { addDays, addMonths, type Day, daysBetween, lastDayOf, monthOf } from '#shared/day.ts'
import { togetherness } from '#shared/projection.ts'
import type { Forecast } from '../forecast/forecast.ts'
import type { History } from './history.ts'

export const horizonDays = 90

/** One series' own view of the days ahead, before levels add up. `edges`: the two of 80 %, the two of 95 %, and the deviation. */
export type Base = {
  readonly base: Float64Array
  readonly edges: readonly Float64Array[]
  readonly together: number
  readonly how: 'day' | 'month' | 'share'
  readonly method: string
  readonly backtest: Forecast['backtest']
}

/** What all series of a chain have in common. */
export type Setting = {
  readonly starts: Day
  /** Days without any data although the chain is usually open then. */
  readonly missing: ReadonlySet<Day>
}

/** Dense enough in days for a daily model, in months for a monthly one, or only for a share of its parent. */
export function howOf({ level, values }: History, starts: Day): Base['how'] {
  if (level === 'chain') return 'day'
  const recent = values.subarray(Math.max(0, values.length - 182))
  const sold = recent.reduce((count, value) => count + (value === 0 ? 0 : 1), 0)
  if (recent.length >= 28 && sold >= 0.5 * recent.length) return 'day'
  const months = monthlySums(values, starts).slice(-12)
  return months.length >= 12 && months.filter(value => value !== 0).length >= 9 ? 'month' : 'share'
}

/** A daily series as the engine wants it: days whose data is missing are gaps. */
export function dailyInput({ values }: History, { starts, missing }: Setting): Float64Array {
  const from = addDays(starts, -values.length)
  const input = values.slice()
  for (const day of missing) {
    const at = daysBetween(from, day)
    if (at >= 0 && at < values.length) input[at] = Number.NaN
  }
  return input
}

export function fromDays({ values }: History, forecast: Forecast): Base {
  const { lo80, hi80, lo95, hi95, method, backtest } = forecast
  const deviation = hi80.map((hi, i) => Math.max(0, hi - (lo80[i] ?? hi)) / 2.5631)
  const edges = [lo80, hi80, lo95, hi95, deviation]
  return { base: forecast.values, edges, together: togetherness(values), how: 'day', method, backtest }
}

/** Sums of the whole months before `starts`, from the series' first whole one on. */
export function monthlySums(values: Float64Array, starts: Day): Float64Array {
  const first = addDays(starts, -values.length)
  const begin = first.endsWith('-01') ? monthOf(first) : addMonths(monthOf(first), 1)
  const sums: number[] = []
  for (let month = begin; lastDayOf(month) < starts; month = addMonths(month, 1)) {
    const from = daysBetween(first, `${month}-01`)
    sums.push(values.subarray(from, from + Number(lastDayOf(month).slice(8))).reduce((sum, value) => sum + value, 0))
  }
  return Float64Array.from(sums)
}

/** How many months a monthly forecast must reach to cover the horizon: the current one and those after. */
export const monthsAhead = 5

/** Spreads a monthly forecast over the days ahead as the parent's are; intervals of single days are those the days themselves had. */
export function fromMonths(history: History, forecast: Forecast, parent: Float64Array, starts: Day): Base {
  const base = new Float64Array(horizonDays)
  const deviation = new Float64Array(horizonDays)
  for (let i = 0; i < monthsAhead; i++) {
    const month = addMonths(monthOf(starts), i)
    const days = Number(lastDayOf(month).slice(8))
    const from = Math.max(0, daysBetween(starts, `${month}-01`))
    const to = Math.min(horizonDays, daysBetween(starts, lastDayOf(month)) + 1)
    const seen = parent.subarray(from, to)
    // The parent's amount for the whole month is known for its days ahead only: the rest are taken to be like them.
    const whole = (seen.reduce((sum, value) => sum + value, 0) * days) / Math.max(1, seen.length)
    const spread = Math.max(0, (forecast.hi80[i] ?? 0) - (forecast.lo80[i] ?? 0)) / 2.5631
    for (let day = from; day < to; day++) {
      base[day] = (forecast.values[i] ?? 0) * (whole > 0 ? (parent[day] ?? 0) / whole : 1 / days)
      deviation[day] = spread / Math.sqrt(days)
    }
  }
  const edges = [...empirical(history.values, base), deviation]
  return { base, edges, together: 1, how: 'month', method: forecast.method, backtest: forecast.backtest }
}

/** Too sparse for a model: its share of its parent over the last year. */
export function fromShare(history: History, parentValues: Float64Array, parent: Float64Array): Base {
  const window = Math.min(365, parentValues.length)
  const sum = (values: Float64Array) => values.subarray(Math.max(0, values.length - window)).reduce((a, b) => a + b, 0)
  const whole = sum(parentValues)
  const share = whole > 0 ? Math.max(0, sum(history.values) / whole) : 0
  const base = parent.map(value => value * share)
  const recent = history.values.subarray(Math.max(0, history.values.length - window))
  const mean = recent.reduce((a, b) => a + b, 0) / Math.max(1, window)
  const variance = recent.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, window)
  const deviation = new Float64Array(horizonDays).fill(Math.sqrt(variance))
  return {
    base,
    edges: [...empirical(history.values, base), deviation],
    together: 1,
    how: 'share',
    method: 'share',
    backtest: undefined,
  }
}

/** Intervals from the quantiles that days of the last year had, zeros too: a normal one would be far from a series that mostly sells nothing. */
function empirical(values: Float64Array, base: Float64Array): Float64Array[] {
  const recent = values.slice(Math.max(0, values.length - 365)).sort()
  const at = (share: number) => recent[Math.min(recent.length - 1, Math.floor(share * recent.length))] ?? 0
  const low = (share: number) => base.map(value => Math.min(value, at(share)))
  const high = (share: number) => base.map(value => Math.max(value, at(share)))
  return [low(0.1), high(0.9), low(0.025), high(0.975)]
}

/** Days on which the chain sold nothing although it nearly always does on that weekday: data that is missing, not a closed shop. */
export function missingDays(values: Float64Array, starts: Day): Set<Day> {
  const missing = new Set<Day>()
  for (let phase = 0; phase < 7; phase++) {
    const days = Array.from(values.keys()).filter(i => i % 7 === phase)
    const empty = days.filter(i => values[i] === 0)
    if (days.length < 8 || empty.length > 0.2 * days.length) continue
    for (const i of empty) missing.add(addDays(starts, i - values.length))
  }
  return missing
}
