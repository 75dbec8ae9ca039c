import { bucketOf, buckets, comparisonOf, type Grain, grainFor, type Period, periodOf } from '#presentation/period.ts'
import { type Day, dayIn } from '#shared/day.ts'
import { groupBy } from '#shared/group.ts'
import { fillSome, loadSql } from '#shared/sql.ts'
import { Answers } from './answers.ts'
import { type Ask, type Narrowing, type Question, question } from './ask.ts'
import type { Figures, Filter, ListFilter, Ranked, Ranking, Series, Summary } from './figures-schema.ts'
import { type KeptLines, keptLines, linesFrom } from './kept-lines.ts'
import { money, moneyPer, plus, toMicros, toNumber } from './money.ts'
import { type Person, scopeKey } from './person.ts'
import { Problem } from './problem.ts'
import { type HeldMonths, heldDays, heldMonths, type KnownSpans, knownSpans, noMonths, spansAmong } from './rolled.ts'
import { type CountedBy, countedMonths, type SaleCounts, saleCounts, sumsCountTwice } from './sale-counts.ts'
import { daysOf, type RolledSpan, type Spans, tooMany } from './spans.ts'

export type TwoPeriods = { from: string; to: string; beforeFrom: string; beforeTo: string }
/** `sales` is null where there are too many lines to count them on. */
type Sums = { revenue: string; costed: string; cost: string; units: string; lines: string; sales: string | null }
/** A bucket's days that are in the period, in the one before, or in both: two rows where a period begins or ends in it. */
type RowOverTime = Sums & { bucket: string; now: number; before: number }
type SumsBefore = {
  beforeRevenue: string
  beforeCosted: string
  beforeCost: string
  beforeUnits: string
  beforeLines: string
  beforeSales: string | null
}
type RankedRow = Sums & { id: string; name: string; place: string; beforeRevenue: string }
type RankedParams = TwoPeriods & { by: string; order: string; limit: number }
export type StoreRow = { id: string; name: string; city: string; region: string; country: string }

const rowsOf = (file: string, places: Readonly<Record<string, string>> = {}) => ({
  rows: fillSome(loadSql(`./queries/${file}.sql`, import.meta.url), places),
})
const byKey = (key: string, place: string, subject_days: string, subject_months: string) => ({
  key,
  place,
  ...rowsOf('rows', { month_key: `${key}, `, day_key: `${key}, `, subject_days, subject_months }),
})

/** What `best.sql` ranks: the key, what is said beside its name, and the rows of the aggregates that have it. */
export const ranked = {
  stores: byKey('store', 'city', '{{days}}', '{{months}}'),
  sellers: byKey('seller', 'title', '{{seller_days}}', '{{seller_months}}'),
  products: byKey('product', 'subcategory', 'product_days', 'product_months'),
  productsOfChain: { key: 'product', place: 'subcategory', ...rowsOf('rows-of-chain') },
} as const

const subject = { subject_days: '{{days}}', subject_months: '{{months}}' }
/** What `summary.sql` and `series.sql` add up. */
export const summed = {
  summary: rowsOf('rows', { month_key: '', day_key: '', ...subject }),
  series: rowsOf('rows', { month_key: 'first AS day, ', day_key: 'day, ', ...subject }),
  seriesOfChain: rowsOf('rows-of-chain-days'),
} as const

/** The monthly sums that say what was sold. */
export const categoriesIn = {
  stores: { sums: 'product_months' },
  chain: { sums: "(SELECT * FROM chain_products WHERE span = 'month')" },
} as const

const questions = {
  summary: question<TwoPeriods & HeldMonths, Sums & SumsBefore>('summary', summed.summary),
  series: question<TwoPeriods & HeldMonths & { grain: string }, RowOverTime>('series', summed.series),
  stores: question<Record<string, never>, StoreRow>('stores'),
  categories: question<HeldMonths, { name: string }>('categories', categoriesIn.stores),
  categoriesOfChain: question<HeldMonths, { name: string }>('categories', categoriesIn.chain),
  sellersAmong: question<Record<string, never>, { seller: string }>('sellers-among'),
  bounds: question<Record<string, never>, { first: string; last: string; lines: string }>('bounds'),
}

