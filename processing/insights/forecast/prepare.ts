import { at, countGaps, countZeros, gapsAs, median, medianAbsoluteDeviation, quantile } from './vector.ts'

/**
 * A series made fit for modelling: only open phases, no gaps, no outliers. `steps` are dense from the first to the last
 * open step; `place(j)` says which step of a forecast over open steps belongs to calendar step `j` after the last
 * (`undefined`: closed then).
 */
export type Prepared = {
  readonly values: Float64Array
  readonly period: number
  readonly ended: boolean
  /** Whether step `j` after the last falls on a closed phase. */
  readonly isClosed: (j: number) => boolean
  readonly openSteps: (horizon: number) => number
  readonly spread: (forecast: Float64Array, horizon: number) => Float64Array
}

export type PrepareOptions = { readonly winsorise: boolean; readonly closed: boolean }

/** Phases are looked at over this many seasons back to say whether they are still closed. */
const CLOSED_SEASONS = 8
const WINSOR_DEVIATIONS = 4
/** Beyond a week of days, seasons are too long for the level to stand still in them: only absurd values are pulled back. */
const WINSOR_LONGEST = 7

/** Gaps (NaN) become zero where most of the series is gaps (sales that are rare), else the value one season nearby. */
function fillGaps(values: Float64Array, period: number): Float64Array {
  const gaps = countGaps(values)
  if (gaps === 0) return values
  if (gaps > 0.3 * values.length) return gapsAs(0, values)
  const filled = values.slice()
  for (let i = 0; i < filled.length; i++) {
    if (!Number.isNaN(at(filled, i))) continue
    const before = i >= period ? at(filled, i - period) : at(filled, i - 1)
    let after = i + period
    while (after < values.length && Number.isNaN(at(values, after))) after += period
    const next = at(values, after)
    const both = [before, next].filter(value => !Number.isNaN(value))
    filled[i] = both.length === 0 ? 0 : both.reduce((sum, value) => sum + value, 0) / both.length
  }
  return filled
}

/** The life of a series: a run of zeros or gaps at the start, a season long or longer, is before its opening. */
export function sinceOpening(values: Float64Array, period: number): Float64Array {
  let first = 0
  while (first < values.length && (at(values, first) === 0 || Number.isNaN(at(values, first)))) first++
  return first === values.length || first < period ? values : values.subarray(first)
}

/** Phases (counted from the series' first step) without any sale in the last seasons, while others have them. */
function closedPhases(values: Float64Array, period: number): boolean[] {
  const closed = new Array<boolean>(period).fill(false)
  if (period < 2 || period > 31 || values.length < 3 * period) return closed
  const first = Math.max(values.length - CLOSED_SEASONS * period, 0)
  const idle = new Float64Array(period)
  const seen = new Float64Array(period)
  for (let i = first; i < values.length; i++) {
    const phase = i % period
    const value = at(values, i)
    seen[phase] = at(seen, phase) + 1
    if (value === 0 || Number.isNaN(value)) idle[phase] = at(idle, phase) + 1
  }
  for (let phase = 0; phase < period; phase++) closed[phase] = at(idle, phase) === at(seen, phase)
  const open = closed.filter(isClosed => !isClosed).length
  if (open === 0) return closed.fill(false)
  let busy = 0
  let total = 0
  for (let phase = 0; phase < period; phase++) {
    if (closed[phase] === true) continue
    busy += at(seen, phase) - at(idle, phase)
    total += at(seen, phase)
  }
  // A product that seldom sells has phases that are empty by chance: those are not closed days.
  return busy / total >= 0.6 ? closed : closed.fill(false)
}

/** The level of each block: the median of its own median and its neighbours'. A block cut short looks back a whole one. */
function levelsOf(values: Float64Array, block: number): Float64Array {
  const n = values.length
  const count = Math.ceil(n / block)
  const own = new Float64Array(count)
  for (let b = 0; b < count; b++) {
    const to = Math.min((b + 1) * block, n)
    own[b] = median(values.subarray(to - block, to))
  }
  const levels = new Float64Array(count)
  for (let b = 0; b < count; b++) {
    const before = at(own, b === 0 ? 2 : b - 1)
    const after = at(own, b === count - 1 ? count - 3 : b + 1)
    levels[b] = Math.max(Math.min(before, after), Math.min(Math.max(before, after), at(own, b)))
  }
  return levels
}

