import { addDays, type Day, daysBetween, weekdayOf } from '#shared/day.ts'

/** Days are `YYYY-MM-DD` in the chain's time zone; both ends of a period are inside it. */
export type Period = { from: Day; to: Day }
export type Preset = (typeof presets)[number]
export type Grain = (typeof grains)[number]
export type Against = (typeof againsts)[number]

export const presets = ['today', 'yesterday', '7d', '30d', '90d', 'month', 'last-month', 'year', '12m', 'all'] as const
export const grains = ['day', 'week', 'month', 'year'] as const
export const againsts = ['previous', 'year'] as const

/** The period a preset means on the day `today`. `all` needs the days that have data. */
export function periodOf(preset: Preset, today: Day, data: Period | undefined): Period {
  switch (preset) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) }
    case '7d':
      return { from: addDays(today, -6), to: today }
    case '30d':
      return { from: addDays(today, -29), to: today }
    case '90d':
      return { from: addDays(today, -89), to: today }
    case 'month':
      return { from: firstOfMonth(today), to: today }
    case 'last-month':
      return monthOf(addMonths(firstOfMonth(today), -1))
    case 'year':
      return { from: `${today.slice(0, 4)}-01-01`, to: today }
    case '12m':
      return { from: addDays(addMonths(today, -12), 1), to: today }
    case 'all':
      return data ?? { from: firstOfMonth(today), to: today }
  }
}

/**
 * What a period is compared with. `previous`: whole months with the months before, the beginning of a month with the same days of the month before,
 * anything else with as many days directly before. `year`: the same days a year earlier.
 */
export function comparisonOf(period: Period, against: Against): Period {
  if (against === 'year') return { from: addMonths(period.from, -12), to: endAlike(period.to, -12) }
  if (period.from === firstOfMonth(period.from)) {
    const months = monthsBetween(period.from, period.to) + 1
    if (period.to === lastOfMonth(period.to))
      return { from: addMonths(period.from, -months), to: addDays(period.from, -1) }
    if (months === 1) return { from: addMonths(period.from, -1), to: addMonths(period.to, -1) }
  }
  const days = daysIn(period)
  return { from: addDays(period.from, -days), to: addDays(period.from, -1) }
}

/** How finely a period is drawn: never more points than a phone can show. */
export function grainOf(period: Period): Grain {
  const days = daysIn(period)
  if (days <= 92) return 'day'
  if (days <= 366 * 1.1) return 'week'
  return 'month'
}

/** More points than this tell nobody anything, and take long to draw. */
const mostBuckets = 1_200

/** How finely somebody may have a period drawn: at least two points, and not too many. */
export function grainsOf(period: Period): Grain[] {
  return grains.filter(grain => {
    const days = { day: 1, week: 7, month: 30, year: 365 }[grain]
    return daysIn(period) > days && daysIn(period) / days <= mostBuckets
  })
}

/** As finely as is wished where that can be drawn, and as usual where not. */
export function grainFor(period: Period, wished: Grain | undefined): Grain {
  return wished !== undefined && grainsOf(period).includes(wished) ? wished : grainOf(period)
}

/** The first days of the buckets of a period, in order. A bucket may begin before the period (a week that began earlier). */
export function buckets(period: Period, grain: Grain): Day[] {
  const found: Day[] = []
  for (let day = bucketOf(period.from, grain); day <= period.to; day = nextBucket(day, grain)) found.push(day)
  return found
}

export function bucketOf(day: Day, grain: Grain): Day {
  switch (grain) {
    case 'day':
      return day
    case 'week':
      return addDays(day, -((weekdayOf(day) + 6) % 7))
    case 'month':
      return firstOfMonth(day)
    case 'year':
      return `${day.slice(0, 4)}-01-01`
  }
}

export function daysIn(period: Period): number {
  return daysBetween(period.from, period.to) + 1
}

/** The same day of another month, or that month's last day when it is shorter. */
export function addMonths(day: Day, months: number): Day {
  const [year, month, date] = parts(day)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(date, length))
  return first.toISOString().slice(0, 10)
}

function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 7)}-01`
}

export function lastOfMonth(day: Day): Day {
  return addDays(addMonths(firstOfMonth(day), 1), -1)
}

/** Whether a text is a day that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return (
    !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text && text >= '1970-01-01' && text < '2149-01-01'
  )
}

function monthOf(day: Day): Period {
  return { from: firstOfMonth(day), to: lastOfMonth(day) }
}

function endAlike(day: Day, months: number): Day {
  return day === lastOfMonth(day) ? lastOfMonth(addMonths(firstOfMonth(day), months)) : addMonths(day, months)
}

function nextBucket(day: Day, grain: Grain): Day {
  if (grain === 'day') return addDays(day, 1)
  if (grain === 'week') return addDays(day, 7)
  return addMonths(day, grain === 'month' ? 1 : 12)
}

function monthsBetween(from: Day, to: Day): number {
  const [fromYear, fromMonth] = parts(from)
  const [toYear, toMonth] = parts(to)
  return (toYear - fromYear) * 12 + toMonth - fromMonth
}

function parts(day: Day): [number, number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))]
}
