import type { Day } from '#shared/day.ts'
import { fill, loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

/** The kinds of subject that have days of their own. */
export const kinds = ['chain', 'store', 'seller', 'category'] as const
export type Kind = (typeof kinds)[number]

const named = '(SELECT product, category FROM products FINAL) AS named ON named.product = days.product'
export const sources: Record<Kind, { id: string; store: string; rows: string }> = {
  chain: { id: "''", store: "''", rows: '(SELECT * FROM store_days FINAL) AS days' },
  store: { id: 'days.store', store: 'any(days.store)', rows: '(SELECT * FROM store_days FINAL) AS days' },
  seller: {
    id: 'days.seller',
    store: 'argMax(days.store, days.revenue)',
    rows: '(SELECT * FROM seller_days FINAL) AS days',
  },
  category: {
    id: 'named.category',
    store: "''",
    rows: `(SELECT * FROM product_days FINAL) AS days LEFT JOIN ${named}`,
  },
}

type Sums<N extends 28 | 8> = Record<`revenue${N}` | `margin${N}` | `units${N}` | `sales${N}` | `n${N}`, number>
type UsualRow = { id: string; store: string; deviation28: number; month: number } & Sums<28> & Sums<8>

/** What one subject usually sells: averages over the days it sold on, and whether they say enough to judge by. */
export type Usual = {
  readonly id: string
  readonly store: string
  readonly average: Amounts | undefined
  readonly sameWeekdays: Amounts | undefined
  /** Sold this month before the judged day. */
  readonly month: number
}
export type Amounts = {
  readonly revenue: number
  readonly margin: number
  readonly units: number
  readonly sales: number
}

export type Expectation = { readonly value: number; readonly lo80: number; readonly lo95: number }

/** Everything that today's figures are held against; made when the day begins and when the past changes. */
export type Background = {
  readonly day: Day
  readonly usual: Readonly<Record<Kind, ReadonlyMap<string, Usual>>>
  readonly expected: ReadonlyMap<string, Expectation>
  /** Monthly targets by `store:id` and `seller:id`. */
  readonly targets: ReadonlyMap<string, number>
  /** Share of a store's day that is usually sold by each hour's end; '' for the chain. */
  readonly hours: ReadonlyMap<string, readonly number[]>
  /** Stores whose sales arrive while they are made. */
  readonly live: ReadonlySet<string>
  /** When data last arrived, in milliseconds since 1970, by store. */
  readonly arrived: ReadonlyMap<string, number>
}

const sql = {
  baseline: loadSql('./baseline.sql', import.meta.url),
  expected: loadSql('./expected.sql', import.meta.url),
  targets: loadSql('./targets.sql', import.meta.url),
  hours: loadSql('./hours.sql', import.meta.url),
  arrivals: loadSql('./arrivals.sql', import.meta.url),
}

/** From this median delay on, a store's data comes in batches: silence during the day says nothing. */
export const liveWithinSeconds = 1_800

export async function readBackground(warehouse: Warehouse, day: Day, zone: string): Promise<Background> {
  const [chain, store, seller, category] = await Promise.all(
    kinds.map(kind => warehouse.rows<UsualRow>(fill(sql.baseline, sources[kind]), { day })),
  )
  const [expected, targets, hours, arrivals] = await Promise.all([
    warehouse.rows<{ level: string; id: string; amount: number; low80: number; low95: number }>(sql.expected, { day }),
    warehouse.rows<{ store: string; seller: string; home: string; amount: number }>(sql.targets, { day }),
    warehouse.rows<{ id: string; revenue: number[] }>(sql.hours, { day }),
    warehouse.rows<{ store: string; arrived: number; lag: number }>(sql.arrivals, { day, zone }),
  ])
  const openDays = chain?.[0]?.n28 ?? 0
  const byId = (rows: readonly UsualRow[] = []) => new Map(rows.map(row => [row.id, usualOf(row, openDays)]))
  return {
    day,
    usual: { chain: byId(chain), store: byId(store), seller: byId(seller), category: byId(category) },
    expected: new Map(
      expected.map(row => [`${row.level}:${row.id}`, { value: row.amount, lo80: row.low80, lo95: row.low95 }]),
    ),
    targets: targetsOf(targets),
    hours: hoursOf(hours),
    live: new Set(arrivals.filter(row => row.lag < liveWithinSeconds).map(row => row.store)),
    arrived: new Map(arrivals.map(row => [row.store, Number(row.arrived)])),
  }
}

/** A subject that sells on few days, or very unevenly, has no average worth an alert. */
function usualOf(row: UsualRow, openDays: number): Usual {
  const steady =
    row.n28 >= Math.max(5, 0.6 * openDays) && row.deviation28 <= row.revenue28 / Math.max(1, row.n28) && row.n8 > 0
  const per = (n: number, revenue: number, margin: number, units: number, sales: number): Amounts => ({
    revenue: revenue / n,
    margin: margin / n,
    units: units / n,
    sales: sales / n,
  })
  return {
    id: row.id,
    store: row.store,
    average: steady ? per(row.n28, row.revenue28, row.margin28, row.units28, row.sales28) : undefined,
    sameWeekdays: steady && row.n8 >= 3 ? per(row.n8, row.revenue8, row.margin8, row.units8, row.sales8) : undefined,
    month: row.month,
  }
}

function targetsOf(rows: readonly { store: string; seller: string; home: string; amount: number }[]) {
  const targets = new Map<string, number>()
  const homes = new Map<string, number>()
  const put = (to: Map<string, number>, key: string, amount: number) => to.set(key, (to.get(key) ?? 0) + amount)
  for (const { store, seller, home, amount } of rows) {
    if (store !== '') put(targets, `store:${store}`, amount)
    if (seller !== '') put(targets, `seller:${seller}`, amount)
    if (store === '' && home !== '') put(homes, `store:${home}`, amount)
  }
  for (const [key, amount] of homes) if (!targets.has(key)) targets.set(key, amount)
  return targets
}

function hoursOf(rows: readonly { id: string; revenue: number[] }[]): Map<string, readonly number[]> {
  const all = Array.from({ length: 24 }, (_, hour) => rows.reduce((sum, row) => sum + (row.revenue[hour] ?? 0), 0))
  return new Map([...rows, { id: '', revenue: all }].map(({ id, revenue }) => [id, cumulated(revenue)]))
}

function cumulated(sums: readonly number[]): number[] {
  const whole = sums.reduce((sum, value) => sum + value, 0)
  let soFar = 0
  return sums.map(value => {
    soFar += value
    return whole > 0 ? soFar / whole : 1
  })
}

/** The part of a day's sales that is usually made by a minute of the day. */
export function partOfDay(hours: readonly number[] | undefined, minute: number): number {
  if (hours === undefined) return minute / 1440
  const hour = Math.floor(minute / 60)
  const before = hour === 0 ? 0 : (hours[hour - 1] ?? 0)
  return before + ((hours[hour] ?? 1) - before) * ((minute % 60) / 60)
}

/** Earlier in the day than this part of its sales, nothing is held against what is usual or due. */
export const earliestPart = 0.15
