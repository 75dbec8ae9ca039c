import { expect } from 'chai'
import { comparisonOf } from '#presentation/period.ts'
import { asker } from '#presentation/server/ask.ts'
import { FiguresDesk } from '#presentation/server/figures.ts'
import type { Person } from '#presentation/server/person.ts'
import { loadSales } from '#processing/load/load-sales.ts'
import { rollUp, warehouseMicros } from '#processing/load/roll-up.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { silentLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import { restMicros } from '#shared/warehouse/rest.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales } from '../bench/generate.ts'
import { temporaryHome } from './parts/home.ts'

const admin: Person = { id: 'a', email: '', name: '', locale: undefined, role: 'admin' }
const stores = ['S0', 'S1', 'S2']
const manager: Person = { ...admin, role: 'manager', stores }

describe('products of the whole chain', () => {
  const home = temporaryHome()
  let warehouse: Warehouse
  let settings: Settings
  let desk: FiguresDesk

  before(async () => {
    warehouse = await openWarehouse(home.config, silentLog)
    settings = await openSettings(home.config)
    desk = new FiguresDesk(asker(warehouse, await openVault(home.config, settings, silentLog)), 'UTC')
  })
  after(async () => {
    await warehouse.close()
    await settings.close()
    home.remove()
  })

  /** What the chain's sums say; a manager of every store, for whom nothing is summed up, must read the same. */
  async function ranking() {
    const period = { from: '2024-05-15', to: '2024-07-03' }
    const definite = { period, comparison: comparisonOf(period, 'previous'), narrowing: { stores: [] } }
    const most = { by: 'revenue', order: 'desc', limit: 1_000 } as const
    const seen = await desk.ranking(admin, 'products', definite, most)
    expect(seen).to.deep.equal(await desk.ranking(manager, 'products', definite, most))
    return seen.items
  }
  const rested = async () => (await warehouseMicros(warehouse)) + restMicros

  it('are the same summed up or not, and follow a correction at once', async () => {
    const shape = { stores: 3, products: 20, sellersPerStore: 2, customers: 10, linesPerSale: 4, seed: 7 }
    const sales = [...generateSales({ ...shape, lines: 900, days: 80, firstDay: '2024-04-20' })]
    await loadSales(warehouse, sales, async () => {})
    const before = await ranking()
    expect(await rollUp(warehouse, await warehouseMicros(warehouse)), 'nothing has rested yet').to.equal(0)
    expect(await rollUp(warehouse, await rested())).to.be.greaterThan(75)
    expect(await ranking()).to.deep.equal(before)
    expect(await rollUp(warehouse, await rested()), 'nothing has changed').to.equal(0)

    const sale = sales.find(({ soldAt }) => soldAt >= '2024-06-10')
    if (sale === undefined) throw new Error('no sale in June')
    await loadSales(warehouse, [{ ...sale, version: sale.version + 1, extent: 'whole', lines: [] }], async () => {})
    const after = await ranking()
    expect(after).to.not.deep.equal(before)
    expect(await rollUp(warehouse, await rested())).to.equal(2)
    expect(await ranking()).to.deep.equal(after)
  })
})
