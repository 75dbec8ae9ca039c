import type { Facts, Reading, SubjectFacts } from '#shared/alerts/facts.ts'
import type { Metric, Rule } from '#shared/alerts/rule.ts'
import type { Day } from '#shared/day.ts'
import { fill, literal, loadSql, tuples } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { paceOf } from './pace.ts'
import { type SourceArrival, sourceFacts } from './source-arrivals.ts'
import {
  type Amounts,
  type Background,
  earliestPart,
  type Kind,
  kinds,
  partOfDay,
  sources,
  type Usual,
} from './usual.ts'

type SoFar = { id: string; store: string; revenue: number; costed: number; cost: number; units: number; sales: number }

const sql = {
  soFar: loadSql('./so-far.sql', import.meta.url),
  thin: loadSql('./thin-products.sql', import.meta.url),
  quiet: loadSql('./quiet-products.sql', import.meta.url),
}

export type ProductPlace = readonly [product: string, store: string]

export type Moment = {
  /** Milliseconds since 1970, and the minute of the chain's day. */
  readonly now: number
  readonly minute: number
  readonly today: Day
  readonly zone: string
  /** The latest arrival of each store's data that this process heard of. */
  readonly heard: ReadonlyMap<string, number>
  /** When each source last brought anything; empty where no rule asks. */
  readonly arrivals: readonly SourceArrival[]
}

/** What the rules need to know: reads only the kinds of subject that some rule is about. Of products those sold below what a rule allows, and those in `watched`. */
export async function gatherFacts(
  warehouse: Warehouse,
  rules: readonly Rule[],
  background: Background,
  moment: Moment,
  watched: readonly ProductPlace[],
): Promise<Facts> {
  const { day } = background
  const subjects: SubjectFacts[] = []
  const wanted = new Set<string>(rules.map(rule => rule.scope.kind))
  await Promise.all(
    kinds
      .filter(kind => wanted.has(kind))
      .map(async kind => {
        const rows = await warehouse.rows<SoFar>(fill(sql.soFar, sources[kind]), { day })
        subjects.push(...factsOf(kind, rows, background, moment))
      }),
  )
  if (wanted.has('source')) subjects.push(...sourceFacts(moment.arrivals, background, moment))
  if (wanted.has('product')) subjects.push(...(await thinProducts(warehouse, rules, day, watched)))
  return { day, zone: moment.zone, subjects }
}

function factsOf(kind: Kind, rows: readonly SoFar[], background: Background, moment: Moment): SubjectFacts[] {
  const sold = new Map(rows.map(row => [row.id, row]))
  const ids = new Set([...sold.keys(), ...background.usual[kind].keys()])
  return [...ids].map(id => {
    const row = sold.get(id)
    const usual = background.usual[kind].get(id)
    const store = kind === 'store' ? id : kind === 'seller' ? (usual?.store ?? row?.store ?? '') : ''
    const part = background.day < moment.today ? 1 : partOfDay(background.hours.get(store), moment.minute)
    const arrived = kind === 'store' || kind === 'chain' ? arrivalOf(kind, id, background, moment) : undefined
    return {
      subject: { kind, id, store },
      readings: readingsOf(kind, id, row, usual, part, background),
      ...(row && row.costed > 0 ? { margin: { revenue: row.costed, cost: row.cost } } : {}),
      ...(arrived === undefined ? {} : { lastDataAt: arrived }),
    }
  })
}

