import { readdirSync } from 'node:fs'
import { comparisonOf, grainOf, type Period, type Preset, periodOf } from '#presentation/period.ts'
import { type Narrowing, scoped } from '#presentation/server/ask.ts'
import { categoriesIn, ranked, summed, twoPeriods } from '#presentation/server/figures.ts'
import { placesOf, sources } from '#presentation/server/insights/dry-run.ts'
import { shareRows } from '#presentation/server/insights/part-projections.ts'
import { looksFor } from '#presentation/server/lines.ts'
import type { Bounds, Person } from '#presentation/server/person.ts'
import { definitionSchema } from '#presentation/server/reports/definition.ts'
import { reportSql } from '#presentation/server/reports/report-sql.ts'
import { monthsOf, noMonths, salesOf, spansAmong } from '#presentation/server/rolled.ts'
import { countedBy } from '#presentation/server/sale-counts.ts'
import { type RolledSpan, tooMany, wholeMonths } from '#presentation/server/spans.ts'
import { addDays, addMonths, type Day, firstDayOf, monthOf } from '#shared/day.ts'
import { fillSome, loadSql } from '#shared/sql.ts'
import { restMicros } from '#shared/warehouse/rest.ts'

const queries = new URL('../../presentation/server/queries/', import.meta.url)

/** A question as the presentation tier would ask it of the warehouse. */
export type Asked = { name: string; sql: string; params: Record<string, unknown> }

const person = (bounds: Bounds): Person => ({ id: 'bench', email: '', name: '', locale: undefined, ...bounds })
const people = {
  admin: person({ role: 'admin' }),
  'manager of 20 stores': person({ role: 'manager', stores: Array.from({ length: 20 }, (_, i) => `S${i * 35}`) }),
  manager: person({ role: 'manager', stores: ['S17'] }),
  seller: person({ role: 'seller', seller: 'V137' }),
}
type Who = keyof typeof people
const everybody: readonly Who[] = ['admin', 'manager of 20 stores', 'manager', 'seller']
const periods: readonly Preset[] = ['30d', '90d', '12m', 'all']
/** The run of `product_reach` that a generated history has. */
export const reachRun = 1
const firstPage = { limit: 101, offset: 0 }
/** Too far back for the latest days. */
const farPage = { limit: 101, offset: 2_000 }
/** What others add up. */
const parts = new Set(['rows.sql', 'rows-of-chain.sql', 'rows-of-chain-days.sql'])
/** Read once after each refresh of the companions, and answered from memory. */
const keptInMemory = new Set(['companions-run', 'companions', 'store-reaches'].map(name => `insights/${name}.sql`))
const everything: Narrowing = { stores: [] }

