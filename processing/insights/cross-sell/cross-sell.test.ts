import { expect } from 'chai'
import { addDays } from '#shared/day.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { saleOf } from '../../../test/parts/chain.ts'
import { temporaryHome } from '../../../test/parts/home.ts'
import { openPreparedWarehouse } from '../../../test/parts/prepared.ts'
import { loadSales } from '../../load/load-sales.ts'
import { basketsFrom } from '../basket/baskets.ts'
import { pairAt, pairRows } from '../basket/pairs.ts'
import { refreshCrossSell } from './cross-sell.ts'

const today = '2024-07-01'

describe('what is bought together', () => {
  const home = temporaryHome()
  let warehouse: Warehouse
  const things = ['bread', 'butter', 'jam', 'soap', 'postage']
  const baskets = Array.from({ length: 120 }, (_, i): [string, string[]] => [
    `s${i}`,
    things.filter((_, j) => (i * 7 + j * 13) % (j + 2) < 1 || (i + j) % 3 === 0),
  ])

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    await warehouse.insert('products', ['product', 'service', 'version'], [['postage', 1, 1]])
    const sales = baskets
      .filter(([, products]) => products.length > 0)
      .map(([sale, products], i) =>
        saleOf({ store: 'centro', sale, products, seller: 'ana', day: addDays(today, -1 - (i % 50)) }),
      )
    await loadSales(warehouse, sales, async () => {})
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  it('is counted in the warehouse as a plain count has it, with the same score, without services', async () => {
    expect(await refreshCrossSell(warehouse, today, undefined)).to.equal(true)
    const plain = basketsFrom(
      baskets
        .map(([sale, products]): [string, string[]] => [sale, products.filter(product => product !== 'postage')])
        .filter(([, products]) => products.length > 0),
    )
    const expected = [...pairRows(plain)].flatMap(row =>
      [...row.others.keys()].map(place => {
        const pair = pairAt(plain, row, place)
        return {
          product: plain.items[pair.item],
          other: plain.items[pair.with],
          met: pair.count,
          score: pair.score.toFixed(9),
        }
      }),
    )
    const rows = await warehouse.rows<{ product: string; other: string; met: number; score: number }>(
      'SELECT product, pair.1 AS other, pair.2 AS met, pair.3 AS score FROM (SELECT product, arrayJoin(arrayZip(others, met, scores)) AS pair FROM companions) WHERE product < other ORDER BY product, other',
    )
    expect(rows.map(row => ({ ...row, score: row.score.toFixed(9) }))).to.have.deep.members(expected)
  })

  it('is left alone while no day changed, and made anew when one did', async () => {
    expect(await refreshCrossSell(warehouse, today, undefined)).to.equal(false)
    await loadSales(
      warehouse,
      [saleOf({ store: 'centro', sale: 'new', seller: 'ana', day: addDays(today, -1) })],
      async () => {},
    )
    expect(await refreshCrossSell(warehouse, today, undefined)).to.equal(true)
    const [runs] = await warehouse.rows<{ runs: string }>('SELECT uniqExact(run) AS runs FROM companions')
    expect(runs?.runs).to.equal('1')
  })

  it('ends when its tier stops, and is made by the next one', async () => {
    await loadSales(
      warehouse,
      [saleOf({ store: 'centro', sale: 'newer', seller: 'ana', day: addDays(today, -1) })],
      async () => {},
    )
    const stopping = new AbortController()
    const refused = refreshCrossSell(warehouse, today, stopping.signal).catch((reason: unknown) => reason)
    stopping.abort('stopping')
    expect(await refused).to.equal('stopping')
    expect(await refreshCrossSell(warehouse, today, undefined)).to.equal(true)
  })

  it('knows how much of each product the chain, stores and sellers sell', async () => {
    const rows = await warehouse.rows<{ kind: string; id: string; sales: string }>(
      "SELECT kind, id, sales FROM product_reach WHERE product = 'soap' ORDER BY kind",
    )
    const sold = String(baskets.filter(([, products]) => products.includes('soap')).length)
    expect(rows).to.deep.equal([
      { kind: 'chain', id: '', sales: sold },
      { kind: 'seller', id: 'ana', sales: sold },
      { kind: 'store', id: 'centro', sales: sold },
    ])
    const totals = await warehouse.rows<{ kind: string; id: string; sales: string; counted: string }>(
      `SELECT kind, id, sumIf(r.sales, product = '') AS sales, sumIf(r.sales, product != '') AS counted
       FROM product_reach AS r GROUP BY kind, id ORDER BY kind, id`,
    )
    expect(totals.map(({ kind, id }) => `${kind} ${id}`.trim())).to.include.members([
      'chain',
      'seller ana',
      'store centro',
    ])
    for (const { sales, counted } of totals) expect(sales).to.equal(counted)
  })
})
