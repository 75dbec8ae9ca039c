import type { Period } from '#presentation/period.ts'
import type { Locale } from './words.ts'

/**
 * Days and periods as people write them, in the words that `Intl.DateTimeFormat` has for them. Said here because to make the browser's first formatter of a
 * language takes a third of the time in which the first page is drawn, and each further one some milliseconds.
 */
type Calendar = {
  months: readonly string[]
  weekdays: readonly string[]
  dayOfMonth: (day: number, month: string) => string
  withYear: (text: string, year: string) => string
  withWeekday: (weekday: string, text: string) => string
}

const calendars: Record<Locale, Calendar> = {
  'pt-BR': {
    months: ['jan.', 'fev.', 'mar.', 'abr.', 'mai.', 'jun.', 'jul.', 'ago.', 'set.', 'out.', 'nov.', 'dez.'],
    weekdays: ['dom.', 'seg.', 'ter.', 'qua.', 'qui.', 'sex.', 'sáb.'],
    dayOfMonth: (day, month) => `${day} de ${month}`,
    withYear: (text, year) => `${text} de ${year}`,
    withWeekday: (weekday, text) => `${weekday}, ${text}`,
  },
  en: {
    months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'],
    weekdays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
    dayOfMonth: (day, month) => `${day} ${month}`,
    withYear: (text, year) => `${text} ${year}`,
    withWeekday: (weekday, text) => `${weekday} ${text}`,
  },
}

/** Thin spaces, as typesetters put them around the dash of a range. */
const dash = '\u2009–\u2009'

/** `2 de mai.` */
export function dayOfMonth(locale: Locale, text: string): string {
  return calendars[locale].dayOfMonth(dayOf(text), monthOf(locale, text))
}

/** `2 de mai. de 2020` */
export function dayOfYear(locale: Locale, text: string): string {
  return calendars[locale].withYear(dayOfMonth(locale, text), yearOf(text))
}

/** `sáb., 2 de mai.` */
export function dayOfWeek(locale: Locale, text: string): string {
  const weekday = calendars[locale].weekdays[new Date(`${text}T00:00:00Z`).getUTCDay()] ?? ''
  return calendars[locale].withWeekday(weekday, dayOfMonth(locale, text))
}

/** `mai. de 20` */
export function monthOfYear(locale: Locale, text: string): string {
  return calendars[locale].withYear(monthOf(locale, text), yearOf(text).slice(2))
}

/** `2 – 31 de mai.`, also over years. */
export function range(locale: Locale, { from, to }: Period): string {
  if (from === to) return dayOfMonth(locale, to)
  const begin = from.slice(0, 7) === to.slice(0, 7) ? String(dayOf(from)) : dayOfMonth(locale, from)
  return `${begin}${dash}${dayOfMonth(locale, to)}`
}

/** `2 – 31 de mai. de 2020` */
export function rangeOfYear(locale: Locale, period: Period): string {
  const { from, to } = period
  return yearOf(from) === yearOf(to)
    ? calendars[locale].withYear(range(locale, period), yearOf(to))
    : `${dayOfYear(locale, from)}${dash}${dayOfYear(locale, to)}`
}

const yearOf = (text: string) => text.slice(0, 4)
const monthOf = (locale: Locale, text: string) => calendars[locale].months[Number(text.slice(5, 7)) - 1] ?? ''
const dayOf = (text: string) => Number(text.slice(8, 10))
