import { expect } from 'chai'
import { addMonths, dayIn, firstDayOf, monthOf } from '#shared/day.ts'
import { type Chain, saleOf, startChain } from '../../../test/parts/chain.ts'

describe('pay of a month that has no amount', () => {
  let chain: Chain
  let current = ''
  const back = (months: number) => addMonths(current, -months)
  const begin = (months: number) => firstDayOf(back(months))

  before(async () => {
    chain = await startChain()
    current = monthOf(dayIn(chain.parts.config.DATAAPP_TIME_ZONE, new Date()))
    await chain.publish([
      saleOf({ store: 'centro', sale: '1', day: begin(8), seller: 'ana' }),
      saleOf({ store: 'centro', sale: '2', day: begin(3), seller: 'ana' }),
      saleOf({ store: 'centro', sale: '3', day: begin(2), seller: 'rui=1/2|eva=1/2' }),
      saleOf({ store: 'praia', sale: '4', day: begin(1), seller: 'eva' }),
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'praia@chain.example', name: 'Praia', role: 'manager', stores: ['praia'] })
  })
  after(() => chain.stop())

  const pay = async (path: string, email = 'admin@chain.example', body?: unknown) => {
    const answer = await (await chain.as(email))(
      `/api/v1/insights/pay${path}`,
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    )
    return answer.json()
  }
  const nothing = { amount: null, closed: false, projected: null, parts: [], adjustments: [] }

  it('says that a month has not begun', async () => {
    const next = addMonths(current, 1)
    const missing = { why: 'notBegun', since: firstDayOf(next) }
    expect(await pay(`?month=${next}&person=ana`)).to.deep.include({ ...nothing, missing })
    expect(await pay(`/team?month=${next}`)).to.deep.equal({ month: next, items: [], missing })
    expect((await pay('?person=ana')).missing).to.equal(null)
  })

  it('says since when anything was sold, by the chain or by the person, rather than paying a base before', async () => {
    const missing = { why: 'beforeFirstSale', since: begin(8) }
    const early = back(100)
    expect(await pay(`?month=${early}&person=ana`)).to.deep.include({ ...nothing, missing })
    expect(await pay(`?month=${early}`, 'centro@chain.example')).to.deep.include({ ...nothing, missing })
    expect(await pay(`/team?month=${early}`)).to.deep.equal({ month: early, items: [], missing })
    const rui = { ...missing, since: begin(2) }
    expect(await pay(`?month=${back(3)}&person=rui`)).to.deep.include({ ...nothing, missing: rui })
    expect((await pay(`?month=${back(2)}&person=rui`)).amount).to.equal('1800.05')
    const praia = { ...missing, since: begin(1) }
    expect(await pay(`?month=${back(7)}`, 'praia@chain.example')).to.deep.include({ ...nothing, missing: praia })
    const { items } = await pay(`/team?month=${back(7)}`)
    expect(items.map(({ person }: { person: string }) => person)).to.include('ana')
    expect(items.map(({ name }: { name: string }) => name)).to.not.include('Praia')
    // A base is owed also for a month in which one sold nothing.
    expect((await pay(`?month=${back(7)}&person=ana`)).amount).to.equal('1800.00')
  })

  it('says since when lines are kept, and keeps to what was paid when a month was closed', async () => {
    const { warehouse } = chain.parts
    expect(await pay('/close', 'admin@chain.example', { month: back(8), person: 'ana' })).to.deep.equal({ closed: 1 })
    const gone = back(8).replace('-', '')
    await warehouse.run(warehouse.layout.dropPartition('sale_lines', gone))
    const missing = { why: 'linesRemoved', since: begin(3) }
    expect(await pay(`?month=${back(7)}&person=ana`)).to.deep.include({ ...nothing, missing })
    expect(await pay(`?month=${back(8)}&person=ana`)).to.include({ amount: '1800.10', closed: true, missing: null })
    const team = await pay(`/team?month=${back(8)}`)
    expect(team.missing).to.deep.equal(missing)
    expect(team.items).to.deep.equal([{ person: 'ana', name: '', amount: '1800.10', closed: true }])
    expect(await pay('/close', 'admin@chain.example', { month: back(7) })).to.deep.equal({ closed: 0 })
    // What was paid for it is not taken back.
    expect((await pay(`?month=${back(3)}&person=ana`)).adjustments).to.deep.equal([])
  })
})
