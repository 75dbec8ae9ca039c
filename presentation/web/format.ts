import type { Grain, Period } from '#presentation/period.ts'
import { type Locale, locale } from './words.ts'

let currency = 'BRL'
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()

let timeZone: string | undefined

/** The chain's currency and time zone: people read its money and its clock, wherever their browser is. */
export function setChain(chain: { currency: string; timeZone: string }): void {
  currency = chain.currency
  timeZone = chain.timeZone
}

/** In what money and language whoever reads is told of things. */
export function readersManner(): { language: Locale; currency: string } {
  return { language: locale(), currency }
}

/** Money from the API's decimal text, with cents. */
export function money(amount: string | number): string {
  return numberFormat('money', { style: 'currency', currency }).format(Number(amount))
}

/** Money where space is short: no cents from a thousand on, and from a million always two digits of the millions. */
export function shortMoney(amount: string | number): string {
  const value = Number(amount)
  const size = Math.abs(value)
  if (size < 1_000) return money(value)
  if (size < 1_000_000) return wholeMoney(value)
  return numberFormat('compact-money', {
    style: 'currency',
    currency,
    notation: 'compact',
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(value)
}

/** Money of a column: all amounts with cents or none, by the largest of them, so that they stand under one another. */
export function columnMoney(amounts: readonly (string | number)[]): (amount: string | number) => string {
  return amounts.some(amount => Math.abs(Number(amount)) >= 1_000) ? wholeMoney : money
}

function wholeMoney(amount: string | number): string {
  return numberFormat('whole-money', { style: 'currency', currency, maximumFractionDigits: 0 }).format(Number(amount))
}

export function axisMoney(value: number): string {
  return numberFormat('axis-money', {
    style: 'currency',
    currency,
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(value)
}

export function count(value: number): string {
  return numberFormat('count', { maximumFractionDigits: 2 }).format(value)
}

export function axisCount(value: number): string {
  return numberFormat('axis-count', { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** A share, always with as many digits: `9,0%` beside `8,6%`. */
export function percent(share: number, digits = 1): string {
  return numberFormat(`percent ${digits}`, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share)
}

export function signedPercent(share: number): string {
  const digits = Math.abs(share) >= 1 ? 0 : 1
  return numberFormat(`signed ${digits}`, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  }).format(share)
}

export function day(text: string): string {
  return dayFormat('day', { day: 'numeric', month: 'short', year: 'numeric' }).format(at(text))
}

export function weekdayAndDay(text: string): string {
  return dayFormat('weekday', { weekday: 'short', day: 'numeric', month: 'short' }).format(at(text))
}

/** The name of a bucket of a series. */
export function bucket(text: string, grain: Grain): string {
  switch (grain) {
    case 'day':
    case 'week':
      return dayFormat('short day', { day: 'numeric', month: 'short' }).format(at(text))
    case 'month':
      return dayFormat('month', { month: 'short', year: '2-digit' }).format(at(text))
    case 'year':
      return text.slice(0, 4)
  }
}

/** A period as people write it: `2–31 de mai. de 2020`. */
export function period({ from, to }: Period): string {
  if (from === to) return day(from)
  return dayFormat('range', { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(at(from), at(to))
}

export function shortPeriod({ from, to }: Period, today: string): string {
  const sameYear = from.slice(0, 4) === to.slice(0, 4) && to.slice(0, 4) === today.slice(0, 4)
  if (!sameYear) return period({ from, to })
  const format = dayFormat('short range', { day: 'numeric', month: 'short' })
  return from === to ? format.format(at(from)) : format.formatRange(at(from), at(to))
}

/** `2026-11` as `novembro de 2026`. */
export function monthName(month: string): string {
  return dayFormat('month name', { month: 'long', year: 'numeric' }).format(at(`${month}-01`))
}

export function clock(time: Date): string {
  return timeFormat('clock', { hour: '2-digit', minute: '2-digit' }).format(time)
}

export function moment(iso: string): string {
  return timeFormat('moment', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}

/** How long ago: minutes, hours and days; from a week on the day itself. */
export function since(iso: string, now = Date.now()): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000)
  const key = `${locale()} since`
  const format =
    made.get(key) ?? new Intl.RelativeTimeFormat(numberLocale(locale()), { numeric: 'auto', style: 'short' })
  made.set(key, format)
  if (!(format instanceof Intl.RelativeTimeFormat)) return moment(iso)
  if (minutes < 1) return format.format(0, 'second')
  if (minutes < 60) return format.format(-minutes, 'minute')
  if (minutes < 24 * 60) return format.format(-Math.floor(minutes / 60), 'hour')
  if (minutes < 7 * 24 * 60) return format.format(-Math.floor(minutes / 1_440), 'day')
  return timeFormat('day of moment', { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(iso))
}

/** A moment where space is short, as in tables. */
export function shortMoment(iso: string): string {
  return timeFormat('short moment', { dateStyle: 'short', timeStyle: 'short' }).format(new Date(iso))
}

function at(text: string): Date {
  return new Date(`${text}T00:00:00Z`)
}

function numberFormat(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale()} ${currency} ${name}`
  const known = made.get(key)
  if (known instanceof Intl.NumberFormat) return known
  const format = new Intl.NumberFormat(numberLocale(locale()), options)
  made.set(key, format)
  return format
}

/** Days are texts without a time zone. */
function dayFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return dateFormat(name, { ...options, timeZone: 'UTC' })
}

function timeFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return dateFormat(name, timeZone === undefined ? options : { ...options, timeZone })
}

function dateFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${options.timeZone} ${name}`
  const known = made.get(key)
  if (known instanceof Intl.DateTimeFormat) return known
  const format = new Intl.DateTimeFormat(numberLocale(locale()), options)
  made.set(key, format)
  return format
}

function numberLocale(of: Locale): string {
  return of === 'en' ? 'en-GB' : of
}