function readingsOf(
  kind: Kind,
  id: string,
  row: SoFar | undefined,
  usual: Usual | undefined,
  part: number,
  { day, expected, targets }: Background,
): Partial<Record<Metric, Reading>> {
  const now = { revenue: 0, units: 0, sales: 0, ...row, margin: (row?.costed ?? 0) - (row?.cost ?? 0) }
  const judged = part >= earliestPart
  const held = (amounts: Amounts | undefined, metric: keyof Amounts) =>
    judged && amounts ? amounts[metric] * part : undefined
  const reading = (metric: keyof Amounts, more: Partial<Reading> = {}): Reading => ({
    value: now[metric],
    ...given('average', held(usual?.average, metric)),
    ...given('sameWeekdays', held(usual?.sameWeekdays, metric)),
    ...more,
  })
  const forecast = expected.get(`${kind}:${id}`)
  const pace = paceOf(day, part, (usual?.month ?? 0) + now.revenue, targets.get(`${kind}:${id}`))
  return {
    revenue: reading('revenue', {
      ...given(
        'forecast',
        judged && forecast
          ? { value: forecast.value * part, lo80: forecast.lo80 * part, lo95: forecast.lo95 * part }
          : undefined,
      ),
      ...given('pace', pace),
    }),
    margin: reading('margin'),
    units: reading('units'),
    sales: reading('sales'),
    ...(now.sales > 0
      ? {
          averageTicket: {
            value: now.revenue / now.sales,
            ...given('average', ticket(usual?.average)),
            ...given('sameWeekdays', ticket(usual?.sameWeekdays)),
          },
        }
      : {}),
  }
}

const given = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> => {
  const made: Partial<Record<K, V>> = {}
  if (value !== undefined) made[key] = value
  return made
}

const ticket = (amounts: Amounts | undefined): number | undefined =>
  amounts && amounts.sales > 0 ? amounts.revenue / amounts.sales : undefined

/** Silence means something only where sales arrive as they are made, and at hours when an hour and a half usually brings several. */
function arrivalOf(
  kind: 'store' | 'chain',
  id: string,
  background: Background,
  { now, minute, today, heard }: Moment,
): number | undefined {
  const isLive = kind === 'chain' ? background.live.size > 0 : background.live.has(id)
  const usual = background.usual[kind].get(id)?.average
  const hours = background.hours.get(id)
  if (!isLive || background.day > today || usual === undefined || hours === undefined) return undefined
  const expected = usual.sales * (partOfDay(hours, minute) - partOfDay(hours, Math.max(0, minute - 90)))
  if (expected < 4) return undefined
  const times = (of: ReadonlyMap<string, number>) => (kind === 'chain' ? [...of.values()] : [of.get(id) ?? 0])
  return Math.min(now, Math.max(0, ...times(background.arrived), ...times(heard)))
}

async function thinProducts(
  warehouse: Warehouse,
  rules: readonly Rule[],
  day: Day,
  watched: readonly ProductPlace[],
): Promise<SubjectFacts[]> {
  const limits = rules.flatMap(({ scope, condition }) =>
    scope.kind === 'product' && condition.kind === 'marginBelow' ? [condition.percent] : [],
  )
  if (limits.length === 0) return []
  const rows = await warehouse.rows<{ id: string; store: string; costed: number; cost: number }>(
    fill(sql.thin, { watched: places(watched) }),
    { day, percent: Math.max(...limits) },
  )
  return rows.map(({ id, store, costed, cost }) => ({
    subject: { kind: 'product', id, store },
    readings: {},
    margin: { revenue: costed, cost },
  }))
}

/** Products that stand still, where a rule asks, and those in `watched`: what only the clock changes. Reads months of days. */
export async function quietProducts(
  warehouse: Warehouse,
  rules: readonly Rule[],
  day: Day,
  watched: readonly ProductPlace[],
): Promise<SubjectFacts[]> {
  const limits = rules.flatMap(({ scope, condition }) =>
    scope.kind === 'product' && condition.kind === 'noSales' ? [condition.days] : [],
  )
  if (limits.length === 0) return []
  const rows = await warehouse.rows<{ id: string; store: string; last: string }>(
    fill(sql.quiet, { watched: places(watched) }),
    { day, days: Math.min(...limits) },
  )
  return rows.map(({ id, store, last }) => ({
    subject: { kind: 'product', id, store },
    readings: {},
    lastSaleAt: Date.parse(`${last}T12:00:00Z`),
  }))
}

const places = (watched: readonly ProductPlace[]): string =>
  watched.length === 0 ? `((${literal('')}, ${literal('')}))` : tuples(watched)
