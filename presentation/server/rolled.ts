import { TupleParam } from '@clickhouse/client'
import type { Period } from '#presentation/period.ts'
import { type Day, firstDayOf, lastDayOf, monthOf } from '#shared/day.ts'
import { restMicros } from '#shared/warehouse/rest.ts'
import { type Ask, question } from './ask.ts'
import type { Person } from './person.ts'
import { type RolledSpan, type Spans, spansOf, wholeMonths } from './spans.ts'

const rolledUp = question<{ from: Day; to: Day; rest: number }, RolledSpan>('rolled-up')

/** The spans inside some days whose sums are kept and hold. */
export type KnownSpans = (days: Period) => Promise<RolledSpan[]>

/** Asks the warehouse. Spans are the same for everybody, and say nothing of what was sold: a day of any store that was touched puts its month out of use. */
export const knownSpans =
  (ask: Ask, person: Person): KnownSpans =>
  days =>
    ask({ ...person, role: 'admin' }, rolledUp, { stores: [] }, { ...days, rest: restMicros })

/** The days of some periods whose products, over the whole chain, may be read as summed up. */
export async function heldDays(known: KnownSpans, periods: readonly Period[]): Promise<Day[]> {
  const spans = await Promise.all(periods.map(known))
  return spans.flat().flatMap(({ span, first }) => (span === 'day' ? [first] : []))
}

/** Months to read as sums: their first days, and each with its run (of days, too, where these are read as sums). The runs travel with the question: looking them up once more takes the engine longer to plan. */
export type HeldMonths = { months: Day[]; runs: TupleParam[] }

export const noMonths: HeldMonths = { months: [], runs: [] }

/** The months of some periods that may be read as sums instead of by day. Nothing is asked for periods without a whole month. */
export async function heldMonths(known: KnownSpans, periods: readonly Period[]): Promise<HeldMonths> {
  const months = wholeMonths(periods)
  if (months.length === 0) return noMonths
  return monthsOf(await known(around(periods)), months)
}

/** What some periods, which don't overlap, consist of, and the runs of what is summed up. Who reads a part of the chain goes by the months alone. */
export async function heldSpans(known: KnownSpans, periods: readonly Period[]): Promise<Spans & HeldMonths> {
  return spansAmong(await known(around(periods)), periods)
}

/** The months that have a day of some periods and of which is kept in which sales each product was. */
export async function heldSales(known: KnownSpans, periods: readonly Period[]): Promise<HeldMonths> {
  const { from, to } = around(periods)
  return salesOf(await known({ from: firstDayOf(monthOf(from)), to: lastDayOf(monthOf(to)) }))
}

/** `heldSpans`, of spans that are known already. Days outside `data` have no lines. */
export function spansAmong(
  known: readonly RolledSpan[],
  periods: readonly Period[],
  data: Period = around(periods),
): Spans & HeldMonths {
  const spans = spansOf(periods, known, data)
  const read = new Set([...spans.months.map(first => `month ${first}`), ...spans.rolled.map(first => `day ${first}`)])
  return { ...spans, runs: known.filter(({ span, first }) => read.has(`${span} ${first}`)).map(runOf) }
}

/** From the first day of any of the periods to the last. */
function around(periods: readonly Period[]): Period {
  const edges = periods.flatMap(({ from, to }) => [from, to]).toSorted()
  return { from: edges.at(0) ?? '', to: edges.at(-1) ?? '' }
}

/** Those of `months`, or all, that are among what is summed up. */
export function monthsOf(known: readonly RolledSpan[], months?: readonly Day[]): HeldMonths {
  return heldOf(known.filter(({ span, first }) => span === 'month' && months?.includes(first) !== false))
}

/** The months of which is kept in which sales each product was. */
export function salesOf(known: readonly RolledSpan[]): HeldMonths {
  return heldOf(known.filter(({ span }) => span === 'sales'))
}

function heldOf(months: readonly RolledSpan[]): HeldMonths {
  return { months: months.map(({ first }) => first), runs: months.map(runOf) }
}

function runOf({ first, run }: RolledSpan): TupleParam {
  return new TupleParam([first, Number(run)])
}
