import { daysIn } from '#shared/day.ts'
import { DataAppError } from '#shared/error.ts'
import { firstSoldAt, lastSoldAt } from '#shared/records/sale.ts'
import { instantShift, zoneShift } from './zone.ts'

/** Reads a date as an export writes it into the chain's wall time `YYYY-MM-DDTHH:MM:SS`; undefined when it is no such date. */
export type DateReader = (text: string) => string | undefined

/** The times that a reader knows, and what it makes of those before and after. */
type Times = { first: number; last: number; before: string | undefined; after: string | undefined }

const timesOfSales: Times = timesFrom(firstSoldAt, lastSoldAt)
const [firstDescribed, lastDescribed] = ['1900-01-01T00:00:00', '2299-12-31T23:59:59']
/** The day after which the warehouse knows none: what ends then has no end. */
export const lastDay = lastDescribed.slice(0, 10)
/** Shops opened long ago, and master data closes what is open at the end of time: what lies beyond the days that the warehouse knows is the first or the last of them. */
export const timesOfDescriptions: Times = {
  ...timesFrom(firstDescribed, lastDescribed),
  before: firstDescribed,
  after: lastDescribed,
}

function timesFrom(first: string, last: string): Times {
  return { first: Date.parse(`${first}Z`), last: Date.parse(`${last}.999Z`), before: undefined, after: undefined }
}

type Part =
  | 'year'
  | 'year2'
  | 'month'
  | 'monthName'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'half'
  | 'offset'
type Found = Partial<Record<Part, string>>
type Pattern = { shape: RegExp; parts: Part[] }

const tokens: readonly [string, Part, string][] = [
  ['YYYY', 'year', '(\\d{4})'],
  ['YY', 'year2', '(\\d{2})'],
  ['MMMM', 'monthName', '(\\p{L}+)\\.?'],
  ['MMM', 'monthName', '(\\p{L}+)\\.?'],
  ['MM', 'month', '(\\d{1,2})'],
  ['M', 'month', '(\\d{1,2})'],
  ['DD', 'day', '(\\d{1,2})'],
  ['D', 'day', '(\\d{1,2})'],
  ['HH', 'hour', '(\\d{1,2})'],
  ['H', 'hour', '(\\d{1,2})'],
  ['hh', 'hour12', '(\\d{1,2})'],
  ['h', 'hour12', '(\\d{1,2})'],
  ['mm', 'minute', '(\\d{1,2})'],
  ['m', 'minute', '(\\d{1,2})'],
  ['ss', 'second', '(\\d{1,2})'],
  ['s', 'second', '(\\d{1,2})'],
  ['SSS', 'fraction', '(\\d{1,9})'],
  ['A', 'half', '([AaPp])\\.?[Mm]\\.?'],
  ['Z', 'offset', '(Z|[+-]\\d{2}:?\\d{2}|[+-]\\d{2}|UTC|GMT)'],
]

/** What is read when a source says nothing about its dates: ISO 8601 in its usual spellings, which nobody can misread. */
export const isoFormats = [
  'YYYY-MM-DD[[T]HH:mm[:ss[.SSS]]][Z]',
  'YYYY-MM-DD[ HH:mm[:ss[.SSS]]][ ][Z]',
  'YYYY/MM/DD[ HH:mm[:ss]]',
  'YYYYMMDD',
]

/** How dates come from formats that know dates (Parquet, XLSX, tables): read besides what a source states, as nothing else looks like them. */
export const typedFormats = ['YYYY-MM-DDTHH:mm:ss[.SSS][Z]', 'YYYY-MM-DD']

