import { type Country, dayNumber, holidays } from './holidays.ts'
import { at, median } from './vector.ts'

/** Where the steps of a daily series lie in time. */
export type Calendar = { readonly country: Country } & (
  | { readonly firstDay: string }
  /** For series of different lengths that end on the same day. */
  | { readonly lastDay: string }
)

/** How much of a usual day each holiday brings, by name: 0 closed, 1 as always, 2 twice as much. */
export type HolidayEffect = ReadonlyMap<string, number>

/** Years of evidence that the belief "as always" counts for. */
const DOUBT = 1

/** The name of the holiday on each of `length` known steps and `horizon` more, or ''. */
export function namesOf(calendar: Calendar, length: number, horizon: number): string[] {
  const first = 'firstDay' in calendar ? dayNumber(calendar.firstDay) : dayNumber(calendar.lastDay) - length + 1
  const count = length + horizon
  const names = new Array<string>(count).fill('')
  const yearOf = (day: number): number => new Date(day * 86_400_000).getUTCFullYear()
  for (let year = yearOf(first); year <= yearOf(first + Math.max(count - 1, 0)); year++) {
    for (const { name, day } of holidays(calendar.country, year)) {
      const step = dayNumber(day) - first
      if (step >= 0 && step < count) names[step] = name
    }
  }
  return names
}

/**
 * Learns from the past what each holiday does: value over the median of the same weekday in the four weeks to each side,
 * averaged over the years and drawn to 1 as if by one more, usual year. A holiday that was always closed stays closed.
 */
export function learnHolidays(values: Float64Array, names: readonly string[], period: number): HolidayEffect {
  const ratios = new Map<string, number[]>()
  names.forEach((name, i) => {
    const value = at(values, i)
    if (name === '' || Number.isNaN(value)) return
    const usual = usualAt(values, names, period, i)
    if (!(usual > 0)) return
    const list = ratios.get(name) ?? []
    list.push(Math.min(Math.max(value / usual, 0), 5))
    ratios.set(name, list)
  })
  const effects = new Map<string, number>()
  for (const [name, list] of ratios) {
    const sum = list.reduce((total, ratio) => total + ratio, 0)
    effects.set(name, sum === 0 ? 0 : (sum + DOUBT) / (list.length + DOUBT))
  }
  return effects
}

function usualAt(values: Float64Array, names: readonly string[], period: number, i: number): number {
  const around: number[] = []
  for (let k = -4; k <= 4; k++) {
    const j = i + k * period
    if (k === 0 || j < 0 || j >= values.length || names[j] !== '') continue
    const value = at(values, j)
    if (!Number.isNaN(value)) around.push(value)
  }
  return around.length < 2 ? 0 : median(Float64Array.from(around))
}
