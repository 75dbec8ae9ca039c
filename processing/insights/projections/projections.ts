import { createHash } from 'node:crypto'
import { addDays, type Day } from '#shared/day.ts'
import { groupBy } from '#shared/group.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Forecast } from '../forecast/forecast.ts'
import type { Country } from '../forecast/holidays.ts'
import { forecastMany } from '../forecast/many.ts'
import { lastFingerprint, nameRun } from '../runs.ts'
import { type History, histories, type Level, type Span, spanOf } from './history.ts'
import { reconcile } from './reconcile.ts'
import {
  type Base,
  dailyInput,
  fromDays,
  fromMonths,
  fromShare,
  horizonDays,
  howOf,
  missingDays,
  monthlySums,
  monthsAhead,
  type Setting,
} from './series.ts'
import { emptyProjections, knownProjections, type Projected, writeProjections } from './table.ts'

export type RefreshOptions = {
  readonly today: Day
  readonly country: string
  /** Threads that forecast; 0 computes here. */
  readonly threads: number
  /** Series beyond these, smallest first, are taken as shares of their parent. */
  readonly mostSeries?: number
  readonly signal?: AbortSignal
}

export type Refreshed = { readonly series: number; readonly forecast: number; readonly written: number }

/** Changes with what the numbers below mean, so that rows of an older program are made anew. */
const edition = 1

/**
 * Brings `projections` up to date. Every series whose past reads as it did keeps its forecast; the others are made anew on threads, then the levels are made to
 * add up, and only rows that differ are written. Doing it again changes nothing, and it may be cut off anywhere.
 */
export async function refreshProjections(warehouse: Warehouse, options: RefreshOptions): Promise<Refreshed> {
  const span = await spanOf(warehouse, options.today)
  if (span === undefined) return { series: 0, forecast: 0, written: 0 }
  const counts = { series: 0, forecast: 0, written: 0 }
  const whole = await fingerprintOf(warehouse, span, options.country)
  if (whole === (await lastFingerprint(warehouse, 'projections'))) return counts
  const known = await knownProjections(warehouse)
  const seen = new Set<string>()
  const [chain] = await all(warehouse, 'chain', span)
  if (chain === undefined) return counts
  const setting = { starts: span.starts, missing: missingDays(chain.values, span.starts) }

  async function level(
    children: readonly History[],
    parent: { history: History; amounts: Float64Array } | undefined,
  ): Promise<Map<string, { history: History; amounts: Float64Array }>> {
    options.signal?.throwIfAborted()
    const prints = children.map(child => printOf(child, setting, options.country))
    const changed = children.filter((child, i) => known.get(keyOf(child))?.fingerprint !== prints[i])
    const made = await forecastAll(changed, parent, setting, options)
    counts.series += children.length
    for (const child of children) seen.add(keyOf(child))
    counts.forecast += changed.length
    const bases = children.map(child => made.get(child) ?? known.get(keyOf(child))?.own)
    const complete = bases.flatMap((base, i) => {
      const history = children[i]
      const fingerprint = prints[i]
      return base && history && fingerprint ? [{ base, history, fingerprint }] : []
    })
    const own = complete.map(one => one.base)
    const fitted = parent ? reconcile(parent.amounts, own) : own.map(({ base, edges }) => ({ amounts: base, edges }))
    const rows = complete.flatMap(({ base, history, fingerprint }, i): Projected[] => {
      const { amounts, edges } = fitted[i] ?? { amounts: base.base, edges: base.edges }
      const before = known.get(keyOf(history))
      if (before?.fingerprint === fingerprint && same(before.amounts, amounts)) return []
      return [{ history, base, amounts, edges, fingerprint, starts: span?.starts ?? options.today }]
    })
    counts.written += rows.length
    await writeProjections(warehouse, rows)
    return new Map(
      complete.map(({ history, base }, i) => [history.id, { history, amounts: fitted[i]?.amounts ?? base.base }]),
    )
  }

  const top = (await level([chain], undefined)).get(chain.id)
  for (const name of ['store', 'seller'] as const) await level(await all(warehouse, name, span), top)
  const categories = await level(await all(warehouse, 'category', span), top)
  const products = groupBy(await all(warehouse, 'product', span), product => product.parent)
  for (const [category, parent] of categories) await level(products.get(category) ?? [], parent)
  // What is no longer sold at all, by anybody, expects nothing.
  await emptyProjections(
    warehouse,
    [...known.values()].filter(one => one.amounts.length > 0 && !seen.has(keyOf(one))),
    span.starts,
  )
  await nameRun(warehouse, 'projections', Date.now(), whole)
  return counts
}

async function all(warehouse: Warehouse, level: Level, span: Span): Promise<History[]> {
  const found: History[] = []
  for await (const some of histories(warehouse, level, span)) found.push(...some)
  return found
}

const fingerprintSql = loadSql('./fingerprint.sql', import.meta.url)

async function fingerprintOf(warehouse: Warehouse, { from, starts }: Span, country: string): Promise<string> {
  const [row] = await warehouse.rows<{ fingerprint: string }>(fingerprintSql, { from, to: starts })
  return `${edition} ${country} ${starts} ${row?.fingerprint ?? ''}`
}

const keyOf = ({ level, id }: { level: string; id: string }): string => `${level}\n${id}`

function printOf({ values, parent }: History, { starts, missing }: Setting, country: string): string {
  return createHash('sha1')
    .update(JSON.stringify([edition, country, starts, parent, [...missing]]))
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('base64url')
}

async function forecastAll(
  series: readonly History[],
  parent: { history: History; amounts: Float64Array } | undefined,
  setting: Setting,
  { threads, signal, country, mostSeries = 10_000 }: RefreshOptions,
): Promise<Map<History, Base>> {
  const sum = ({ values }: History) => values.reduce((total, value) => total + value, 0)
  const largest = new Set(
    series.length <= mostSeries ? series : [...series].sort((a, b) => sum(b) - sum(a)).slice(0, mostSeries),
  )
  const routed = groupBy(series, one => (largest.has(one) ? howOf(one, setting.starts) : 'share'))
  const made = new Map<History, Base>()
  const daily = routed.get('day') ?? []
  const calendar = countryKnown(country) ? { calendar: { country, lastDay: addDays(setting.starts, -1) } } : {}
  const days = await forecastMany(
    daily.map(one => dailyInput(one, setting)),
    { period: 7, horizon: horizonDays, threads, signal, ...calendar },
  )
  daily.forEach((one, i) => {
    const forecast = days[i]
    if (forecast) made.set(one, fromDays(one, forecast))
  })
  const monthly = routed.get('month') ?? []
  const months: Forecast[] = await forecastMany(
    monthly.map(one => monthlySums(one.values, setting.starts)),
    { period: 12, horizon: monthsAhead, threads, signal },
  )
  const above = parent ?? { history: { values: new Float64Array() }, amounts: new Float64Array(horizonDays) }
  monthly.forEach((one, i) => {
    const forecast = months[i]
    if (forecast) made.set(one, fromMonths(one, forecast, above.amounts, setting.starts))
  })
  for (const one of routed.get('share') ?? []) made.set(one, fromShare(one, above.history.values, above.amounts))
  return made
}

const countryKnown = (country: string): country is Country => country === 'BR' || country === 'US'

const same = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] ?? 0)) <= 1e-6 * Math.max(1, Math.abs(value)))