/** Products of the whole chain: the largest table, so what is summed up is not read again. */
const seriesOfChain = question<TwoPeriods & { grain: string; days: string[] }, RowOverTime>(
  'series',
  summed.seriesOfChain,
)

const productsOfChain = question<RankedParams & Spans & HeldMonths, RankedRow>('best', ranked.productsOfChain)

export const rankings = {
  stores: question<RankedParams & HeldMonths, RankedRow>('best', ranked.stores),
  sellers: question<RankedParams & HeldMonths, RankedRow>('best', ranked.sellers),
  products: question<RankedParams & HeldMonths, RankedRow>('best', ranked.products),
} satisfies Record<string, Question<RankedParams & HeldMonths, RankedRow>>

export type RankingKind = keyof typeof rankings

/** A filter made definite: its days, what it is compared with, and the narrowing that was checked against the person's scope. */
export type Definite = { period: Period; comparison: Period; narrowing: Narrowing; grain?: Grain | undefined }

/** Scopes whose sellers are remembered. */
const mostScopes = 1_000

/** A chain with fewer lines is read by day: that takes less than to ask what is summed up. */
const worthAsking = 500_000

/** The figures of one chain, asked for a person. */
export class FiguresDesk {
  readonly #ask: Ask
  readonly #timeZone: string
  readonly #answers: Answers
  readonly #sumsFrom: number
  readonly #reached = new Map<string, ReadonlySet<string>>()
  readonly #spans = new Map<string, Promise<RolledSpan[]>>()

  constructor(ask: Ask, timeZone: string, answers: Answers = new Answers(), sumsFrom: number = worthAsking) {
    this.#ask = ask
    this.#sumsFrom = sumsFrom
    this.#answers = answers
    this.#timeZone = timeZone
  }

