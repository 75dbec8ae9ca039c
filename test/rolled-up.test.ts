import { expect } from 'chai'
import { comparisonOf, type Period } from '#presentation/period.ts'
import { Answers } from '#presentation/server/answers.ts'
import { type Ask, asker, question } from '#presentation/server/ask.ts'
import { freshnessOf } from '#presentation/server/data/intake.ts'
import { FiguresDesk, ranked, twoPeriods } from '#presentation/server/figures.ts'
import { shareRows } from '#presentation/server/insights/part-projections.ts'
import type { Person } from '#presentation/server/person.ts'
import { heldDays, heldMonths, heldSales, heldSpans, type KnownSpans, knownSpans } from '#presentation/server/rolled.ts'
import { loadSales } from '#processing/load/load-sales.ts'
import { rollUp, warehouseMicros } from '#processing/load/roll-up.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { addDays } from '#shared/day.ts'
import { silentLog } from '#shared/log.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { restMicros } from '#shared/warehouse/rest.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales } from '../bench/generate.ts'
import { CutOff, cutOff } from './parts/cut-off.ts'
import { temporaryHome } from './parts/home.ts'
import { openPreparedSettings, openPreparedWarehouse } from './parts/prepared.ts'

const admin: Person = { id: 'a', email: '', name: '', locale: undefined, role: 'admin' }
const stores = ['S0', 'S1', 'S2']
const manager: Person = { ...admin, role: 'manager', stores }
const seller: Person = { ...admin, role: 'seller', seller: 'V1' }
const everything = { stores: [] }

