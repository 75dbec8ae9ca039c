import { dryRun, type Moment } from '#shared/alerts/dry-run.ts'
import type { Facts, Reading, SubjectFacts } from '#shared/alerts/facts.ts'
import type { Metric, Rule } from '#shared/alerts/rule.ts'
import { addDays, type Day, dayIn, daysBetween, everyDay } from '#shared/day.ts'
import { groupBy } from '#shared/group.ts'
import { fillSome } from '#shared/sql.ts'
import { question, scoped } from '../ask.ts'
import type { Person } from '../person.ts'
import type { InsightParts } from './routes.ts'

const looked = 90

type Row = {
  day: Day
  /** Days since 1970: comparing numbers is what a replay of all stores mostly does. */
  at: number
  id: string
  home: string
  revenue: number
  costed: number
  cost: number
  units: number
  sales: number
}

const sumsNamed = ['revenue', 'costed', 'cost', 'units', 'sales'] as const
type Sum = (typeof sumsNamed)[number]

/** A subject with its days (since 1970) and beside them what was asked for of each. A row for each day of each store would be a hundred thousand. */
type SubjectRow = { id: string; home: string; days: number[] } & Partial<Record<Sum, number[]>>

/** A day of a subject by hours: 24 sums each. */
type HourRow = { day: Day; id: string; home: string } & Record<Sum, number[]>

const days = question<{ today: string }, SubjectRow>('insights/dry-run-days')

/** A table with days of a kind of subject. Where each row is `alone` a day of one, there is nothing to add up or to leave out: of a chain's stores that is half of the work. */
type Source = { id: string; home: string; table: string; alone: boolean; most: string }

/** Those of products, one for each store and day that sold it, are millions: the latest are looked at. */
export const sources = {
  chain: { id: "''", home: "''", table: 'store_days', alone: false, most: '' },
  store: { id: 'store', home: 'store', table: 'store_days', alone: true, most: '' },
  seller: { id: 'seller', home: "''", table: 'seller_days', alone: false, most: '' },
  product: { id: 'product', home: 'store', table: 'product_days', alone: false, most: 'ORDER BY at DESC LIMIT 400000' },
} as const satisfies Partial<Record<Rule['scope']['kind'], Source>>
const sourceOf: Partial<Record<Rule['scope']['kind'], Source>> = sources

const hourly = question<{ today: string }, HourRow>('insights/dry-run-hours')

/** So many subjects can be replayed hour by hour while somebody waits; more are by whole days. */
const mostByHours = 60
/** As the evaluation: earlier in the day than this part of its sales nothing is held against the average. */
const earliestPart = 0.15

/**
 * The rule over past days: after each hour of them for a few chains, stores or sellers, at each day's end for more and for products. Targets and past forecasts are not kept,
 * so rules about them are not replayed.
 */
export async function dryRunOf({ warehouse, config }: InsightParts, person: Person, rule: Rule) {
  const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
  const source = sourceOf[rule.scope.kind]
  const { condition } = rule
  const replayable = source !== undefined && !['dataLate', 'belowPace', 'forecastBroken'].includes(condition.kind)
  if (!replayable)
    return { days: looked, note: 'This condition depends on the moment and is not replayed over the past.', items: [] }
  const having =
    rule.scope.kind === 'product' && condition.kind === 'marginBelow'
      ? `costed > 0 AND (costed - cost) * 100 < ${Number(condition.percent)} * costed`
      : '1'
  const narrowing = { stores: rule.scope.stores ?? [] }
  const text = fillSome(days.sql, placesOf(source, sumsOf(rule), having))
  const bySubject = (await warehouse.rows<SubjectRow>(scoped(text, person, narrowing), { today })).map(rowsOf)
  const byHours = rule.scope.kind !== 'product' && condition.kind !== 'noSales' && bySubject.length <= mostByHours
  const hours = byHours
    ? await warehouse.rows<HourRow>(
        scoped(fillSome(hourly.sql, { id: source.id, home: source.home }), person, narrowing),
        { today },
      )
    : []
  const zone = config.DATAAPP_TIME_ZONE
  const moments = byHours ? hourMoments(rule, bySubject, hours, today, zone) : dayMoments(rule, bySubject, today, zone)
  // At a day's end, what must hold for so many minutes holds.
  const { kind, ids } = rule.scope
  // Its stores narrowed what was read. A seller's days, all stores together, name none.
  const found = dryRun({ ...rule, scope: { kind, ids }, on: true, ...(byHours ? {} : { forMinutes: 0 }) }, moments)
  return {
    days: looked,
    note: byHours ? 'Looked at after every hour, as the sales stand now.' : 'Looked at whole days, as they stand now.',
    items: found.map(({ firing, resolvedAt }) => ({
      day: new Date(firing.at).toISOString().slice(0, 10),
      resolved: resolvedAt === undefined ? null : new Date(resolvedAt).toISOString().slice(0, 10),
      breaches: firing.breaches.slice(0, 20).map(({ subject, value, reference, badness }) => ({
        ...subject,
        value,
        reference,
        badness,
      })),
    })),
  }
}

