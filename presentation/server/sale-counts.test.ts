import { expect } from 'chai'
import type { Sale } from '#shared/records/sale.ts'
import { type Chain, saleOf, startChain } from '../../test/parts/chain.ts'
import { asker } from './ask.ts'
import { noMonths } from './rolled.ts'
import { saleCounts } from './sale-counts.ts'

const may = 'from=2020-05-01&to=2020-05-31'
const both = `${may}&product=bread&product=milk`

describe('a sale of several products, or of several sellers', () => {
  let chain: Chain

  before(async () => {
    chain = await startChain()
    await chain.publish([
      saleOf({ store: 'centro', sale: '1', day: '2020-05-02', seller: 'ana', products: ['bread', 'milk', 'jam'] }),
      saleOf({ store: 'centro', sale: '2', day: '2020-05-02', seller: 'ana', products: ['bread'] }),
      saleOf({ store: 'praia', sale: '1', day: '2020-05-03', seller: 'rui', products: ['milk', 'bread'] }),
      saleOf({ store: 'praia', sale: '2', day: '2020-04-30', seller: 'rui', products: ['milk', 'bread'] }),
      ...sharedBy('ana', 'rui', { store: 'serra', sale: '1', day: '2020-05-03' }),
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
  })
  after(() => chain.stop())

  const get = async (path: string, email = 'admin@chain.example') =>
    (await (await chain.as(email))(`/api/v1${path}`)).json()
  const salesBy = async (kind: string, query: string) => {
    const { items } = await get(`/rankings/${kind}?${query}`)
    return Object.fromEntries(items.map(({ id, sales }: { id: string; sales: number }) => [id, sales]))
  }

  it('counts once in the main figures and over time', async () => {
    const summary = await get(`/summary?${both}`)
    expect(summary).to.include({ revenue: '70.00', lines: 7, sales: 4, averageTicket: '17.50' })
    expect(summary.comparison).to.include({ sales: 1, averageTicket: '20.00' })
    expect((await get(`/summary?${both}`, 'centro@chain.example')).sales).to.equal(2)
    expect((await get(`/summary?${both}`, 'ana@chain.example')).sales).to.equal(3)
    for (const query of [both, `${both}&store=praia`, `${may}&seller=ana&seller=rui`, `${both}&against=year`]) {
      const overview = await get(`/overview?${query}`)
      expect(overview.summary, query).to.deep.equal(await get(`/summary?${query}`))
      expect(overview.series, query).to.deep.equal(await get(`/series?${query}`))
    }
    const { points } = await get(`/series?${both}`)
    expect(points[1]).to.include({ day: '2020-05-02', sales: 2, averageTicket: '15.00' })
    expect(points[4]).to.include({ day: '2020-05-05', sales: 0 })
  })

  it('is asked for in full by the first page, too, which has its figures with it', async () => {
    const page = await (await chain.as('admin@chain.example'))(`/?${both}&store=centro&store=praia`)
    expect(await page.text()).to.include('"sales":3,"lines":5')
  })

  it('counts once for each store and seller that is ranked', async () => {
    expect(await salesBy('stores', both)).to.deep.equal({ centro: 2, praia: 1, serra: 1 })
    expect(await salesBy('sellers', both)).to.deep.equal({ ana: 3, rui: 2 })
    expect(await salesBy('products', both)).to.deep.equal({ bread: 4, milk: 3 })
  })

  it('counts once where sellers share it', async () => {
    const ofBoth = `${may}&seller=ana&seller=rui`
    expect((await get(`/summary?${ofBoth}`)).sales).to.equal(4)
    expect(await salesBy('stores', ofBoth)).to.deep.equal({ centro: 2, praia: 1, serra: 1 })
    expect((await get(`/summary?${may}&seller=ana&seller=ana`)).sales).to.equal(3)
    const report = {
      name: 'x',
      metrics: ['sales', 'averageTicket'],
      dimensions: ['store'],
      filters: { sellers: ['ana', 'rui'] },
      period: { from: '2020-05-01', to: '2020-05-31' },
    }
    const preview = async (definition: unknown) =>
      (
        await (
          await chain.as('admin@chain.example')
        )('/api/v1/reports/preview', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(definition),
        })
      ).json()
    expect((await preview(report)).total).to.deep.equal([null, 4, '20.00'])
    const bySeller = await preview({ ...report, metrics: ['sales'], dimensions: ['seller'] })
    expect(bySeller.rows).to.deep.equal([
      ['ana', 3],
      ['rui', 2],
    ])
    expect(bySeller.total).to.deep.equal([null, 4])
    const ofAll = await preview({ ...report, metrics: ['sales'], dimensions: ['seller'], filters: {} })
    expect(ofAll.total).to.deep.equal([null, 4])
  })

  it('has no number rather than a wrong one where there are too many lines to count', async () => {
    const ask = asker(chain.parts.warehouse, chain.parts.vault)
    const admin = { id: 'a', email: '', name: '', locale: undefined, role: 'admin' } as const
    const periods = { from: '2020-05-01', to: '2020-05-31', beforeFrom: '2020-04-01', beforeTo: '2020-04-30' }
    const counted = async (most?: number) =>
      (
        await saleCounts(
          ask,
          admin,
          'all',
          { stores: [], products: ['bread', 'milk'] },
          { ...periods, ...noMonths, grain: 'day' },
          most,
        )
      )({ id: '', now: 1, before: 0 })
    expect(await counted()).to.equal('4')
    expect(await counted(1)).to.equal(null)
  })
})

/** A sale of bread and milk, the bread sold by one and the milk by the other. */
function sharedBy(one: string, other: string, given: Pick<Sale, 'store' | 'sale'> & { day: string }): Sale[] {
  const { lines, ...sale } = saleOf({ ...given, seller: '', products: ['bread', 'milk'] })
  return [one, other].map((seller, at) => ({ ...sale, seller, extent: 'lines', lines: lines.slice(at, at + 1) }))
}
