import { expect } from 'chai'
import { silentLog } from '#shared/log.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { saleOf } from '../../test/parts/chain.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { refreshCrossSell } from '../insights/cross-sell/cross-sell.ts'
import { described } from '../load/described.ts'
import { loadSales } from '../load/load-sales.ts'
import { parseRules } from './rules.ts'
import { settleServices } from './services.ts'

const naming = (...codes: string[]) =>
  parseRules(
    `version: 1\nrules:\n  - { rule: s, kind: service, values: [${codes.join(', ')}], severity: flag }\n`,
    'quality.yaml',
  )

describe('services that rules name', () => {
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openWarehouse(home.config, silentLog)
    await warehouse.insert(
      'products',
      ['product', 'name', 'service', 'source', 'version'],
      [
        ['bag', 'Bag', 0, 'catalogue', 5],
        ['cut', 'Hair cut', 1, 'catalogue', 5],
      ],
    )
    const sales = Array.from({ length: 40 }, (_, index) =>
      saleOf({
        store: 'A',
        sale: `s${index}`,
        seller: 'ana',
        day: '2024-05-06',
        products: index % 2 === 0 ? ['bread', 'bag', 'POST'] : ['bread', 'cut'],
      }),
    )
    await loadSales(warehouse, sales, async () => {})
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  const services = async () => {
    const rows = await warehouse.rows<{ product: string; service: number }>(
      'SELECT product, service FROM products FINAL ORDER BY product',
    )
    return Object.fromEntries(rows.map(({ product, service }) => [product, service]))
  }
  const soldTogether = async () => {
    await refreshCrossSell(warehouse, '2024-05-10', undefined)
    const rows = await warehouse.rows<{ product: string }>(
      'SELECT DISTINCT product FROM companions WHERE run = (SELECT max(run) FROM companions) ORDER BY product',
    )
    return rows.map(({ product }) => product)
  }

  it('are products again when no rule names them any more, described or not, also among what sells together', async () => {
    expect(await settleServices(warehouse, naming('POST', 'bag', 'cut'))).to.deep.equal(['POST', 'bag'])
    expect(await services()).to.deep.equal({ POST: 2, bag: 2, cut: 1 })
    expect(await soldTogether()).to.deep.equal(['bread'])
    expect(await settleServices(warehouse, naming('POST', 'bag', 'cut')), 'once').to.deep.equal([])

    expect(await settleServices(warehouse, naming('cut'))).to.deep.equal(['POST', 'bag'])
    expect(await services(), 'what its description calls a service stays one').to.deep.equal({ bag: 0, cut: 1 })
    expect(await soldTogether()).to.deep.equal(['POST', 'bag', 'bread'])
    expect(await settleServices(warehouse, []), 'once').to.deep.equal([])
  })

  it('stay what the rule made of them when they are described by something that says nothing about services', async () => {
    await settleServices(warehouse, naming('bag'))
    const row = { product: 'bag', name: 'Carrier bag', service: 0, source: 'till', version: 9 }
    const standing = { product: 'bag', name: 'Bag', service: 2, source: 'catalogue', version: 5 }
    const told = { table: 'products', kind: 'product', unstated: new Set(['service']), row } as const
    expect(described(standing, told)).to.deep.equal({ ...row, service: 2 })
    await settleServices(warehouse, [])
    expect(await services()).to.deep.equal({ bag: 0, cut: 1 })
  })
})
