/** A country whose public holidays are known here. */
export type Country = 'BR' | 'US'

/** A day in a year that shops feel. The name is the same each year. */
export type Holiday = { readonly name: string; readonly day: string }

/**
 * Holidays of one year, oldest first: national ones, and the days that move trade most (Carnival, Black Friday, Mother's
 * Day…). Days are ISO dates.
 */
export function holidays(country: Country, year: number): Holiday[] {
  const easterSunday = easter(year)
  const fixed = (name: string, month: number, day: number): Holiday => ({ name, day: iso(date(year, month, day)) })
  const fromEaster = (name: string, days: number): Holiday => ({ name, day: iso(easterSunday + days) })
  const nth = (name: string, month: number, weekday: number, count: number): Holiday => ({
    name,
    day: iso(nthWeekday(year, month, weekday, count)),
  })
  const thanksgiving = nthWeekday(year, 11, 4, 4)
  const shared = [
    fixed('new-year', 1, 1),
    fromEaster('good-friday', -2),
    fromEaster('easter', 0),
    nth('mothers-day', 5, 0, 2),
    { name: 'black-friday', day: iso(thanksgiving + 1) },
    fixed('christmas-eve', 12, 24),
    fixed('christmas', 12, 25),
    fixed('new-years-eve', 12, 31),
  ]
  const own =
    country === 'BR'
      ? [
          fromEaster('carnival-monday', -48),
          fromEaster('carnival-tuesday', -47),
          fromEaster('ash-wednesday', -46),
          fixed('tiradentes', 4, 21),
          fixed('labour-day', 5, 1),
          fromEaster('corpus-christi', 60),
          fixed('valentines-day', 6, 12),
          nth('fathers-day', 8, 0, 2),
          fixed('independence-day', 9, 7),
          fixed('our-lady-aparecida', 10, 12),
          fixed('all-souls', 11, 2),
          fixed('republic-day', 11, 15),
          // A national holiday since Law 14.759 of December 2023; before, one of many states and cities.
          fixed('black-consciousness-day', 11, 20),
        ]
      : [
          nth('martin-luther-king-day', 1, 1, 3),
          fixed('valentines-day', 2, 14),
          nth('presidents-day', 2, 1, 3),
          { name: 'memorial-day', day: iso(lastWeekday(year, 5, 1)) },
          fixed('juneteenth', 6, 19),
          nth('fathers-day', 6, 0, 3),
          fixed('independence-day', 7, 4),
          nth('labor-day', 9, 1, 1),
          nth('columbus-day', 10, 1, 2),
          fixed('veterans-day', 11, 11),
          { name: 'thanksgiving', day: iso(thanksgiving) },
        ]
  return [...shared, ...own].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
}

/** Days since 1970-01-01 of an ISO date. */
export function dayNumber(isoDate: string): number {
  return Math.floor(Date.parse(`${isoDate}T00:00:00Z`) / 86_400_000)
}

/** Easter Sunday as days since 1970-01-01, Gregorian calendar (Meeus, "Astronomical Algorithms", chapter 8). */
export function easter(year: number): number {
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
  const day = ((h + l - 7 * m + 114) % 31) + 1
  return date(year, month, day)
}

function date(year: number, month: number, day: number): number {
  return Math.floor(Date.UTC(year, month - 1, day) / 86_400_000)
}

function iso(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

/** Weekdays count from Sunday = 0; day 0 of the epoch was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

function nthWeekday(year: number, month: number, weekday: number, count: number): number {
  const first = date(year, month, 1)
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (count - 1) * 7
}

function lastWeekday(year: number, month: number, weekday: number): number {
  const last = date(year, month + 1, 1) - 1
  return last - ((weekdayOf(last) - weekday + 7) % 7)
}
