import type { SubjectFacts } from './facts.ts'
import type { Condition, Rule } from './rule.ts'

/**
 * How far a subject is from what a rule wants. `badness` is in the condition's own unit (per cent, days, minutes): the rule
 * breaks at `breaksAt` and, once broken, is right again only below `clearsAt`, so that a value on the edge doesn't ring twice.
 */
export type Look = {
  readonly badness: number
  readonly breaksAt: number
  readonly clearsAt: number
  /** The number looked at and what it was held against. */
  readonly value: number
  readonly reference: number
}

/** Of a threshold in per cent or minutes, the part to get back under before it is over. */
const clearing = 0.75
const dayMs = 86_400_000
const minuteMs = 60_000

/** Undefined where the facts don't tell. */
export function lookAt(rule: Rule, facts: SubjectFacts, now: number): Look | undefined {
  const { condition } = rule
  const reading = facts.readings[rule.metric]
  switch (condition.kind) {
    case 'belowAverage':
      return shortfall(reading?.value, reading?.average, condition.percent)
    case 'weekdayFall':
      return shortfall(reading?.value, reading?.sameWeekdays, condition.percent)
    case 'belowPace':
      return shortfall(reading?.pace?.soFar, reading?.pace && reading.pace.target * reading.pace.due, condition.percent)
    case 'marginBelow':
      return thinMargin(facts, condition)
    case 'forecastBroken':
      return belowForecast(reading, condition)
    case 'noSales':
      return age(facts.lastSaleAt, now, dayMs, condition.days, condition.days)
    case 'dataLate':
      return age(facts.lastDataAt, now, minuteMs, condition.minutes, condition.minutes * clearing)
  }
}

function shortfall(value: number | undefined, reference: number | undefined, percent: number): Look | undefined {
  if (value === undefined || reference === undefined || !(reference > 0)) return undefined
  const badness = (1 - value / reference) * 100
  return { badness, breaksAt: percent, clearsAt: percent * clearing, value, reference }
}

function thinMargin(
  { margin }: SubjectFacts,
  { percent }: Extract<Condition, { kind: 'marginBelow' }>,
): Look | undefined {
  if (margin === undefined || !(margin.revenue > 0)) return undefined
  const value = ((margin.revenue - margin.cost) / margin.revenue) * 100
  return { badness: percent - value, breaksAt: Number.MIN_VALUE, clearsAt: -1, value, reference: percent }
}

function belowForecast(
  reading: SubjectFacts['readings']['revenue'],
  { interval }: Extract<Condition, { kind: 'forecastBroken' }>,
): Look | undefined {
  const forecast = reading?.forecast
  if (!reading || !forecast) return undefined
  const lo = interval === 95 ? forecast.lo95 : forecast.lo80
  const width = forecast.value - lo
  if (!(width > 0)) return undefined
  return {
    badness: ((lo - reading.value) / width) * 100,
    breaksAt: Number.MIN_VALUE,
    clearsAt: -25,
    value: reading.value,
    reference: lo,
  }
}

function age(
  last: number | undefined,
  now: number,
  unit: number,
  breaksAt: number,
  clearsAt: number,
): Look | undefined {
  if (last === undefined) return undefined
  const badness = (now - last) / unit
  return { badness, breaksAt, clearsAt, value: badness, reference: breaksAt }
}

/** Whether the rule is broken now, given whether it was before. */
export const isBroken = ({ badness, breaksAt, clearsAt }: Look, before: boolean): boolean =>
  badness >= (before ? clearsAt : breaksAt)
