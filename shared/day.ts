/** A day of the chain, `YYYY-MM-DD`; a month is `YYYY-MM`. */
export type Day = string
export type Month = string

/** The first and the last day that the warehouse can name. Sales end earlier: see `lastSoldAt`. */
export const everyDay = { from: '1970-01-01', to: '2149-06-06' } as const satisfies { from: Day; to: Day }

const dayMs = 86_400_000

const time = (day: Day): number => Date.parse(`${day}T00:00:00Z`)

export const addDays = (day: Day, days: number): Day => new Date(time(day) + days * dayMs).toISOString().slice(0, 10)

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Days of a month; 0 of one that there is not. */
export function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0)
}

/** Whether the calendar has this day, of a text in the shape of one. */
export function isDay(text: string): boolean {
  const day = Number(text.slice(8, 10))
  return day >= 1 && day <= daysIn(Number(text.slice(0, 4)), Number(text.slice(5, 7)))
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: Day, to: Day): number => Math.round((time(to) - time(from)) / dayMs)

/** 0 is Sunday. */
export const weekdayOf = (day: Day): number => new Date(time(day)).getUTCDay()

export const monthOf = (day: Day): Month => day.slice(0, 7)

export const firstDayOf = (month: Month): Day => `${month}-01`

export const lastDayOf = (month: Month): Day => addDays(firstDayOf(addMonths(month, 1)), -1)

export function addMonths(month: Month, months: number): Month {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + months
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
}

/** The local day of an instant in a time zone. */
export const dayIn = (timeZone: string, at: Date): Day =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)

/** Minutes since midnight of an instant in a time zone. */
export function minuteIn(timeZone: string, at: Date): number {
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
}
