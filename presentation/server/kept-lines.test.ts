import { expect } from 'chai'
import { addMonths, dayIn, firstDayOf, lastDayOf, monthOf } from '#shared/day.ts'
import { type Chain, saleOf, startChain } from '../../test/parts/chain.ts'
import { asker } from './ask.ts'
import { keptLines } from './kept-lines.ts'

const admin = { id: 'a', email: '', name: '', locale: undefined, role: 'admin' } as const

describe('a time whose sale lines are no longer kept', () => {
  let chain: Chain
  let old = ''
  let kept = ''
  let period = { from: '', to: '' }

  before(async () => {
    chain = await startChain()
    const month = monthOf(dayIn(chain.parts.config.DATAAPP_TIME_ZONE, new Date()))
    old = firstDayOf(addMonths(month, -8))
    kept = firstDayOf(addMonths(month, -2))
    period = { from: old, to: lastDayOf(month) }
    await chain.publish([
      saleOf({ store: 'centro', sale: '1', day: old, seller: 'ana', products: ['bread', 'milk'] }),
      saleOf({ store: 'centro', sale: '2', day: kept, seller: 'ana', products: ['bread', 'milk'] }),
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
    const { warehouse } = chain.parts
    await warehouse.run(warehouse.layout.dropPartition('sale_lines', old.slice(0, 7).replace('-', '')))
  })
  after(() => chain.stop())

  const get = async (path: string, email = 'admin@chain.example') =>
    (await (await chain.as(email))(`/api/v1${path}`)).json()
  const query = (from: string) => new URLSearchParams({ ...period, from }).toString()

  it('says so where lines are listed, and only there', async () => {
    expect(await get(`/lines?${query(old)}`, 'ana@chain.example')).to.include({ linesFrom: kept })
    expect((await get(`/lines?${query(kept)}`)).linesFrom).to.equal(null)
    expect((await get(`/summary?${query(old)}`)).sales).to.equal(2)
  })

  it('goes by the latest month whose lines were dropped, though an older one may still have some', async () => {
    const { warehouse } = chain.parts
    const since = async () => (await keptLines(asker(warehouse, chain.parts.vault), admin, kept)).from
    expect(await since()).to.equal(kept)
    await warehouse.run(`INSERT INTO dropped_months VALUES ('${kept}', 1)`)
    expect(await since()).to.equal(firstDayOf(addMonths(monthOf(kept), 1)))
    await warehouse.run('TRUNCATE TABLE dropped_months')
  })

  it('has no number of sales that could only be counted on them', async () => {
    const several = 'product=bread&product=milk'
    expect(await get(`/summary?${query(old)}&${several}`)).to.include({ sales: null, revenue: '40.00' })
    const recent = await get(`/summary?from=${kept}&to=${lastDayOf(monthOf(kept))}&${several}`)
    expect(recent).to.include({ sales: 1, averageTicket: '20.00' })
    const { items } = await get(`/rankings/stores?${query(old)}&${several}`)
    expect(items[0]).to.include({ sales: null, revenue: '40.00' })
  })

  it('says so in a report that reads lines', async () => {
    const report = async (metrics: string[], from: string) =>
      (
        await (
          await chain.as('admin@chain.example')
        )('/api/v1/reports/preview', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'x', metrics, dimensions: ['product'], period: { ...period, from } }),
        })
      ).json()
    expect(await report(['sales'], old)).to.deep.include({ linesFrom: kept, total: [null, 1] })
    expect((await report(['sales'], kept)).linesFrom).to.equal(null)
    expect(await report(['revenue'], old)).to.deep.include({ linesFrom: null, total: [null, '40.00'] })
  })
})
