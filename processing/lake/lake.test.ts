import { expect } from 'chai'
import { openLake } from '#shared/lake/lake.ts'
import { silentLog } from '#shared/log.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales } from '../../bench/generate.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { loadSales } from '../load/load-sales.ts'
import { archive } from './archive.ts'
import { replay } from './replay.ts'

const shape = {
  lines: 600,
  stores: 3,
  products: 20,
  sellersPerStore: 2,
  customers: 10,
  linesPerSale: 4,
  days: 40,
  firstDay: '2024-05-10',
  seed: 7,
}

describe('the lake', function () {
  this.timeout(60_000)
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openWarehouse(home.config, silentLog)
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  const truth = () =>
    warehouse.rows(
      'SELECT day, store, product, seller, revenue, cost, units, lines, sales FROM product_days FINAL WHERE lines > 0 ORDER BY ALL',
    )

  it('gives the warehouse back to the cent, and loading goes on as if nothing had been', async () => {
    const lake = openLake(home.config)
    const sales = [...generateSales(shape)]
    const [first] = sales
    if (first === undefined) throw new Error('no sales')
    await loadSales(warehouse, sales, async () => {})
    const later = {
      ...first,
      version: first.version + 1_000_000,
      extent: 'whole' as const,
      lines: first.lines.slice(0, 2),
    }
    await loadSales(warehouse, [later], async () => {})
    const before = await truth()
    const archived = await archive(warehouse, lake, new AbortController().signal)
    expect(archived.cleaned).to.equal(6)
    expect((await archive(warehouse, lake, new AbortController().signal)).cleaned).to.equal(0)
    expect((await lake.list('cleaned/month=')).map(file => file.path).sort()[0]).to.equal(
      'cleaned/month=2024-05/store=S0/lines.parquet',
    )

    for (const table of ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days'])
      await warehouse.run(`TRUNCATE TABLE ${table}`)
    const replayed = await replay(warehouse, lake, '2024-05-01', '2024-06-30')
    expect(replayed.lines).to.equal(598)
    expect(await truth()).to.deep.equal(before)

    await loadSales(warehouse, [first, ...sales.slice(10, 20)], async () => {})
    expect(await truth()).to.deep.equal(before)
    expect(await replay(warehouse, lake, '2024-05-12', '2024-05-20')).to.deep.include({ files: 3 })
    expect(await truth()).to.deep.equal(before)
    await loadSales(warehouse, [{ ...later, sale: 'another' }], async () => {})
    expect((await truth()).length).to.be.greaterThan(0)
    const [days] = await warehouse.rows<{ lines: string }>('SELECT sum(lines) AS lines FROM store_days FINAL')
    expect(days?.lines).to.equal('600')
  })
})
