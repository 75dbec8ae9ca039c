import { expect } from 'chai'
import { loadSales } from '#processing/load/load-sales.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { addDays } from '#shared/day.ts'
import { silentLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales } from '../../bench/generate.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { type Ask, asker } from './ask.ts'
import { endsOf, linesOf } from './lines.ts'
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

  before(async () => {
    warehouse = await openWarehouse(home.config, silentLog)
    settings = await openSettings(home.config)
    ask = asker(warehouse, await openVault(home.config, settings, silentLog))
    const shape = { stores: 2, products: 9, sellersPerStore: 2, customers: 5, linesPerSale: 3, seed: 5 }
    // A few busy days, then years of nearly none: pages end inside what is looked through first, and beyond it.
    for (const [firstDay, days, lines] of [
      ['2022-02-01', 500, 60],
      ['2024-07-01', 20, 40],
    ] as const) {
      const sales = [...generateSales({ ...shape, lines, days, firstDay })]
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

  it('are looked for in the last days first, and for a file in all of them at once', () => {
    const last = (days: number) => ({ from: addDays(period.to, 1 - days), to: period.to })
    expect(endsOf(period, { limit: 100, offset: 200 })).to.deep.equal([last(31), last(366), period])
    expect(endsOf(last(90), { limit: 100, offset: 0 })).to.deep.equal([last(31), last(90)])
    expect(endsOf(last(31), { limit: 100, offset: 0 })).to.deep.equal([last(31)])
    expect(endsOf(period, { limit: 100_000, offset: 0 })).to.deep.equal([period])
  })
})
