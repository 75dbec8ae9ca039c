import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { addDays, addMonths, dayIn, firstDayOf, monthOf } from '#shared/day.ts'
import { type Chain, saleOf, startChain } from '../../../test/parts/chain.ts'

describe('pay through the API', () => {
  let chain: Chain
  let last = ''
  let current = ''
  const things = (count: number) => Array.from({ length: count }, (_, i) => `thing ${i}`)

  before(async () => {
    chain = await startChain()
    const today = dayIn(chain.parts.config.DATAAPP_TIME_ZONE, new Date())
    current = monthOf(today)
    last = addMonths(current, -1)
    await chain.publish([
      saleOf({ store: 'centro', sale: '1', day: addDays(firstDayOf(last), 3), seller: 'ana', products: things(100) }),
      saleOf({ store: 'praia', sale: '1', day: addDays(firstDayOf(last), 4), seller: 'rui', products: things(50) }),
      saleOf({ store: 'centro', sale: '2', day: firstDayOf(current), seller: 'ana', products: things(10) }),
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
  })
  after(() => chain.stop())

  const call = async (email: string, path: string, body?: unknown, method = 'POST') => {
    const answer = await (await chain.as(email))(
      `/api/v1/insights/pay${path}`,
      body === undefined ? {} : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    )
    return { status: answer.status, body: await answer.json() }
  }
  const parts = (body: { parts: { rule: string; amount: string }[] }) =>
    body.parts.map(({ rule, amount }) => [rule, amount])

  it('shows a seller their own month to the cent, with the plan that comes with DataApp, and every line behind it', async () => {
    const { body } = await call('ana@chain.example', `?month=${last}`)
    // 100 lines of 10.00 at 1 %.
    expect(parts(body)).to.deep.equal([
      ['base', '1800.00'],
      ['sales', '10.00'],
    ])
    expect(body).to.include({ person: 'ana', amount: '1810.00', closed: false, projected: null })
    const lines = await call('ana@chain.example', `/lines?month=${last}&rule=sales`)
    expect(lines.body.items).to.have.length(100)
    expect(lines.body.items[0]).to.deep.include({ store: 'centro', sale: '1', amount: '10.00' })
    const now = await call('ana@chain.example', '')
    expect(now.body.amount).to.equal('1801.00')
    expect(Number(now.body.projected.hi)).to.be.at.least(Number(now.body.amount))
    expect((await call('ana@chain.example', '/what-if?extra=5000')).body).to.deep.equal({
      amount: '1851.00',
      more: '50.00',
    })
  })

  it("refuses anybody else's, in every endpoint", async () => {
    for (const path of ['', '/lines', '/what-if']) {
      const query = (person: string) =>
        `${path}?person=${person}&${path === '/lines' ? 'rule=sales' : path === '' ? '' : 'extra=1'}`
      expect((await call('ana@chain.example', query('rui'))).status).to.equal(403)
      expect((await call('centro@chain.example', query('rui'))).status).to.equal(403)
      expect((await call('centro@chain.example', query('ana'))).status).to.equal(200)
    }
    const team = async (email: string) =>
      (await call(email, `/team?month=${last}`)).body.items.map(({ person }: { person: string }) => person)
    expect(await team('ana@chain.example')).to.deep.equal(['ana'])
    expect((await team('centro@chain.example')).slice(1)).to.deep.equal(['ana'])
    expect((await team('admin@chain.example')).slice(1)).to.deep.equal(['ana', 'rui'])
    const names = (await call('admin@chain.example', `/team?month=${last}`)).body.items
    expect(
      names.map(({ name }: { name: string }) => name),
      'a manager by name',
    ).to.deep.equal(['Centro', '', ''])
    for (const email of ['ana@chain.example', 'centro@chain.example']) {
      expect((await call(email, '/plans')).status).to.equal(403)
      expect((await call(email, '/close', { month: last })).status).to.equal(403)
      expect((await call(email, '/plans/mine', { id: 'mine' }, 'PUT')).status).to.equal(403)
    }
  })

  it("gives a manager their share of the team's commissions", async () => {
    const { body } = await call('centro@chain.example', `?month=${last}`)
    expect(parts(body)).to.deep.equal([
      ['base', '4000.00'],
      ['teamShare', '1.00'],
    ])
  })

  it("takes that share of what the team's sellers earn, also elsewhere, and of nobody else's", async () => {
    const month = addMonths(current, -4)
    const on = addDays(firstDayOf(month), 3)
    await chain.publish([
      saleOf({ store: 'centro', sale: 'm1', day: on, seller: 'ana', products: things(100) }),
      saleOf({ store: 'praia', sale: 'm2', day: on, seller: 'ana', products: things(60) }),
      saleOf({ store: 'centro', sale: 'm3', day: on, seller: 'rui', products: things(10) }),
      saleOf({ store: 'praia', sale: 'm4', day: on, seller: 'rui', products: things(80) }),
    ])
    const of = async (query = '') => parts((await call('centro@chain.example', `?month=${month}${query}`)).body)
    expect(await of('&person=ana')).to.deep.include(['sales', '16.00'])
    expect(await of()).to.deep.include(['teamShare', '1.60'])
  })

  it('credits a sale split between sellers to each of them by their share', async () => {
    const month = addMonths(current, -2)
    await chain.publish([
      saleOf({
        store: 'centro',
        sale: 'split',
        day: addDays(firstDayOf(month), 3),
        seller: 'ana=1/4|rui=3/4',
        products: things(100),
      }),
    ])
    const commission = async (email: string, query = '') =>
      parts((await call(email, `?month=${month}${query}`)).body).find(([rule]) => rule === 'sales')
    expect(await commission('ana@chain.example')).to.deep.equal(['sales', '2.50'])
    expect(await commission('admin@chain.example', '&person=rui')).to.deep.equal(['sales', '7.50'])
    const { body } = await call('ana@chain.example', `/lines?month=${month}&rule=sales`)
    expect(body.items).to.have.length(100)
    expect(body.items[0].amount).to.equal('2.50')
  })

  it('freezes a closed month and pays what changes later as an adjustment in the next', async () => {
    expect((await call('admin@chain.example', '/close', { month: current })).status).to.equal(409)
    expect((await call('admin@chain.example', '/close', { month: last, person: 'ana' })).body).to.deep.equal({
      closed: 1,
    })
    expect((await call('admin@chain.example', '/close', { month: last, person: 'ana' })).body).to.deep.equal({
      closed: 0,
    })
    await chain.publish([
      saleOf({ store: 'centro', sale: 'late', day: addDays(firstDayOf(last), 9), seller: 'ana', products: things(20) }),
    ])
    const before = await call('ana@chain.example', `?month=${last}`)
    expect(before.body).to.include({ amount: '1810.00', closed: true })
    const now = await call('ana@chain.example', '')
    expect(now.body.adjustments).to.deep.equal([
      { plan: 'default-seller', rule: 'sales', month: last, amount: '2.00', lines: 20 },
    ])
    expect(now.body.amount).to.equal('1803.00')
  })

  it("leaves a manager's closed month alone when a seller of theirs sells in another store later", async () => {
    await chain.add({ email: 'norte@chain.example', name: 'Norte', role: 'manager', stores: ['norte'] })
    await chain.publish([
      saleOf({ store: 'norte', sale: 'n1', day: firstDayOf(last), seller: 'eva', products: things(100) }),
    ])
    const own = await call('norte@chain.example', `?month=${last}`)
    expect(parts(own.body)).to.deep.include(['teamShare', '1.00'])
    const { person } = own.body
    expect((await call('admin@chain.example', '/close', { month: last, person })).body).to.deep.equal({ closed: 1 })
    await chain.publish([
      saleOf({ store: 'sul', sale: 's1', day: firstDayOf(current), seller: 'eva', products: things(300) }),
      saleOf({ store: 'norte', sale: 'n2', day: firstDayOf(current), seller: 'ivo', products: things(1) }),
    ])
    const now = await call('norte@chain.example', '')
    expect(now.body.adjustments).to.deep.equal([])
    expect(parts(now.body), 'the team of now is without her').to.deep.include(['teamShare', '0.01'])
  })

  it('shows a month as it was paid also when more than a year of months was closed after it', async () => {
    const { settings } = chain.parts
    const later = Array.from({ length: 14 }, (_, i) => addMonths(last, i + 1))
    await settings.query(
      `INSERT INTO pay_closed (person, month, closed, closed_by)
       SELECT person, later.month, jsonb_set(closed, '{month}', to_jsonb(later.month)), closed_by
       FROM pay_closed CROSS JOIN unnest($1::text[]) AS later(month) WHERE person = 'ana' AND pay_closed.month = $2`,
      [later, last],
    )
    const { body } = await call('ana@chain.example', `?month=${last}`)
    await settings.query('DELETE FROM pay_closed WHERE month = ANY($1)', [later])
    expect(body).to.include({ amount: '1810.00', closed: true })
  })

  it('reckons everybody together to what it reckons for each alone, and so for the whole month ahead', async () => {
    for (const month of [current, last, addMonths(current, -2), addMonths(current, -4)]) {
      const { items } = (await call('admin@chain.example', `/team?month=${month}`)).body
      expect(items, month).to.have.length.of.at.least(2)
      for (const { person, amount, closed } of items) {
        const alone = await call('admin@chain.example', `?month=${month}&person=${encodeURIComponent(person)}`)
        expect({ amount, closed }, `${person} in ${month}`).to.deep.equal({
          amount: alone.body.amount,
          closed: alone.body.closed,
        })
      }
    }
    type Projected = { person: string; projected: string }
    const together = async (): Promise<Projected[]> =>
      (await call('admin@chain.example', '/team/projections')).body.items.map(
        ({ person, projected }: Projected): Projected => ({ person, projected }),
      )
    // Forecasts may be computed anew meanwhile: what is the same before and after was reckoned on one of them.
    for (let items = await together(); ; ) {
      const alone: Projected[] = []
      for (const { person } of items) {
        const { body } = await call('admin@chain.example', `?person=${encodeURIComponent(person)}`)
        alone.push({ person, projected: body.projected.amount })
      }
      const again = await together()
      if (isDeepStrictEqual(again, items)) {
        expect(items).to.have.length.of.at.least(4)
        expect(items).to.deep.equal(alone)
        break
      }
      items = again
    }
  })

  it('follows a plan that somebody wrote, and refuses one that makes no sense', async () => {
    const plan = { id: 'default-seller', name: 'Novo', validFrom: '2000-01-01', base: '100.00', commissions: [] }
    const wrong = await call('admin@chain.example', '/plans/default-seller', { ...plan, base: 'much' }, 'PUT')
    expect(wrong.status).to.equal(400)
    expect((await call('admin@chain.example', '/plans/default-seller', plan, 'PUT')).status).to.equal(200)
    const { body } = await call('admin@chain.example', `?month=${last}&person=rui`)
    expect(body.amount).to.equal('100.00')
  })
})
