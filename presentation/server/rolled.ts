import type { Period } from '#presentation/period.ts'
import type { Day } from '#shared/day.ts'
import { restMicros } from '#shared/warehouse/rest.ts'
import { type Ask, question } from './ask.ts'
import type { Person } from './person.ts'
import { type RolledSpan, wholeMonths } from './spans.ts'

const rolledUp = question<{ from: Day; to: Day; rest: number }, RolledSpan>('rolled-up')

/** The spans inside some days whose sums are kept and hold. They are the same for everybody, and say nothing of what was sold: a day of any store that was touched puts its month out of use. */
export async function rolledSpans(ask: Ask, { id }: Person, days: Period): Promise<RolledSpan[]> {
  const anybody: Person = { id, email: '', name: '', locale: undefined, role: 'admin' }
  return ask(anybody, rolledUp, { stores: [] }, { ...days, rest: restMicros })
}

/** The months of some periods that may be read as sums instead of by day. Nothing is asked for periods without a whole month. */
export async function heldMonths(ask: Ask, person: Person, periods: readonly Period[]): Promise<Day[]> {
  const months = wholeMonths(periods)
  if (months.length === 0) return []
  const from = periods.map(period => period.from).reduce((one, other) => (one < other ? one : other))
  const to = periods.map(period => period.to).reduce((one, other) => (one > other ? one : other))
  return monthsOf(await rolledSpans(ask, person, { from, to }), months)
}

/** Those of `months` that are among what is summed up. */
export function monthsOf(known: readonly RolledSpan[], months: readonly Day[]): Day[] {
  const held = new Set(known.filter(({ span }) => span === 'month').map(({ first }) => first))
  return months.filter(first => held.has(first))
}
