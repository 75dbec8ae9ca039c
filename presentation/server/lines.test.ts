import { expect } from 'chai'
import { loadSales } from '#processing/load/load-sales.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { addDays } from '#shared/day.ts'
import { silentLog } from '#shared/log.ts'
import type { Sale } from '#shared/records/sale.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales } from '../../bench/generate.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedSettings, openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { type Ask, asker } from './ask.ts'
import { linesOf, looksFor } from './lines.ts'
import type { Person } from './person.ts'

const admin: Person = { id: 'a', email: '', name: '', locale: undefined, role: 'admin' }
const people: Person[] = [
  admin,
  { ...admin, role: 'manager', stores: ['S1'] },
  { ...admin, role: 'seller', seller: 'V1' },
]

describe('the lines behind an amount', () => {
  const home = temporaryHome()
  const period = { from: '2022-01-01', to: '2024-07-31' }
  let warehouse: Warehouse
  let settings: Settings
  let ask: Ask
  let lastSales: Sale[]

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    settings = await openPreparedSettings(home.config)
    ask = asker(warehouse, await openVault(home.config, settings, silentLog))
    const shape = { stores: 2, products: 9, sellersPerStore: 2, customers: 5, linesPerSale: 3, seed: 5 }
    // A few busy days, then years of nearly none: pages end inside what is looked through first, and beyond it.
    for (const [firstDay, days, lines] of [
      ['2022-02-01', 500, 60],
      ['2024-07-01', 20, 40],
    ] as const) {
      const sales = [...generateSales({ ...shape, lines, days, firstDay })]
      lastSales = sales.toSorted((a, b) => b.soldAt.localeCompare(a.soldAt)).slice(0, 8)
      await loadSales(
        warehouse,
        sales.map(sale => ({ ...sale, sale: `${firstDay} ${sale.sale}` })),
        async () => {},
      )
    }
  })
  after(async () => {
    await warehouse.close()
    await settings.close()
    home.remove()
  })

  it('come page by page as they come in one go, however far back a page reaches', async () => {
    for (const person of people) {
      const of = (limit: number, offset: number) =>
        linesOf(ask, person, { period, comparison: period, narrowing: { stores: [] } }, { limit, offset })
      const all = await of(2_000, 0)
      expect(all.length).to.be.greaterThan(20)
      const pages = []
      for (let offset = 0; offset < all.length; offset += 7) pages.push(...(await of(7, offset)))
      expect(pages, person.role).to.deep.equal(all)
      expect(all.map(({ day }) => day)).to.deep.equal(
        all
          .map(({ day }) => day)
          .toSorted()
          .reverse(),
      )
    }
  })

  it('are looked for in the last days first, of the whole chain among its latest rows, and for a file in all of them at once', () => {
    const last = (days: number) => ({ from: addDays(period.to, 1 - days), to: period.to, latest: [] })
    const page = { limit: 100, offset: 0 }
    expect(looksFor(period, { limit: 100, offset: 200 }, false)).to.deep.equal([
      last(31),
      last(366),
      { ...period, latest: [] },
    ])
    expect(looksFor(last(90), page, false)).to.deep.equal([last(31), last(90)])
    expect(looksFor(last(31), page, false)).to.deep.equal([last(31)])
    expect(looksFor(last(31), page, true)).to.deep.equal([{ ...last(31), latest: [200] }, last(31)])
    expect(looksFor(period, { ...page, limit: 100_000 }, true)).to.deep.equal([{ ...period, latest: [] }])
  })

  it('are those that stand, also where most of the latest rows were corrected or cancelled', async () => {
    const stated = lastSales.map(sale => ({ ...sale, sale: `corrected ${sale.sale}` }))
    for (const version of [1, 2, 3, 4])
      await loadSales(
        warehouse,
        stated.map(sale => ({
          ...sale,
          version: sale.version + version,
          lines: version < 4 ? sale.lines : sale.lines.slice(0, 1),
        })),
        async () => {},
      )
    const of = (limit: number) =>
      linesOf(ask, admin, { period, comparison: period, narrowing: { stores: [] } }, { limit, offset: 0 })
    const all = await of(2_000)
    for (const limit of [1, 3, 7, 20]) expect(await of(limit)).to.deep.equal(all.slice(0, limit))
  })
})
