import { expect } from 'chai'
import { refreshCrossSell } from '#processing/insights/cross-sell/cross-sell.ts'
import { refreshProjections } from '#processing/insights/projections/projections.ts'
import { addDays, dayIn, monthOf } from '#shared/day.ts'
import { type Chain, saleOf, startChain } from '../../../test/parts/chain.ts'

describe('insights through the API', () => {
  let chain: Chain
  let today = ''

  before(async () => {
    chain = await startChain()
    today = dayIn(chain.parts.config.DATAAPP_TIME_ZONE, new Date())
    const days = Array.from({ length: 60 }, (_, i) => addDays(today, i - 60))
    await chain.publish(
      days.flatMap((day, i) => [
        saleOf({
          store: 'centro',
          sale: `c${i}`,
          day,
          seller: 'ana',
          products: i % 2 === 0 ? ['bread', 'butter'] : ['bread', 'jam'],
        }),
        saleOf({ store: 'praia', sale: `p${i}`, day, seller: 'rui', products: ['bread', 'soap'] }),
      ]),
    )
    await chain.describe([
      {
        v: 1,
        kind: 'target',
        id: 't',
        source: 't',
        version: 1,
        attributes: { month: `${monthOf(today)}-01`, seller: 'ana', store: '', amount: '900' },
      },
    ])
    await refreshProjections(chain.parts.warehouse, { today, country: 'BR', threads: 0 })
    await refreshCrossSell(chain.parts.warehouse, today, undefined)
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
  })
  after(() => chain.stop())

  const get = async (email: string, path: string) => {
    const answer = await (await chain.as(email))(`/api/v1/insights${path}`)
    return { status: answer.status, body: await answer.json() }
  }
  const ids = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id).sort()

  it('projects each level for who may see it, and refuses the rest', async () => {
    expect(ids(await get('admin@chain.example', '/projections?level=store'))).to.deep.equal(['centro', 'praia'])
    expect(ids(await get('admin@chain.example', '/projections?level=chain'))).to.deep.equal([''])
    expect(ids(await get('admin@chain.example', '/projections?level=product'))).to.include('soap')
    expect(ids(await get('centro@chain.example', '/projections?level=store'))).to.deep.equal(['centro'])
    expect(ids(await get('centro@chain.example', '/projections?level=seller'))).to.deep.equal(['ana'])
    expect((await get('centro@chain.example', '/projections?level=chain')).status).to.equal(403)
    expect((await get('centro@chain.example', '/projections?level=store&id=praia')).status).to.equal(403)
    expect((await get('centro@chain.example', '/projections?level=seller&id=rui')).body.items).to.deep.equal([])
    expect(ids(await get('ana@chain.example', '/projections?level=seller'))).to.deep.equal(['ana'])
    expect((await get('ana@chain.example', '/projections?level=seller&id=rui')).status).to.equal(403)
    expect((await get('ana@chain.example', '/projections?level=store')).status).to.equal(403)
  })

  it('says what the month will come to and how likely the target is', async () => {
    const { body } = await get('ana@chain.example', '/projections?level=seller&id=ana')
    const [item] = body.items
    expect(item.days).to.have.length(90)
    expect(item.days[0].day).to.equal(today)
    expect(item.month.target).to.equal('900.00')
    expect(item.month.probability).to.be.within(0, 1)
    expect(item.month.today).to.equal('0.00')
    expect(item.month.todayExpected).to.equal(item.days[0].amount)
    expect(Number(item.month.expected.lo80)).to.be.at.most(Number(item.month.expected.amount))
  })

  it('says a seller their place, and nothing of anybody else', async () => {
    await chain.publish([
      saleOf({ store: 'praia', sale: 'split', day: today, seller: 'ana=1/2|rui=1/2', products: ['gift'] }),
      saleOf({ store: 'praia', sale: 'own', day: today, seller: 'rui', products: ['gift'] }),
      saleOf({ store: 'praia', sale: 'hers', day: today, seller: 'ana', products: ['gift'] }),
    ])
    expect((await get('ana@chain.example', '/standing')).body, 'of two sellers').to.deep.equal({ place: null, of: 2 })
    expect((await get('centro@chain.example', '/standing')).body).to.deep.equal({ place: null, of: 0 })
  })

  it('says what is bought together, for the basket, the store and the seller', async () => {
    const products = (answer: { body: { items: { product: string }[] } }) =>
      answer.body.items.map(({ product }) => product)
    const together = await get('admin@chain.example', '/bought-with?product=bread')
    expect(together.body).to.include({ counted: true })
    expect(products(together)).to.have.members(['butter', 'jam', 'soap'])
    expect(together.body.items.find(({ product }: { product: string }) => product === 'soap')).to.include({
      count: 60,
      support: 0.5,
      confidence: 0.5,
      confidenceBack: 1,
      lift: 1,
      fit: 1,
    })
    // Rui's store never sold butter: what fits it comes first.
    expect(products(await get('admin@chain.example', '/bought-with?product=bread&store=praia'))[0]).to.equal('soap')
    const fits = (await get('ana@chain.example', '/bought-with?product=bread')).body.items
    expect(fits.find(({ product }: { product: string }) => product === 'soap').fit).to.be.below(1)
    expect((await get('centro@chain.example', '/bought-with?product=bread&store=praia')).status).to.equal(403)
    const offer = await (await chain.as('ana@chain.example'))('/api/v1/insights/next-item', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ products: ['bread', 'butter'], limit: 3 }),
    })
    const offered = (await offer.json()).items.map(({ product }: { product: string }) => product)
    expect(offered).to.include('jam').and.not.to.include('bread')
  })

  it('lists margins, what rises and how a store compares, within the scope', async () => {
    const margins = await get('centro@chain.example', '/margins')
    expect(margins.body.items.map(({ product }: { product: string }) => product)).to.deep.equal([
      'bread',
      'jam',
      'butter',
    ])
    expect(margins.body.items[0]).to.include({ margin: '116.00', unitMargin: '4.00', belowCost: false })
    expect((await get('centro@chain.example', '/margins?store=praia')).status).to.equal(403)
    expect((await get('ana@chain.example', '/margins?seller=rui')).status).to.equal(403)
    expect((await get('ana@chain.example', '/promotions')).body.items).to.deep.equal([])
    expect((await get('ana@chain.example', '/comparison?store=centro')).status).to.equal(403)
    expect((await get('centro@chain.example', '/comparison?store=praia')).status).to.equal(403)
    const compared = await get('centro@chain.example', '/comparison?store=centro')
    // With one other store there is nobody to hide among.
    expect(compared.body).to.deep.include({ store: 'centro', enough: false, gaps: [] })
    expect(compared.body.peers.map(({ store }: { store: string | null }) => store)).to.deep.equal([null])
    expect(compared.body.figures.revenuePerDay).to.deep.equal({ own: '20.00', peers: '0.00' })
  })
})
