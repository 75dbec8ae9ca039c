import { expect } from 'chai'
import { addDays } from '#shared/day.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from '../../../test/parts/home.ts'
import { openPreparedWarehouse } from '../../../test/parts/prepared.ts'
import { refreshProjections } from './projections.ts'

const today = '2024-07-01'
const options = { today, country: 'BR', threads: 0 }

describe('projections', () => {
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    const days = Array.from({ length: 150 }, (_, i) => addDays(today, i - 150))
    const amount = (i: number, size: number) => size * (10 + (i % 7) + ((i * 7919) % 5))
    const stores = [
      { store: 'big', size: 30 },
      { store: 'small', size: 3 },
    ]
    const rows = stores.flatMap(({ store, size }) => days.map((day, i) => ({ day, store, amount: amount(i, size) })))
    rows.push({ day: addDays(today, -40), store: 'rare', amount: 500 })
    await warehouse.insert(
      'store_days',
      ['day', 'store', 'revenue', 'lines', 'version'],
      rows.map(row => [row.day, row.store, row.amount, 1, 1]),
    )
    await warehouse.insert(
      'seller_days',
      ['day', 'store', 'seller', 'revenue', 'lines', 'version'],
      rows.map(row => [row.day, row.store, `seller of ${row.store}`, row.amount, 1, 1]),
    )
    await warehouse.insert(
      'product_days',
      ['day', 'store', 'product', 'seller', 'revenue', 'lines', 'version'],
      rows.map((row, i) => [
        row.day,
        row.store,
        i % 3 === 0 ? 'hat' : 'shoe',
        `seller of ${row.store}`,
        row.amount,
        1,
        1,
      ]),
    )
    await warehouse.insert(
      'products',
      ['product', 'category', 'version'],
      [
        ['hat', 'head', 1],
        ['shoe', 'feet', 1],
      ],
    )
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  const read = () =>
    warehouse.rows<{ level: string; id: string; how: string; amounts: number[]; lo80: number[]; hi95: number[] }>(
      'SELECT level, id, how, amounts, lo80, hi95 FROM projections FINAL WHERE notEmpty(amounts) ORDER BY level, id',
    )

  it('add up at every level, day by day, inside their intervals', async () => {
    const first = await refreshProjections(warehouse, options)
    expect(first).to.deep.equal({ series: 11, forecast: 11, written: 11 })
    const rows = await read()
    const [chain] = rows.filter(row => row.level === 'chain')
    if (!chain) throw new Error('no chain')
    expect(chain.amounts).to.have.length(90)
    for (const level of ['store', 'seller', 'category', 'product']) {
      const members = rows.filter(row => row.level === level)
      chain.amounts.forEach((amount, day) => {
        const sum = members.reduce((total, row) => total + (row.amounts[day] ?? 0), 0)
        expect(sum).to.be.closeTo(amount, 0.001)
      })
    }
    for (const row of rows)
      row.amounts.forEach((amount, day) => {
        expect(row.lo80[day]).to.be.at.most(amount + 1e-6)
        expect(row.hi95[day]).to.be.at.least(amount - 1e-6)
      })
  })

  it('model what is sold daily and give the rare its share', async () => {
    const how = Object.fromEntries((await read()).filter(row => row.level === 'store').map(row => [row.id, row.how]))
    expect(how).to.deep.equal({ big: 'day', small: 'day', rare: 'share' })
  })

  it('are left alone while nothing changed, and forecast only the series whose past changed', async () => {
    expect(await refreshProjections(warehouse, options)).to.deep.equal({ series: 0, forecast: 0, written: 0 })
    const corrected = [addDays(today, -3), 'small', 99, 1, 2]
    await warehouse.insert('store_days', ['day', 'store', 'revenue', 'lines', 'version'], [corrected])
    const again = await refreshProjections(warehouse, options)
    expect(again.forecast).to.equal(2)
  })

  it('stop when told to, and begin anew from there', async () => {
    await warehouse.insert('store_days', ['day', 'store', 'revenue', 'lines', 'version'], [[today, 'big', 400, 1, 1]])
    const stopping = new AbortController()
    stopping.abort()
    const refused = refreshProjections(warehouse, { ...options, today: addDays(today, 1), signal: stopping.signal })
    expect(
      await refused.then(
        () => 'done',
        () => 'stopped',
      ),
    ).to.equal('stopped')
    const after = await refreshProjections(warehouse, { ...options, today: addDays(today, 1) })
    expect(after.forecast).to.equal(11)
  })
})
