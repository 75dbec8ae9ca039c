import { dryRun, type Moment } from '#shared/alerts/dry-run.ts'
import type { Facts, Reading, SubjectFacts } from '#shared/alerts/facts.ts'
import type { Metric, Rule } from '#shared/alerts/rule.ts'
import { addDays, type Day, dayIn, weekdayOf } from '#shared/day.ts'
import { groupBy } from '#shared/group.ts'
import { fill } from '#shared/sql.ts'
import { question, scoped } from '../ask.ts'
import type { Person } from '../person.ts'
import type { InsightParts } from './routes.ts'

const looked = 90

type Row = {
  day: Day
  id: string
  home: string
  revenue: number
  costed: number
  cost: number
  units: number
  sales: number
}

const days = question<{ today: string }, Row>('insights/dry-run-days')

const sources: Partial<Record<Rule['scope']['kind'], { id: string; home: string; table: string }>> = {
  chain: { id: "''", home: "''", table: 'store_days' },
  store: { id: 'store', home: 'store', table: 'store_days' },
  seller: { id: 'seller', home: "''", table: 'seller_days' },
  product: { id: 'product', home: 'store', table: 'product_days' },
}

/** The rule over whole past days: what it would have said at each day's end. Times of day, targets and past forecasts are not kept, so rules about them are not replayed. */
export async function dryRunOf({ warehouse, config }: InsightParts, person: Person, rule: Rule) {
  const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
  const source = sources[rule.scope.kind]
  const { condition } = rule
  const replayable = source !== undefined && !['dataLate', 'belowPace', 'forecastBroken'].includes(condition.kind)
  if (!replayable)
    return { days: looked, note: 'This condition depends on the moment and is not replayed over the past.', items: [] }
  const having =
    rule.scope.kind === 'product' && condition.kind === 'marginBelow'
      ? `costed > 0 AND (costed - cost) * 100 < ${Number(condition.percent)} * costed`
      : '1'
  const narrowing = { stores: rule.scope.stores ?? [] }
  const text = fillKnown(days.sql, { ...source, having })
  const rows = await warehouse.rows<Row>(scoped(text, person, narrowing), { today })
  const bySubject = [...groupBy(rows, row => `${row.id}\n${row.home}`).values()]
  const moments = Array.from({ length: looked }, (_, i): Moment => {
    const day = addDays(today, i - looked)
    const subjects = bySubject.flatMap(list => factsOn(rule, list, day) ?? [])
    const facts: Facts = { day, zone: config.DATAAPP_TIME_ZONE, subjects }
    return { at: Date.parse(`${day}T23:59:00Z`), facts }
  })
  // Whole days: what must hold for so many minutes holds at a day's end.
  const found = dryRun({ ...rule, on: true, forMinutes: 0 }, moments)
  return {
    days: looked,
    note: 'Looked at whole days, as they stand now.',
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

const fillKnown = (sql: string, places: Record<string, string>): string =>
  fill(sql, { ...places, scope: '{{scope}}', days: '{{days}}' })

function factsOn({ scope, condition }: Rule, rows: readonly Row[], day: Day): SubjectFacts | undefined {
  const [first] = rows
  if (first === undefined || first.day > day) return undefined
  const subject = { kind: scope.kind, id: first.id, store: first.home }
  const now = rows.find(row => row.day === day)
  if (condition.kind === 'noSales') {
    const before = rows.filter(row => row.day <= day && row.day > addDays(day, -56))
    const last = rows.findLast(row => row.day <= day && row.units > 0)
    if (last === undefined || (before.length < 8 && last.day < day)) return undefined
    return { subject, readings: {}, lastSaleAt: Date.parse(`${last.day}T12:00:00Z`) }
  }
  const past = rows.filter(row => row.day < day && row.day >= addDays(day, -56))
  const recent = past.filter(row => row.day >= addDays(day, -28))
  const weekdays = past.filter(row => weekdayOf(row.day) === weekdayOf(day))
  const reading = (metric: Metric): Reading => ({
    value: now ? amountOf(now, metric) : 0,
    ...(recent.length >= 12 && weekdays.length > 0 ? { average: mean(recent, metric) } : {}),
    ...(weekdays.length >= 4 ? { sameWeekdays: mean(weekdays, metric) } : {}),
  })
  return {
    subject,
    readings: {
      revenue: reading('revenue'),
      margin: reading('margin'),
      units: reading('units'),
      sales: reading('sales'),
      ...(now && now.sales > 0 ? { averageTicket: reading('averageTicket') } : {}),
    },
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