/**
 * Pulls values back to median +- 4 MAD of their phase around a level that moves with the series (over three seasons). Where more than half of the deviations are nil, the spread is that of the others.
 */
function winsorise(values: Float64Array, period: number): Float64Array {
  const n = values.length
  const block = Math.max(period, 5)
  if (n < 3 * block || period === 1 || period > WINSOR_LONGEST) return withoutSpikes(values)
  const levels = levelsOf(values, block)
  const cleaned = values.slice()
  for (let phase = 0; phase < period; phase++) {
    const count = Math.ceil((n - phase) / period)
    const off = new Float64Array(count)
    for (let k = 0; k < count; k++) {
      const i = phase + k * period
      off[k] = at(values, i) - at(levels, Math.floor(i / block))
    }
    const centre = median(off)
    let spread = medianAbsoluteDeviation(off)
    if (spread === 0) {
      const others = off.map(value => Math.abs(value - centre)).filter(value => value > 0)
      spread = others.length > 1 && others.length > 0.02 * count ? quantile(others, 0.75) : 0
    }
    const reach = WINSOR_DEVIATIONS * spread
    for (let k = 0; k < count; k++) {
      const deviation = at(off, k) - centre
      if (Math.abs(deviation) > reach) {
        const i = phase + k * period
        cleaned[i] = at(levels, Math.floor(i / block)) + centre + Math.sign(deviation) * reach
      }
    }
  }
  return cleaned
}

/** Pulls back values that lie more than 20 times as far out as all but 2 % of the others. */
function withoutSpikes(values: Float64Array): Float64Array {
  if (values.length < 8) return values
  const centre = median(values)
  const far = values.map(value => Math.abs(value - centre))
  const reach = 20 * Math.max(quantile(far, Math.min(0.98, 1 - 2 / values.length)), Math.abs(centre) / 20)
  return values.map(value => Math.min(Math.max(value, centre - reach), centre + reach))
}

/**
 * A lone value a thousand times any other is a slip of the keyboard: it becomes a gap, so that it widens no interval either.
 */
export function withoutSlip(values: Float64Array): Float64Array {
  if (values.length < 8) return values
  let place = 0
  let largest = 0
  let second = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(at(values, i))
    if (size > largest) {
      second = largest
      largest = size
      place = i
    } else if (size > second) second = size
  }
  if (second === 0 || largest <= 1000 * second) return values
  const cleaned = values.slice()
  cleaned[place] = Number.NaN
  return cleaned
}

/** Zeros on days that are otherwise never empty are holidays or failures: they are replaced as gaps are. */
function withoutHolidays(values: Float64Array, period: number): Float64Array {
  const zeros = countZeros(values)
  if (zeros === 0 || zeros > 0.08 * values.length || period < 2) return values
  return fillGaps(
    values.map(value => (value === 0 ? Number.NaN : value)),
    period,
  )
}

export function prepare(life: Float64Array, period: number, options: PrepareOptions): Prepared {
  const closed = options.closed ? closedPhases(life, period) : new Array<boolean>(period).fill(false)
  const open = closed.flatMap((isClosed, phase) => (isClosed ? [] : [phase]))
  const n = life.length
  const kept = open.length === period ? life : life.filter((_, i) => closed[i % period] !== true)
  const filled = fillGaps(kept, open.length)
  const ended = hasEnded(filled, open.length)
  const clean = options.winsorise ? winsorise(withoutHolidays(filled, open.length), open.length) : filled
  const isOpen = (j: number): boolean => closed[(n + j) % period] !== true
  return {
    values: clean,
    period: open.length,
    ended,
    isClosed: j => !isOpen(j),
    openSteps: horizon => {
      let count = 0
      for (let j = 0; j < horizon; j++) if (isOpen(j)) count++
      return count
    },
    spread: (forecast, horizon) => {
      const whole = new Float64Array(horizon)
      let next = 0
      for (let j = 0; j < horizon; j++) if (isOpen(j)) whole[j] = at(forecast, next++)
      return whole
    },
  }
}

/** Whether it has stopped selling: zeros at the end for four seasons and longer than twice any pause before. */
function hasEnded(values: Float64Array, period: number): boolean {
  let tail = 0
  while (tail < values.length && at(values, values.length - 1 - tail) === 0) tail++
  if (tail === values.length || tail < Math.max(4 * period, 8)) return false
  let longest = 0
  let run = 0
  for (let i = 0; i < values.length - tail; i++) {
    run = at(values, i) === 0 ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return tail > 2 * longest
}