/** What a rule looks at. A chain has a hundred thousand days of stores, and writing and reading them is most of the work. */
function sumsOf({ condition, metric }: Rule): readonly Sum[] {
  if (condition.kind === 'noSales') return ['units']
  if (condition.kind === 'marginBelow') return ['costed', 'cost']
  switch (metric) {
    case 'margin':
      return ['costed', 'cost']
    case 'averageTicket':
      return ['revenue', 'sales']
    case 'revenue':
    case 'units':
    case 'sales':
      return [metric]
  }
}

/** The texts that `dry-run-days` takes for some sums of the days of a source, those for which `having` holds. */
export function placesOf({ id, home, table, alone, most }: Source, sums: readonly Sum[], having = '1') {
  return {
    id,
    home,
    table,
    sums: sums.map(sum => `toFloat64(${alone ? `rows.${sum}` : `sum(rows.${sum})`}) AS ${sum}`).join(', '),
    together: alone ? '' : `GROUP BY day, id, home HAVING ${having} ${most}`,
    lists: sums.map(sum => `groupArray(subjects.${sum}) AS ${sum}`).join(', '),
  }
}

/** A subject's days, oldest first; what was not asked for is 0. */
function rowsOf({ id, home, days, revenue, costed, cost, units, sales }: SubjectRow): Row[] {
  const rows = days.map((at, index) => ({
    day: dayAt(at),
    at,
    id,
    home,
    revenue: revenue?.[index] ?? 0,
    costed: costed?.[index] ?? 0,
    cost: cost?.[index] ?? 0,
    units: units?.[index] ?? 0,
    sales: sales?.[index] ?? 0,
  }))
  return rows.sort((a, b) => a.at - b.at)
}

const daysKnown = new Map<number, Day>()

function dayAt(at: number): Day {
  const known = daysKnown.get(at) ?? addDays(everyDay.from, at)
  daysKnown.set(at, known)
  return known
}

const numberOf = (day: Day): number => daysBetween(everyDay.from, day)

/** The first of rows in order of days that is not before a day. */
function placeOf(rows: readonly Row[], at: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.at ?? at) < at) low = middle + 1
    else high = middle
  }
  return low
}

const keyOf = ({ id, home }: { id: string; home: string }): string => `${id}\n${home}`

const replayed = (today: Day): Day[] => Array.from({ length: looked }, (_, i) => addDays(today, i - looked))

function dayMoments(rule: Rule, bySubject: readonly Row[][], today: Day, zone: string): Moment[] {
  return replayed(today).map(day => {
    const at = numberOf(day)
    const subjects = bySubject.flatMap(list => factsOn(rule, list, at) ?? [])
    const facts: Facts = { day, zone, subjects }
    // The chain's clock is taken for UTC throughout: only distances matter.
    return { at: Date.parse(`${day}T23:59:00Z`), facts }
  })
}

function* hourMoments(
  rule: Rule,
  bySubject: readonly Row[][],
  hours: readonly HourRow[],
  today: Day,
  zone: string,
): Generator<Moment> {
  const sums = new Map(hours.map(row => [`${row.day}\n${keyOf(row)}`, cumulated(row)]))
  const parts = new Map([...groupBy(hours, keyOf)].map(([key, rows]) => [key, partsOf(rows)]))
  for (const day of replayed(today)) {
    const at = numberOf(day)
    for (let hour = 0; hour < 24; hour++) {
      const subjects = bySubject.flatMap(list => {
        const [first] = list
        if (first === undefined) return []
        const part = parts.get(keyOf(first))?.[hour] ?? 0
        if (part < earliestPart) return []
        const soFar = sums.get(`${day}\n${keyOf(first)}`)?.[hour] ?? { ...first, ...nothing, day, at }
        return factsOn(rule, list, at, { soFar, part }) ?? []
      })
      yield { at: Date.parse(`${day}T${String(hour).padStart(2, '0')}:59:59Z`), facts: { day, zone, subjects } }
    }
  }
}

