import type { Period } from '#presentation/period.ts'
import { addDays, addMonths, type Day, firstDayOf, lastDayOf, monthOf } from '#shared/day.ts'

/** A day or a month, by its first day, of which sums are kept, in the rows of a run; or a month of which is kept in which sales each product was (`sales`). */
export type RolledSpan = { span: 'day' | 'month' | 'sales'; first: Day; run: string }
/** What periods consist of: whole months and days that are summed up, and days that are not. */
export type Spans = { months: Day[]; rolled: Day[]; days: Day[] }

/** Cuts periods that don't overlap into the largest spans that are summed up. Days outside `data`, which has all lines, are in none. */
export function spansOf(
  periods: readonly Period[],
  known: readonly Pick<RolledSpan, 'span' | 'first'>[],
  data: Period,
): Spans {
  const spans: Spans = { months: [], rolled: [], days: [] }
  const has = new Set(known.map(({ span, first }) => `${span} ${first}`))
  for (const { from, to } of periods) {
    for (let day = from; day <= to && day <= data.to; ) {
      if (day < data.from) {
        day = data.from
        continue
      }
      const end = lastDayOf(monthOf(day))
      if (end <= to && has.has(`month ${day}`)) {
        spans.months.push(day)
        day = addDays(end, 1)
        continue
      }
      if (has.has(`day ${day}`)) spans.rolled.push(day)
      else spans.days.push(day)
      day = addDays(day, 1)
    }
  }
  return spans
}

/** The months that lie wholly inside the periods, each of which it is inside or outside of as a whole: their sums may stand for their days. */
export function wholeMonths(periods: readonly Period[]): Day[] {
  const starts = new Set(periods.flatMap(({ from, to }) => monthsWithin(from, to)))
  return [...starts].filter(first => {
    const last = lastDayOf(monthOf(first))
    return periods.every(({ from, to }) => last < from || first > to || (from <= first && last <= to))
  })
}

/** Every day of a period, in order. */
export function daysOf({ from, to }: Period): Day[] {
  const days: Day[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

function monthsWithin(from: Day, to: Day): Day[] {
  const months: Day[] = []
  for (let month = monthOf(addDays(from, -1)); lastDayOf(month) <= to; month = addMonths(month, 1)) {
    const first = firstDayOf(month)
    if (first >= from) months.push(first)
  }
  return months
}

/** In characters of a question's address: more than 16 kB may not pass whatever lies between here and a warehouse. What is summed up says its day twice and its run. */
const [ofDay, ofSum, mostOfAll] = [20, 70, 12_000]

export function tooMany({ months, rolled, days }: Spans): boolean {
  return days.length * ofDay + (months.length + rolled.length) * ofSum > mostOfAll
}