  today(): string {
    return dayIn(this.#timeZone, new Date())
  }

  /** Makes a filter definite. A store or seller outside the person's reach is refused, not emptied: nobody should read a zero as a fact. */
  async definite(person: Person, filter: Filter): Promise<Definite> {
    if (filter.store.length > 0) await this.#refuseForeignStores(person, filter.store)
    if (filter.seller.length > 0) await this.#refuseForeignSellers(person, filter.seller)
    const period = await this.#periodOf(person, filter)
    const narrowing = { stores: filter.store, sellers: filter.seller, products: filter.product }
    return {
      period,
      comparison: comparisonOf(period, filter.against),
      narrowing,
      grain: filter.grain,
    }
  }

  async summary(person: Person, { period, comparison, narrowing }: Definite): Promise<Summary> {
    const months = await heldMonths(this.#known(person), [period, comparison])
    const periods = twoPeriods(period, comparison)
    const [[row], counted] = await Promise.all([
      this.#ask(person, questions.summary, narrowing, { ...periods, ...months }),
      this.#countedSales(person, narrowing, periods),
    ])
    if (row === undefined) throw new Error('a sum without a row')
    const before = {
      revenue: row.beforeRevenue,
      costed: row.beforeCosted,
      cost: row.beforeCost,
      units: row.beforeUnits,
      lines: row.beforeLines,
      sales: row.beforeSales,
      ...counted?.before,
    }
    return { ...period, ...figuresOf({ ...row, ...counted?.now }), comparison: { ...comparison, ...figuresOf(before) } }
  }

  async series(person: Person, definite: Definite): Promise<Series> {
    return seriesOf(definite, await this.#rowsOverTime(person, definite))
  }

  /** The main figures and the figures over time, from one question: what is over time adds up to the whole. */
  async overTime(person: Person, definite: Definite): Promise<{ summary: Summary; series: Series }> {
    const rows = await this.#rowsOverTime(person, definite)
    const total = (which: 'now' | 'before') => figuresOf(rows.filter(row => row[which] === 1).reduce(added, nothing))
    const { period, comparison } = definite
    return {
      summary: { ...period, ...total('now'), comparison: { ...comparison, ...total('before') } },
      series: seriesOf(definite, rows),
    }
  }

  async ranking(
    person: Person,
    kind: RankingKind,
    { period, comparison, narrowing }: Definite,
    { by, order, limit }: Pick<ListFilter, 'by' | 'order' | 'limit'>,
  ): Promise<Ranking> {
    const params = { ...twoPeriods(period, comparison), by, order, limit }
    const whole = kind === 'products' && seesWholeChain(person, narrowing) && comparison.to < period.from
    if (whole)
      return { ...period, items: (await this.#productsOfChain(person, [period, comparison], params)).map(rankedOf) }
    const months = await heldMonths(this.#known(person), [period, comparison])
    const [rows, sales] = await Promise.all([
      this.#ask(person, rankings[kind], narrowing, { ...params, ...months }),
      this.#counts(person, kind, narrowing, twoPeriods(period, period)),
    ])
    const counted = (row: RankedRow) =>
      sales === undefined ? row : { ...row, sales: sales({ id: row.id, now: 1, before: 1 }) }
    return { ...period, items: rows.map(row => rankedOf(counted(row))) }
  }

  /** The counts of sales by bucket, store, seller or product, where sums would have some of them several times. */
  async #counts(
    person: Person,
    by: CountedBy,
    narrowing: Narrowing,
    periods: TwoPeriods,
    grain: Grain = 'day',
  ): Promise<SaleCounts | undefined> {
    if (!sumsCountTwice(narrowing, by)) return undefined
    const asked = [periods, { from: periods.beforeFrom, to: periods.beforeTo }]
    const [kept, months] = await Promise.all([this.kept(person), countedMonths(this.#known(person), narrowing, asked)])
    const counts = await saleCounts(this.#ask, person, by, narrowing, { ...periods, ...months, grain })
    const isLost = (from: Day) => linesFrom(kept, { from }) !== null
    const [lostNow, lostBefore] = [isLost(periods.from), isLost(periods.beforeFrom)]
    // Days of both periods begin with the later of the two.
    return row => ((row.now === 0 || lostNow) && (row.before === 0 || lostBefore) ? null : counts(row))
  }

  /** As `#counts`, of the whole periods, which may overlap. */
  async #countedSales(person: Person, narrowing: Narrowing, periods: TwoPeriods) {
    const sales = await this.#counts(person, 'all', narrowing, periods)
    if (sales === undefined) return undefined
    const of = (now: number, before: number) => sales({ id: '', now, before })
    return {
      now: { sales: sum(of(1, 0), of(1, 1)) },
      before: { sales: sum(of(0, 1), of(1, 1)) },
    }
  }

  async #productsOfChain(person: Person, periods: readonly Period[], params: RankedParams): Promise<RankedRow[]> {
    const [known, data] = await Promise.all([
      this.#known(person)({ from: params.beforeFrom, to: params.to }),
      this.bounds(person),
    ])
    if (data === undefined) return []
    const spans = spansAmong(known, periods, data)
    // Years that are not summed up yet: their days would not fit into the address of a question.
    return tooMany(spans)
      ? this.#ask(person, rankings.products, everything, { ...params, ...noMonths })
      : this.#ask(person, productsOfChain, everything, { ...params, ...spans })
  }

  async stores(person: Person): Promise<StoreRow[]> {
    return this.#ask(person, questions.stores, everything, {})
  }

  async categories(person: Person): Promise<string[]> {
    const data = await this.bounds(person)
    if (data === undefined) return []
    const asked = person.role === 'admin' ? questions.categoriesOfChain : questions.categories
    const months = await heldMonths(this.#known(person), [data])
    return (await this.#ask(person, asked, everything, months)).map(({ name }) => name)
  }

  /** The first and last day with lines in reach; asked once until the data changes. */
  async bounds(person: Person): Promise<Period | undefined> {
    const { lines, from, to } = await this.#reach(person)
    return lines === 0 ? undefined : { from, to }
  }

  /** Since when lines are kept; the same for everybody, and asked once until the data changes. */
  async kept(person: Person): Promise<KeptLines> {
    const everybody: Person = { ...person, role: 'admin' }
    const text = await this.#answers.once(everybody, 'kept lines', async () =>
      JSON.stringify(await keptLines(this.#ask, everybody, this.today())),
    )
    return JSON.parse(text)
  }

  async #reach(person: Person): Promise<Period & { lines: number }> {
    const text = await this.#answers.once(person, 'bounds', async () => {
      const [row] = await this.#ask(person, questions.bounds, everything, {})
      return JSON.stringify({ from: row?.first ?? '', to: row?.last ?? '', lines: Number(row?.lines ?? 0) })
    })
    return JSON.parse(text)
  }

  async #rowsOverTime(person: Person, definite: Definite): Promise<RowOverTime[]> {
    const { period, comparison, narrowing, grain } = definite
    const [rows, sales] = await Promise.all([
      this.#sumsOverTime(person, definite),
      this.#counts(person, 'bucket', narrowing, twoPeriods(period, comparison), grainFor(period, grain)),
    ])
    return sales === undefined ? rows : rows.map(row => ({ ...row, sales: sales({ ...row, id: row.bucket }) }))
  }

  async #sumsOverTime(
    person: Person,
    { period, comparison, narrowing, grain: wanted }: Definite,
  ): Promise<RowOverTime[]> {
    const grain = grainFor(period, wanted)
    const summedUp = seesChainOf(person, narrowing) ? await this.#unheld(person, [period, comparison]) : undefined
    if (summedUp !== undefined && !tooMany({ months: [], rolled: [], days: summedUp.days })) {
      const [now, before] = summedUp.within
      return now === undefined || before === undefined
        ? []
        : this.#ask(person, seriesOfChain, narrowing, { ...twoPeriods(now, before), grain, days: summedUp.days })
    }
    const months =
      grain === 'month' || grain === 'year' ? await heldMonths(this.#known(person), [period, comparison]) : noMonths
    return this.#ask(person, questions.series, narrowing, { ...twoPeriods(period, comparison), grain, ...months })
  }

  /** What is summed up. The questions of a page, which want to know it at the same moment, share the answer. */
  #known(person: Person): KnownSpans {
    const everybody: Person = { ...person, role: 'admin' }
    const ask = knownSpans(this.#ask, everybody)
    return async days => {
      if ((await this.#reach(everybody)).lines < this.#sumsFrom) return []
      const key = `${days.from} ${days.to}`
      const asking = this.#spans.get(key) ?? ask(days).finally(() => this.#spans.delete(key))
      this.#spans.set(key, asking)
      return asking
    }
  }

  /** Those days of the periods that are not summed up, and the periods clipped to the days that have lines. */
  async #unheld(person: Person, periods: readonly Period[]): Promise<{ within: Period[]; days: string[] }> {
    const data = await this.bounds(person)
    if (data === undefined) return { within: [], days: [] }
    const within = periods.map(period => clipped(period, data))
    const held = new Set(await heldDays(this.#known(person), within))
    const days = within.flatMap(period => daysOf(period).filter(day => !held.has(day)))
    return { within, days: [...new Set(days)] }
  }

  async #periodOf(person: Person, filter: Filter): Promise<Period> {
    if (filter.from !== undefined && filter.to !== undefined) return { from: filter.from, to: filter.to }
    const today = this.today()
    if (filter.preset === 'all') return periodOf('all', today, await this.bounds(person))
    if (filter.preset !== undefined) return periodOf(filter.preset, today, undefined)
    return lastDaysWithData(today, await this.bounds(person))
  }

  async #refuseForeignStores(person: Person, stores: readonly string[]): Promise<void> {
    if (person.role === 'admin') return
    const reachable = new Set(
      person.role === 'manager' ? person.stores : (await this.stores(person)).map(store => store.id),
    )
    if (stores.some(store => !reachable.has(store))) {
      throw new Problem('forbidden', 'This store is outside what you may see. GET /api/v1/stores lists yours.')
    }
  }

  /** Who has sold in a manager's stores is within reach from then on, so that only a name that is new to this scope costs a question. */
  async #refuseForeignSellers(person: Person, sellers: readonly string[]): Promise<void> {
    if (person.role === 'admin') return
    if (person.role === 'seller') {
      if (sellers.some(seller => seller !== person.seller))
        throw new Problem('forbidden', 'A seller sees only their own lines.')
      return
    }
    const scope = scopeKey(person)
    const known = this.#reached.get(scope) ?? new Set()
    const asked = sellers.filter(seller => !known.has(seller))
    if (asked.length === 0) return
    const found = new Set(
      (await this.#ask(person, questions.sellersAmong, { stores: [], sellers: asked }, {})).map(({ seller }) => seller),
    )
    if (asked.some(seller => !found.has(seller)))
      throw new Problem('forbidden', 'This seller has sold nothing in the stores that you may see.')
    if (this.#reached.size >= mostScopes) this.#reached.clear()
    this.#reached.set(scope, new Set([...known, ...found]))
  }
}

/** The last 30 days; when they hold nothing, the 30 days that end with the last day that has data. */
function lastDaysWithData(today: string, data: Period | undefined): Period {
  const recent = periodOf('30d', today, undefined)
  return data === undefined || data.to >= recent.from ? recent : periodOf('30d', data.to, undefined)
}

/** True when neither the person's role nor the filters leave anything of the chain out. */
export function seesWholeChain(person: Person, { stores, sellers = [], products = [] }: Narrowing): boolean {
  return person.role === 'admin' && stores.length + sellers.length + products.length === 0
}

/** True when products are all that narrows what is seen of the chain. */
function seesChainOf(person: Person, { stores, sellers, products = [] }: Narrowing): boolean {
  return products.length > 0 && seesWholeChain(person, { stores, ...(sellers === undefined ? {} : { sellers }) })
}

/** The part of a period that lies within another; one that ends before it begins if there is none. */
function clipped({ from, to }: Period, data: Period): Period {
  return { from: from < data.from ? data.from : from, to: to > data.to ? data.to : to }
}

const everything: Narrowing = { stores: [] }
const nothing: Sums = { revenue: '0', costed: '0', cost: '0', units: '0', lines: '0', sales: '0' }

export function twoPeriods(period: Period, comparison: Period): TwoPeriods {
  return { ...period, beforeFrom: comparison.from, beforeTo: comparison.to }
}

function seriesOf({ period, comparison, grain: wished }: Definite, rows: readonly RowOverTime[]): Series {
  const grain = grainFor(period, wished)
  const filled = (within: Period, which: 'now' | 'before') => {
    const byBucket = groupBy(
      rows.filter(row => row[which] === 1),
      row => row.bucket,
    )
    return buckets(within, grain).map(bucket => ({
      day: bucket,
      ...figuresOf((byBucket.get(bucketOf(bucket, grain)) ?? []).reduce(added, nothing)),
    }))
  }
  return {
    ...period,
    grain,
    points: filled(period, 'now'),
    comparison: filled(comparison, 'before').map(({ day, revenue, margin }) => ({ day, revenue, margin })),
  }
}

function added(one: Sums, other: Sums): Sums {
  return {
    revenue: plus(one.revenue, other.revenue),
    costed: plus(one.costed, other.costed),
    cost: plus(one.cost, other.cost),
    units: plus(one.units, other.units),
    lines: String(BigInt(one.lines) + BigInt(other.lines)),
    sales: sum(one.sales, other.sales),
  }
}

function sum(one: string | null, other: string | null): string | null {
  return one === null || other === null ? null : String(BigInt(one) + BigInt(other))
}

function figuresOf(sums: Sums): Figures {
  const revenue = toMicros(sums.revenue)
  const cost = toMicros(sums.cost)
  return {
    revenue: money(revenue),
    cost: money(cost),
    margin: money(toMicros(sums.costed) - cost),
    units: toNumber(sums.units),
    sales: sums.sales === null ? null : toNumber(sums.sales),
    lines: toNumber(sums.lines),
    averageTicket: sums.sales === null ? null : moneyPer(revenue, BigInt(sums.sales)),
  }
}

function rankedOf(row: RankedRow): Ranked {
  const { revenue, margin, units, sales, lines } = figuresOf(row)
  return {
    id: row.id,
    name: row.name === '' ? row.id : row.name,
    detail: row.place,
    revenue,
    margin,
    units,
    sales,
    lines,
    before: money(toMicros(row.beforeRevenue)),
  }
}