const nothing = { revenue: 0, costed: 0, cost: 0, units: 0, sales: 0 }

/** What was sold by each hour's end. */
function cumulated(row: HourRow): Row[] {
  const soFar = { ...nothing }
  return Array.from({ length: 24 }, (_, hour) => {
    for (const name of sumsNamed) soFar[name] += row[name][hour] ?? 0
    return { day: row.day, at: numberOf(row.day), id: row.id, home: row.home, ...soFar }
  })
}

/** The part of its day that a subject usually has sold by each hour's end. */
function partsOf(rows: readonly HourRow[]): number[] {
  const byHour = Array.from({ length: 24 }, (_, hour) => rows.reduce((sum, row) => sum + (row.revenue[hour] ?? 0), 0))
  const whole = byHour.reduce((sum, value) => sum + value, 0)
  let soFar = 0
  return byHour.map(value => {
    soFar += value
    return whole > 0 ? soFar / whole : 0
  })
}

/** A subject on a day: at its end, or when `part` of its sales are usually made. */
function factsOn(
  { scope, condition, metric }: Rule,
  rows: readonly Row[],
  at: number,
  during?: { readonly soFar: Row; readonly part: number },
): SubjectFacts | undefined {
  const [first] = rows
  if (first === undefined || first.at > at) return undefined
  const subject = { kind: scope.kind, id: first.id, store: first.home }
  const place = placeOf(rows, at)
  const today = rows[place]?.at === at ? rows[place] : undefined
  const now = during?.soFar ?? today
  const part = during?.part ?? 1
  if (condition.kind === 'noSales') {
    const before = rows.slice(placeOf(rows, at - 55), today === undefined ? place : place + 1)
    const last = rows.findLast(row => row.at <= at && row.units > 0)
    if (last === undefined || (before.length < 8 && last.at < at)) return undefined
    return { subject, readings: {}, lastSaleAt: Date.parse(`${last.day}T12:00:00Z`) }
  }
  const past = rows.slice(placeOf(rows, at - 56), place)
  const recent = past.slice(placeOf(past, at - 28))
  const weekdays = past.filter(row => (at - row.at) % 7 === 0)
  const expected = (list: readonly Row[]) => (metric === 'averageTicket' ? ticketOf(list) : mean(list, metric) * part)
  const reading = (): Reading => ({
    value: now ? amountOf(now, metric) : 0,
    ...(recent.length >= 12 && weekdays.length > 0 ? { average: expected(recent) } : {}),
    ...(weekdays.length >= 4 ? { sameWeekdays: expected(weekdays) } : {}),
  })
  const told = metric !== 'averageTicket' || (now !== undefined && now.sales > 0)
  return {
    subject,
    readings: told ? { [metric]: reading() } : {},
    // Days that were fine are not among a product's rows when only thin margins were asked for.
    ...(now && now.costed > 0
      ? { margin: { revenue: now.costed, cost: now.cost } }
      : scope.kind === 'product'
        ? { margin: { revenue: 1, cost: 0 } }
        : {}),
  }
}

function amountOf(row: Row, metric: Metric): number {
  switch (metric) {
    case 'margin':
      return row.costed - row.cost
    case 'averageTicket':
      return row.sales > 0 ? row.revenue / row.sales : 0
    case 'revenue':
    case 'units':
    case 'sales':
      return row[metric]
  }
}

const mean = (rows: readonly Row[], metric: Metric): number =>
  rows.reduce((sum, row) => sum + amountOf(row, metric), 0) / Math.max(1, rows.length)

/** Revenue by sale over days together, as the evaluation has it. */
const ticketOf = (rows: readonly Row[]): number => {
  const sales = rows.reduce((sum, row) => sum + row.sales, 0)
  return rows.reduce((sum, row) => sum + row.revenue, 0) / Math.max(1, sales)
}