/** Every question that the dashboard's pages ask, for each kind of person and over short and long periods. `data` is the span of days that have lines, `known` what is summed up of it. */
export function dashboardQuestions(today: Day, data: Period, known: readonly RolledSpan[]): Asked[] {
  const asked: Asked[] = []
  const files = new Set<string>()
  const ask = (
    file: string,
    who: Who,
    what: string,
    params: Record<string, unknown>,
    places = {},
    narrowing = everything,
  ) => {
    files.add(`${file}.sql`)
    const text = fillSome(loadSql(`./${file}.sql`, queries.href), places)
    asked.push({
      name: `${file}, ${who}${what === '' ? '' : `, ${what}`}`,
      sql: scoped(text, people[who], narrowing, params),
      params,
    })
  }

  const held = (periods: readonly Period[]) => monthsOf(known, wholeMonths(periods))

  for (const who of everybody) {
    ask('bounds', who, '', {})
    ask('data-freshness', who, '', monthsOf(known))
    ask('targets-of-month', who, '', {
      month: firstDayOf(monthOf(today)),
      before: firstDayOf(addMonths(monthOf(today), -1)),
    })
    ask('stores', who, '', {})
    ask('categories', who, '', held([data]), who === 'admin' ? categoriesIn.chain : categoriesIn.stores)
    for (const preset of periods) {
      const period = periodOf(preset, today, data)
      const comparison = comparisonOf(period, 'previous')
      const months = held([period, comparison])
      const both = { ...twoPeriods(period, comparison), ...months }
      const grain = grainOf(period)
      const best = { ...both, by: 'revenue', order: 'desc', limit: 10 }
      ask('summary', who, preset, both, summed.summary)
      ask('series', who, preset, { ...both, grain, ...(grain === 'month' ? months : noMonths) }, summed.series)
      if (who === 'admin') {
        // Asked one after the other: what is summed up, then the rest.
        ask('rolled-up', who, preset, { from: both.beforeFrom, to: both.to, rest: restMicros })
        const spans = spansAmong(known, [period, comparison], data)
        if (tooMany(spans)) ask('best', who, `products, ${preset}`, { ...best, ...noMonths }, ranked.products)
        else ask('best', who, `products of the chain, ${preset}`, { ...best, ...spans }, ranked.productsOfChain)
      } else ask('best', who, `products, ${preset}`, best, ranked.products)
      ask('best', who, `sellers, ${preset}`, best, ranked.sellers)
      ask('best', who, `stores, ${preset}`, best, ranked.stores)
      ask('lines', who, preset, { ...looksFor(period, firstPage, who === 'admin')[0], ...firstPage })
    }
    ask('lines', who, 'all, far back', { ...data, ...farPage, latest: [] })
  }
  const month = periodOf('30d', today, data)
  const year = periodOf('12m', today, data)
  const narrow = { stores: ['S17'], sellers: [], products: [] }
  ask('series', 'admin', 'one store', { ...twice(month), ...noMonths, grain: 'day' }, summed.series, narrow)
  ask(
    'best',
    'admin',
    'products, one store, 12m',
    { ...twice(year), ...held(bothOf(year)), by: 'margin', order: 'asc', limit: 10 },
    ranked.products,
    narrow,
  )
  ask(
    'series',
    'admin',
    'one product of the chain, 12m',
    { ...twice(year), days: [today], grain: 'week' },
    summed.seriesOfChain,
    { stores: [], products: ['P3'] },
  )
  const several = { stores: [], products: ['P3', 'P5', 'P40'] }
  for (const who of everybody)
    for (const preset of ['30d', '12m'] as const) {
      const period = periodOf(preset, today, data)
      const both = twice(period)
      const months = salesOf(known.filter(({ first }) => first >= firstDayOf(monthOf(both.beforeFrom))))
      const counted = { ...both, ...months, grain: grainOf(period) }
      ask('sale-counts', who, `some products, ${preset}`, counted, countedBy.bucket, several)
    }

  const heldSince = (from: number, to = 0) =>
    known.flatMap(({ span, first }) =>
      span === 'day' && first >= addDays(today, -from) && first <= addDays(today, -to) ? [first] : [],
    )
  ask('insights/promotions', 'admin', '', { today, limit: 10, held: [...heldSince(56, 1), ...heldSince(420, 365)] })
  const rising = Array.from({ length: 10 }, (_, i) => `P${i * 20}`)
  const peers = Array.from({ length: 8 }, (_, i) => `S${i * 50 + 1}`)
  for (const who of everybody) {
    for (const days of [30, 90]) {
      const period = { from: addDays(today, 1 - days), to: today }
      const before = { from: addDays(today, 1 - 2 * days), to: addDays(today, -days) }
      const spans = spansAmong(known, [period, before])
      const { rows } = who === 'admin' ? ranked.productsOfChain : ranked.products
      const params = { ...twoPeriods(period, before), ...spans, limit: 20 }
      ask('insights/margins', who, `${days} days`, params, { order: 's.margin DESC', rows })
    }
    ask('insights/below-cost', who, '', { today, days: 90, products: rising })
    if (who !== 'seller') {
      const lately = { from: addDays(today, -90), to: addDays(today, -1) }
      const params = { ...twoPeriods(lately, lately), ...spansAmong(known, [lately]) }
      ask('insights/part-shares', who, '', params, shareRows, who === 'admin' ? narrow : everything)
    }
    ask('insights/promotion-places', who, '', { today, products: rising, peers: who === 'manager' ? peers : [] })
    ask('insights/projections', who, 'stores', { today, level: 'store', ids: [], limit: 100 })
    ask('insights/projections', who, 'sellers', { today, level: 'seller', ids: [], limit: 100 })
    ask('insights/month-stores', who, '', { today })
    ask('insights/month-sellers', who, '', { today })
    ask('insights/targets', who, '', { today })
    ask('insights/home-stores', who, '', { from: firstDayOf(addMonths(monthOf(today), -5)), to: today })
  }
  ask('data-lines', 'admin', '', { days: 30 })
  ask('data-findings', 'admin', '', { days: 30 })
  ask('insights/store-profiles', 'manager', '', { today })
  ask('insights/gap-products', 'manager', '', {
    today,
    own: 'S17',
    ownDays: 90,
    peerDays: 720,
    peers,
    category: 'Category 3',
  })
  for (const who of ['manager', 'seller'] as const) {
    const span = { from: firstDayOf(monthOf(today)), to: today }
    ask('insights/pay-lines', who, 'a month', { ...span, team: [] })
    ask('insights/pay-targets', who, '', span)
  }
  ask('insights/reach', 'seller', '', { run: reachRun, kind: 'store', id: 'S17' })
  ask('insights/called', 'seller', '', { products: ['P1', 'P2', 'P3'] })
  ask('insights/store-hours', 'manager', '', { today, stores: ['S17', ...peers] })
  ask('insights/store-sellers', 'manager', '', { today, stores: ['S17', ...peers] })
  ask('insights/dry-run-days', 'admin', 'chain', { today }, placesOf(sources.chain, ['revenue']))
  ask('insights/dry-run-days', 'admin', 'stores', { today }, placesOf(sources.store, ['revenue']))

  ask('kept-lines', 'admin', '', {})
  ask('sellers-among', 'manager', '', {}, {}, { stores: [], sellers: ['V137', 'V5000'] })
  ask('insights/first-sold', 'seller', '', { name: 'V137' })
  ask('insights/standing', 'seller', '', { today })
  ask('insights/dry-run-hours', 'manager', '', { today }, { id: 'store', home: 'store' })

  const reports = { 'stores by month': ['month', 'region'], categories: ['category'], sellers: ['seller'] }
  for (const [name, dimensions] of Object.entries(reports))
    for (const who of ['admin', 'manager'] as const) {
      const definition = definitionSchema.parse({ name, metrics: ['revenue', 'margin'], dimensions })
      const sql = scoped(reportSql(definition, people[who], 'rows'), people[who], everything)
      asked.push({ name: `report of ${name}, ${who}`, sql, params: { ...month, categories: [], limit: 1_000 } })
    }

  const forgotten = readdirSync(queries, { recursive: true }).filter(
    file =>
      String(file).endsWith('.sql') &&
      !files.has(String(file)) &&
      !keptInMemory.has(String(file)) &&
      !parts.has(String(file)),
  )
  if (forgotten.length > 0) throw new Error(`not measured: ${forgotten.join(', ')}`)
  return asked
}

function bothOf(period: Period): [Period, Period] {
  return [period, comparisonOf(period, 'previous')]
}

function twice(period: Period) {
  const [, before] = bothOf(period)
  return twoPeriods(period, before)
}
