import { addDays, type Day } from '#shared/day.ts'

/** Fixed holidays as MM-DD, and those that move with Easter as days from it. */
type Calendar = { readonly fixed: readonly string[]; readonly fromEaster: readonly number[] }

const calendars: Record<string, Calendar> = {
  BR: {
    fixed: ['01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25'],
    fromEaster: [-48, -47, -2, 60],
  },
  PT: {
    fixed: ['01-01', '04-25', '05-01', '06-10', '08-15', '10-05', '11-01', '12-01', '12-08', '12-25'],
    fromEaster: [-2, 0, 60],
  },
  US: { fixed: ['01-01', '07-04', '12-25'], fromEaster: [] },
  GB: { fixed: ['01-01', '12-25', '12-26'], fromEaster: [-2, 0, 1] },
}
const anywhere: Calendar = { fixed: ['01-01', '12-25'], fromEaster: [] }

/** A holiday and its name: the same one in other years has the same name. */
export type Holiday = { readonly day: Day; readonly name: string }

/** The public holidays of a country in one year, and for the United States Thanksgiving with the day after. */
export function holidaysOf(country: string, year: number): Holiday[] {
  const { fixed, fromEaster } = calendars[country] ?? anywhere
  const easter = easterOf(year)
  const found = [
    ...fixed.map(name => ({ day: `${year}-${name}`, name })),
    ...fromEaster.map(days => ({ day: addDays(easter, days), name: `easter${days}` })),
  ]
  if (country !== 'US') return found
  const first = new Date(Date.UTC(year, 10, 1)).getUTCDay()
  const thanksgiving = addDays(`${year}-11-01`, ((4 - first + 7) % 7) + 21)
  return [
    ...found,
    { day: thanksgiving, name: 'thanksgiving' },
    { day: addDays(thanksgiving, 1), name: 'after-thanksgiving' },
  ]
}

/** Easter Sunday of the Gregorian calendar (the anonymous algorithm printed in Nature, 1876). */
export function easterOf(year: number): Day {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  const date = ((h + l - 7 * m + 114) % 31) + 1
  return `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
}

/**
 * What each holiday does to a day's sales, as a factor on the usual amount of its weekday (median of three weeks before and after), drawn towards the
 * average of all holidays. 1 for a holiday never seen when there are none to learn from.
 */
export function holidayEffects(values: Float64Array, indexOf: (day: Day) => number, holidays: readonly Holiday[]) {
  const seen = new Map<string, number[]>()
  for (const { day, name } of holidays) {
    const at = indexOf(day)
    const actual = values[at]
    if (actual === undefined || Number.isNaN(actual)) continue
    const near = [-21, -14, -7, 7, 14, 21].flatMap(days => {
      const value = values[at + days]
      return value === undefined || Number.isNaN(value) ? [] : [value]
    })
    near.sort((a, b) => a - b)
    const usual = near[Math.floor(near.length / 2)] ?? 0
    if (near.length < 3 || usual <= 0) continue
    seen.set(name, [...(seen.get(name) ?? []), Math.min(5, Math.max(0, actual / usual))])
  }
  const all = [...seen.values()].flat()
  // Without much evidence a holiday is a day like any other.
  const average = (all.reduce((sum, ratio) => sum + ratio, 0) + 3) / (all.length + 3)
  return (name: string): number => {
    const own = seen.get(name) ?? []
    return (own.reduce((sum, ratio) => sum + ratio, 0) + average) / (own.length + 1)
  }
}