describe('sums of what rests', () => {
  const home = temporaryHome()
  let warehouse: Warehouse
  let settings: Settings
  let ask: Ask
  let desk: FiguresDesk

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    settings = await openPreparedSettings(home.config)
    ask = asker(warehouse, await openVault(home.config, settings, silentLog))
    desk = new FiguresDesk(ask, 'UTC', new Answers(), 0)
    const products = Array.from({ length: 20 }, (_, i) => [`P${i}`, `Sort ${i % 7}`, 1])
    await warehouse.insert('products', ['product', 'category', 'version'], products)
  })
  after(async () => {
    await warehouse.close()
    await settings.close()
    home.remove()
  })

  const most = { by: 'revenue', order: 'desc', limit: 1_000 } as const
  const ofPeriod = (period: Period) => ({
    period,
    comparison: comparisonOf(period, 'previous'),
    narrowing: { stores: [] },
  })

  /** What the chain's sums say; a manager of every store must read the same. */
  async function ranking() {
    const definite = ofPeriod({ from: '2024-05-15', to: '2024-07-03' })
    const seen = await desk.ranking(admin, 'products', definite, most)
    expect(seen).to.deep.equal(await desk.ranking(manager, 'products', definite, most))
    return seen.items
  }

  /** Everything that is read from sums of months, for each kind of person; nothing of it may differ while days are read instead. */
  async function figures() {
    const definite = ofPeriod({ from: '2024-05-25', to: '2024-07-08' })
    const years = ofPeriod({ from: '2023-06-01', to: '2024-07-31' })
    const found = await Promise.all(
      [admin, manager, seller].map(async person => ({
        rankings: await Promise.all(
          (['stores', 'sellers', 'products'] as const).flatMap(kind => [
            desk.ranking(person, kind, definite, most),
            desk.ranking(person, kind, { ...definite, narrowing: { stores: ['S0'], products: ['P1', 'P2'] } }, most),
          ]),
        ),
        summary: await desk.summary(person, definite),
        ofProduct: await desk.summary(person, { ...definite, narrowing: { stores: [], products: ['P3'] } }),
        seriesOfProduct: await desk.series(person, { ...definite, narrowing: { stores: [], products: ['P3', 'P4'] } }),
        years: await desk.overTime(person, years),
        fresh: await freshnessOf(ask, person),
        categories: await desk.categories(person),
      })),
    )
    for (const { summary, years: over, categories } of found) {
      expect(categories).to.have.length(7)
      expect(summary.lines).to.be.greaterThan(0)
      expect(over.summary.lines).to.be.greaterThan(summary.lines)
    }
    return found
  }
  const rested = async () => (await warehouseMicros(warehouse)) + restMicros

  /** What insights read of the whole chain and of a part of it, from sums where they hold or all by day. */
  async function insights(known: KnownSpans) {
    const today = '2024-07-08'
    const ago = (days: number) => addDays(today, -days)
    const [now, before] = [
      { from: ago(44), to: today },
      { from: ago(89), to: ago(45) },
    ]
    const [halves, lately] = [await heldSpans(known, [now, before]), { from: ago(90), to: ago(1) }]
    const asked = { ...twoPeriods(now, before), ...halves, limit: 100 }
    const order = 's.margin DESC'
    const margins = (rows: string) => question<typeof asked, object>('insights/margins', { order, rows })
    const shared = { ...twoPeriods(lately, lately), ...(await heldSpans(known, [lately])) }
    const held = await heldDays(known, [lately])
    const rising = { today, limit: 100, held }
    const all = await Promise.all([
      ask(admin, margins(ranked.productsOfChain.rows), everything, asked),
      ask(manager, margins(ranked.products.rows), everything, asked),
      ask(manager, question<typeof shared, object>('insights/part-shares', shareRows), everything, shared),
      ask(admin, question<typeof rising, object>('insights/promotions'), everything, rising),
    ])
    return { spans: [halves.months, shared.months, held].map(list => list.length), all }
  }

  const months = async () =>
    (await heldMonths(knownSpans(ask, manager), [{ from: '2024-05-25', to: '2024-07-08' }])).months

  it('are the same summed up or not, and follow a correction at once', async () => {
    const shape = { stores: 3, products: 20, sellersPerStore: 2, customers: 10, linesPerSale: 4, seed: 7 }
    const sales = [...generateSales({ ...shape, lines: 900, days: 80, firstDay: '2024-04-20' })]
    await loadSales(warehouse, sales, async () => {})
    const before = await ranking()
    const figuresBefore = await figures()
    expect(await rollUp(warehouse, await warehouseMicros(warehouse)), 'nothing has rested yet').to.equal(0)
    expect(await rollUp(warehouse, await rested())).to.be.greaterThan(75)
    expect(await ranking()).to.deep.equal(before)
    expect(await months(), 'June is read as sums').to.deep.equal(['2024-06-01'])
    const counted = await heldSales(knownSpans(ask, manager), [{ from: '2024-05-25', to: '2024-07-08' }])
    expect(counted.months.toSorted(), 'a month that a period cuts through, too').to.deep.equal(
      ['05', '06', '07'].map(month => `2024-${month}-01`),
    )
    expect(await figures()).to.deep.equal(figuresBefore)
    const [sums, days] = [await insights(knownSpans(ask, admin)), await insights(async () => [])]
    expect(sums.spans, 'June; May and June; the days that rest').to.deep.equal([1, 2, 75])
    expect(days.spans).to.deep.equal([0, 0, 0])
    expect(sums.all).to.deep.equal(days.all)
    for (const rows of sums.all.slice(0, 3)) expect(rows).to.have.length(20)
    expect(await rollUp(warehouse, await rested()), 'nothing has changed').to.equal(0)

    const sale = sales.find(({ soldAt }) => soldAt >= '2024-06-10')
    if (sale === undefined) throw new Error('no sale in June')
    await loadSales(warehouse, [{ ...sale, version: sale.version + 1, extent: 'whole', lines: [] }], async () => {})
    const after = await ranking()
    const figuresAfter = await figures()
    expect(after).to.not.deep.equal(before)
    expect(figuresAfter).to.not.deep.equal(figuresBefore)
    expect(await months(), 'June was touched').to.deep.equal([])
    expect(await rollUp(warehouse, await rested()), 'the day, its month, the sales of it').to.equal(3)
    expect(await ranking()).to.deep.equal(after)
    expect(await months()).to.deep.equal(['2024-06-01'])
    expect(await figures()).to.deep.equal(figuresAfter)
  })

  it('are never read by half when summing up was cut off, at any statement', async () => {
    const shape = { stores: 3, products: 20, sellersPerStore: 2, customers: 10, linesPerSale: 4, seed: 8 }
    const more = [...generateSales({ ...shape, lines: 90, days: 20, firstDay: '2024-06-05' })]
    await loadSales(
      warehouse,
      more.map(sale => ({ ...sale, sale: `more ${sale.sale}` })),
      async () => {},
    )
    const expected = await figures()
    let cuts = 0
    for (let statements = 1; ; statements++) {
      try {
        await rollUp(cutOff(warehouse, statements), await rested())
        break
      } catch (error) {
        if (!(error instanceof CutOff)) throw error
        cuts++
        expect(await figures(), `after ${statements} statements`).to.deep.equal(expected)
      }
    }
    expect(cuts, 'the question, six sums of June, before its name').to.be.at.least(7)
    expect(await months()).to.deep.equal(['2024-06-01'])
    expect(await figures()).to.deep.equal(expected)
  })
})
