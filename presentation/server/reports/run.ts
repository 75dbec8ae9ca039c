import { type Period, periodOf } from '#presentation/period.ts'
import { type Ask, composed } from '../ask.ts'
import type { Cell, Column, Manner, Sheet } from '../exports/sheet.ts'
import { words } from '../exports/words.ts'
import type { FiguresDesk } from '../figures.ts'
import { linesFrom } from '../kept-lines.ts'
import { toMicros, toNumber } from '../money.ts'
import type { Person } from '../person.ts'
import { reachOf } from './bounds.ts'
import { type Definition, type Metric, timeDimensions } from './definition.ts'
import { readsLines, reportSql } from './report-sql.ts'

type Sums = { revenue: string; costed: string; cost: string; units: string; lines: string; sales: string }
type Row = Sums & Record<string, string>
type Params = { from: string; to: string; categories: readonly string[]; limit: number }

/** A report as one person sees it. `cells` are exact; `total` is asked for by itself, so it holds also where rows are left out. */
export type Ran = {
  period: Period
  rows: Cell[][]
  total: Cell[]
  cutOff: boolean
  /** The stores it is narrowed to, by the names that the reader may see. */
  stores: string[]
  /** Where figures are counted on lines that are not all kept: the first day of which they are. */
  linesFrom: string | null
}

const limits = { max_execution_time: 30, max_threads: 2 } as const
const nothing: Sums = { revenue: '0', costed: '0', cost: '0', units: '0', lines: '0', sales: '0' }

/** Runs a report as `person`; through a link also within what its `maker` may see. */
export async function runReport(
  { ask, desk }: { ask: Ask; desk: FiguresDesk },
  person: Person,
  definition: Definition,
  maker?: Person,
): Promise<Ran> {
  const period = await periodOfReport(desk, person, definition)
  const reach = reachOf(definition, maker)
  const { categories } = definition.filters
  const params: Params = { ...period, categories, limit: definition.limit + 1 }
  const asked = (what: 'rows' | 'total') =>
    reach === 'nothing'
      ? []
      : ask(person, composed<Params, Row>(`report ${what}`, reportSql(definition, person, what), limits), reach, params)
  const [rows, [total], stores, kept] = await Promise.all([
    definition.dimensions.length === 0 ? [] : asked('rows'),
    asked('total'),
    namesOfStores(desk, person, definition),
    readsLines(definition, person) ? desk.kept(person) : { from: undefined },
  ])
  const measured = definition.metrics.map(metric => cellOf(metric, total ?? nothing))
  const found = rows
    .slice(0, definition.limit)
    .map(row => [
      ...definition.dimensions.map((_, at) => nameOf(row, at)),
      ...definition.metrics.map(metric => cellOf(metric, row)),
    ])
  return {
    period,
    rows: definition.dimensions.length === 0 ? [measured] : found,
    total: [...definition.dimensions.map(() => null), ...measured],
    cutOff: rows.length > definition.limit,
    stores,
    linesFrom: linesFrom(kept, period),
  }
}

export function columnsOf({ dimensions, metrics }: Definition, manner: Pick<Manner, 'locale'>): Column[] {
  const { of } = words(manner.locale)
  return [
    ...dimensions.map(
      (name): Column => ({ name: of[name], kind: timeDimensions.some(one => one === name) ? 'day' : 'text' }),
    ),
    ...metrics.map((name): Column => ({ name: of[name], kind: kindOf(name) })),
  ]
}

/** A report that ran, as a table to take away. */
export function sheetOf(definition: Definition, ran: Ran, manner: Manner): Sheet {
  const w = words(manner.locale)
  const { filters } = definition
  const day = (text: string) =>
    new Intl.DateTimeFormat(manner.locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(
      new Date(`${text}T00:00:00Z`),
    )
  const some = (names: readonly string[], say: (text: string) => string) =>
    names.length === 0 ? [] : [say(names.join(', '))]
  const [, ...rest] = ran.total
  const totalled = definition.dimensions.length > 0
  return {
    title: definition.name,
    notes: [
      w.period(day(ran.period.from), day(ran.period.to)),
      ...some(ran.stores, w.stores),
      ...some(filters.sellers, w.sellers),
      ...some(filters.products, w.products),
      ...some(filters.categories, w.categories),
      ...(ran.linesFrom === null ? [] : [w.linesFrom(day(ran.linesFrom))]),
      ...(ran.cutOff ? [w.cutOff(ran.rows.length)] : []),
    ],
    columns: columnsOf(definition, manner),
    rows: ran.rows,
    total: totalled ? [w.total, ...rest] : undefined,
  }
}

async function namesOfStores(desk: FiguresDesk, person: Person, { filters }: Definition): Promise<string[]> {
  if (filters.stores.length === 0) return []
  const named = new Map((await desk.stores(person)).map(({ id, name }) => [id, name === '' ? id : name]))
  return filters.stores.map(id => named.get(id) ?? id)
}

async function periodOfReport(desk: FiguresDesk, person: Person, { period }: Definition): Promise<Period> {
  if ('from' in period) return period
  return periodOf(period.preset, desk.today(), period.preset === 'all' ? await desk.bounds(person) : undefined)
}

function nameOf(row: Row, at: number): string {
  const name = row[`n${at}`] ?? ''
  return name === '' ? (row[`d${at}`] ?? '') : name
}

export function kindOf(metric: Metric): Column['kind'] {
  switch (metric) {
    case 'revenue':
    case 'cost':
    case 'margin':
    case 'averageTicket':
      return 'money'
    case 'marginShare':
      return 'share'
    case 'units':
    case 'sales':
    case 'lines':
      return 'number'
  }
}

function cellOf(metric: Metric, sums: Sums): Cell {
  const revenue = toMicros(sums.revenue)
  const margin = toMicros(sums.costed) - toMicros(sums.cost)
  switch (metric) {
    case 'revenue':
      return revenue
    case 'cost':
      return toMicros(sums.cost)
    case 'margin':
      return margin
    case 'marginShare':
      return revenue === 0n ? null : Number(margin) / Number(revenue)
    case 'averageTicket':
      return sums.sales === '0' ? null : revenue / BigInt(sums.sales)
    case 'units':
    case 'sales':
    case 'lines':
      return toNumber(sums[metric])
  }
}