/** How month names begin, without accents: Portuguese, English, Spanish, French, German, Italian, Dutch. No beginning means two months. */
const monthNames = [
  ['jan', 'fev', 'mar', 'abr', 'mai', 'jun', 'jul', 'ago', 'set', 'out', 'nov', 'dez'],
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  ['ene', 'feb', 'mar', 'abr', 'may', 'jun', 'jul', 'ago', 'sep', 'oct', 'nov', 'dic'],
  ['jan', 'fev', 'mar', 'avr', 'mai', 'juin', 'juil', 'aou', 'sep', 'oct', 'nov', 'dec'],
  ['jan', 'feb', 'mrz', 'apr', 'mai', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dez'],
  ['gen', 'feb', 'mar', 'apr', 'mag', 'giu', 'lug', 'ago', 'set', 'ott', 'nov', 'dic'],
  ['jan', 'feb', 'mrt', 'apr', 'mei', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dec'],
]

/**
 * A reader for one or several formats: `YYYY MM DD HH mm ss` and friends, `[…]` around what may be missing, `MMM` for month names in
 * seven languages, `A` for AM/PM, `Z` for an offset, and the words `excel` (serial dates), `unix` and `unix-ms`.
 */
export function dateReader(
  formats: readonly string[],
  zone: string | undefined,
  chainZone: string,
  times: Times = timesOfSales,
): DateReader {
  const fromZone = zoneShift(zone, chainZone)
  const fromInstant = instantShift(chainZone)
  const readers = formats.map(format => oneFormat(format, fromZone, fromInstant, times))
  const known = new Map<string, string | undefined>()
  let last = ''
  let lastRead: string | undefined
  return text => {
    if (text === last) return lastRead
    // Days come back, moments hardly ever do.
    const isDay = text.length <= longestDay
    let read = isDay ? known.get(text) : undefined
    if (read === undefined && !(isDay && known.has(text))) {
      for (const reader of readers) {
        read = reader(text)
        if (read !== undefined) break
      }
      if (isDay) {
        if (known.size > 5_000) known.clear()
        known.set(text, read)
      }
    }
    last = text
    lastRead = read
    return read
  }
}

function oneFormat(
  format: string,
  fromZone: (wall: number) => number,
  fromInstant: (ms: number) => number,
  times: Times,
): DateReader {
  if (format === 'excel') return text => excelDate(text, times)
  if (format === 'unix' || format === 'unix-ms') {
    const scale = format === 'unix' ? 1000 : 1
    return text => {
      if (!/^\d{8,14}(\.\d+)?$/.test(text)) return undefined
      const instant = Math.floor(Number(text) * scale)
      // No zone is known so far away, and none is a day off.
      return instant > times.last + dayMs ? times.after : wallText(fromInstant(instant), times)
    }
  }
  const pattern = compile(format)
  return text => {
    const match = pattern.shape.exec(text.trim())
    if (match === null) return undefined
    const found: Found = {}
    pattern.parts.forEach((part, i) => {
      const value = match[i + 1]
      if (value !== undefined) found[part] = value
    })
    return wallOf(found, fromZone, fromInstant, times)
  }
}

function compile(format: string): Pattern {
  const parts: Part[] = []
  let shape = ''
  let rest = format
  while (rest !== '') {
    const token = tokens.find(([name]) => rest.startsWith(name))
    if (rest.startsWith('[')) shape += '(?:'
    else if (rest.startsWith(']')) shape += ')?'
    else if (token !== undefined) {
      const [name, part, pattern] = token
      parts.push(part)
      // Without a sign between the parts, as in YYYYMMDD, each has its full width.
      const glued =
        /^[A-Za-z]/.test(rest.slice(name.length)) || /[A-Za-z]$/.test(format.slice(0, format.length - rest.length))
      shape += glued && name.length === 2 && pattern.includes('{1,2}') ? '(\\d{2})' : pattern
    } else if (rest.startsWith(' ')) shape += '\\s+'
    else shape += (rest[0] ?? '').replace(/[.*+?^${}()|\\/]/g, '\\$&')
    rest = rest.slice(token !== undefined && !rest.startsWith('[') && !rest.startsWith(']') ? token[0].length : 1)
  }
  const known = new Set(parts)
  const hasDay = (known.has('year') || known.has('year2')) && (known.has('month') || known.has('monthName'))
  if (!hasDay || !isBalanced(format))
    throw new DataAppError(
      'SOURCE_WRONG',
      `"${format}" is no date format${hasDay ? ': its brackets are no pairs' : ''}.`,
      {
        hint: 'Years are YYYY or YY, months MM or MMM, days DD, hours HH (or hh with A), minutes mm, seconds ss, in capitals as here: docs/sources.md#dates.',
      },
    )
  return { shape: new RegExp(`^${shape}$`, 'u'), parts }
}

function isBalanced(format: string): boolean {
  let depth = 0
  for (const sign of format) {
    if (sign === '[') depth++
    if (sign === ']') depth--
    if (depth < 0) return false
  }
  return depth === 0
}

function wallOf(
  found: Found,
  fromZone: (wall: number) => number,
  fromInstant: (ms: number) => number,
  times: Times,
): string | undefined {
  const year = found.year !== undefined ? Number(found.year) : twoDigitYear(found.year2)
  const month = found.month !== undefined ? Number(found.month) : monthOf(found.monthName ?? '')
  const day = found.day === undefined ? 1 : Number(found.day)
  const hasTime = found.hour !== undefined || found.hour12 !== undefined
  const hours = found.hour12 !== undefined ? hourOf12(Number(found.hour12), found.half) : Number(found.hour ?? 0)
  const minutes = Number(found.minute ?? 0)
  const seconds = Number(found.second ?? 0)
  if (year === undefined || month === undefined || month < 1 || month > 12) return undefined
  if (day < 1 || day > daysIn(year, month) || hours > 23 || minutes > 59 || seconds > 60) return undefined
  // Years of one or two digits would be taken for those of the last century.
  if (year < 100) return times.before
  const wall = Date.UTC(year, month - 1, day, hours, minutes, Math.min(seconds, 59))
  // A bare day belongs to the chain's calendar, whatever zone the clock is in.
  if (!hasTime) return wallText(wall, times)
  if (found.offset !== undefined) return wallText(fromInstant(wall - offsetOf(found.offset)), times)
  return wallText(fromZone(wall), times)
}

function hourOf12(hours: number, half: string | undefined): number {
  if (half === undefined || hours > 12) return hours
  const afternoon = half.toLowerCase() === 'p'
  return (hours % 12) + (afternoon ? 12 : 0)
}

/** 70 to 99 are the last century, 00 to 69 this one. */
function twoDigitYear(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const year = Number(text)
  return year >= 70 ? 1900 + year : 2000 + year
}

function monthOf(name: string): number | undefined {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const start = plain.slice(0, plain.startsWith('jui') ? 4 : 3)
  for (const names of monthNames) {
    const index = names.indexOf(start)
    if (index >= 0) return index + 1
  }
  return undefined
}

function offsetOf(text: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? '0')
  return (match[1] === '-' ? -minutes : minutes) * 60_000
}

/** Days since 1899-12-30 with the time as a fraction, as spreadsheets keep dates. */
function excelDate(text: string, times: Times): string | undefined {
  if (!/^\d{1,7}([.,]\d+)?$/.test(text)) return undefined
  const days = Number(text.replace(',', '.'))
  return wallText(Math.round((days - 25_569) * 86_400) * 1000, times)
}

const longestDay = 11
const dayMs = 86_400_000
const twoDigits = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'))
let latestDay = Number.NaN
let latestDayText = ''

/** `YYYY-MM-DDTHH:MM:SS`, where the reader knows the time. The day is kept from the last call: rows of an export mostly share it. */
function wallText(ms: number, times: Times): string | undefined {
  if (ms < times.first) return times.before
  if (ms > times.last) return times.after
  const day = Math.floor(ms / dayMs)
  if (day !== latestDay) {
    latestDay = day
    latestDayText = new Date(day * dayMs).toISOString().slice(0, 10)
  }
  const seconds = Math.floor((ms - day * dayMs) / 1000)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds - hours * 3600) / 60)
  return `${latestDayText}T${twoDigits[hours] ?? ''}:${twoDigits[minutes] ?? ''}:${twoDigits[seconds % 60] ?? ''}`
}
