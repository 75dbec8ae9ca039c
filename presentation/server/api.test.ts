import { expect } from 'chai'
import { WebSocket } from 'ws'
import { type Chain, passwordOfAll, saleOf, startChain } from '../../test/parts/chain.ts'
import { textOfFile } from '../../test/parts/unpack.ts'

describe('the API', () => {
  let chain: Chain
  const may = 'from=2020-05-01&to=2020-05-31'

  before(async () => {
    chain = await startChain()
    await chain.publish([
      saleOf({ store: 'centro', sale: '1', day: '2020-05-02', seller: 'ana', products: ['bread', 'milk'] }),
      saleOf({ store: 'centro', sale: '2', day: '2020-05-03', seller: 'rui' }),
      saleOf({ store: 'praia', sale: '1', day: '2020-05-03', seller: 'rui' }),
      saleOf({ store: 'praia', sale: '2', day: '2020-04-30', seller: 'ana' }),
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'nowhere@chain.example', name: 'New', role: 'manager', stores: [] })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
  })
  after(() => chain.stop())

  const summaryAs = async (email: string, query: string) => {
    const answer = await (await chain.as(email))(`/api/v1/summary?${query}`)
    return { status: answer.status, body: await answer.json() }
  }

  it('gives an admin the figures of a period and of the one before', async () => {
    const { body } = await summaryAs('admin@chain.example', may)
    const { comparison, ...figures } = body
    expect(figures).to.deep.equal({
      from: '2020-05-01',
      to: '2020-05-31',
      revenue: '40.00',
      cost: '24.00',
      margin: '16.00',
      units: 4,
      sales: 3,
      lines: 4,
      averageTicket: '13.33',
    })
    expect(comparison).to.include({ from: '2020-04-01', to: '2020-04-30', revenue: '10.00', sales: 1 })
  })

  it("keeps a manager inside the store scope, and a new manager's scope empty", async () => {
    expect((await summaryAs('centro@chain.example', may)).body.revenue).to.equal('30.00')
    expect((await summaryAs('nowhere@chain.example', may)).body.revenue).to.equal('0.00')
    const foreign = await summaryAs('centro@chain.example', `${may}&store=praia`)
    expect(foreign.status).to.equal(403)
    expect(foreign.body).to.include({ status: 403, type: 'urn:dataapp:problem:forbidden' })
    expect(foreign.body).not.to.have.property('revenue')
  })

  it('reads an id that has sold nothing yet as nothing, for who sees everything', async () => {
    for (const id of ['store=nope', 'seller=nope', 'product=nope'])
      expect((await summaryAs('admin@chain.example', `${may}&${id}`)).body.revenue, id).to.equal('0.00')
  })

  it("never gives a seller another seller's lines, whatever they ask", async () => {
    expect((await summaryAs('ana@chain.example', may)).body).to.include({ revenue: '20.00', lines: 2, sales: 1 })
    expect((await summaryAs('ana@chain.example', `${may}&store=centro`)).body.revenue).to.equal('20.00')
    expect((await summaryAs('ana@chain.example', `${may}&seller=rui`)).status).to.equal(403)
    expect((await summaryAs('ana@chain.example', `${may}&seller=ana&seller=rui`)).status).to.equal(403)
    expect((await summaryAs('ana@chain.example', `${may}&store=nowhere`)).status).to.equal(403)
    expect((await summaryAs('ana@chain.example', `${may}&person=rui`)).status).to.equal(400)
    const call = await chain.as('ana@chain.example')
    const sellers = await (await call(`/api/v1/rankings/sellers?${may}`)).text()
    expect(sellers).to.include('ana').and.not.to.include('rui')
  })

  it('takes quotes and backslashes in an id for what they are', async () => {
    const { body } = await summaryAs('admin@chain.example', `${may}&store=${encodeURIComponent("x' OR '1'='1")}`)
    expect(body.revenue).to.equal('0.00')
    const slash = await summaryAs('admin@chain.example', `${may}&store=${encodeURIComponent("\\' OR 1 --")}`)
    expect(slash.body.revenue).to.equal('0.00')
  })

  it('answers with problem details: no session, wrong days, unknown path, foreign page', async () => {
    const none = await fetch(`${chain.url}/api/v1/summary?${may}`)
    expect(none.status).to.equal(401)
    expect(none.headers.get('content-type')).to.include('application/problem+json')
    expect((await summaryAs('admin@chain.example', 'from=2020-05-32&to=2020-06-01')).body.errors[0].field).to.equal(
      'query.from',
    )
    expect((await summaryAs('admin@chain.example', 'from=2020-05-02&to=2020-05-01')).status).to.equal(400)
    const call = await chain.as('admin@chain.example')
    expect((await call('/api/v1/nothing')).status).to.equal(404)
    const foreign = await call('/api/v1/session', {
      method: 'DELETE',
      headers: { origin: 'https://elsewhere.example' },
    })
    expect(foreign.status).to.equal(403)
  })

  it('refuses text that no database keeps, wherever it comes from, and names the field', async () => {
    const call = await chain.as('admin@chain.example')
    for (const path of ['reports/%00', 'reports/%00/run', 'data/rejected/%00', 'open-reports/%00', 'nothing/%00'])
      expect(await refused(await call(`/api/v1/${path}`)), path).to.equal('400 path')
    expect(await refused(await call('/api/v1/audit?action=%00'))).to.equal('400 query.action')
    expect(await refused(await call(`/api/v1/summary?store=a&store=%00`))).to.equal('400 query.store.1')
    const sent = async (path: string, body: unknown) =>
      refused(
        await call(`/api/v1/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      )
    expect(await sent('session', { email: 'a\0@b.c', password: 'x' })).to.equal('400 body.email')
    expect(await sent('account/tokens', { name: 'a\0', days: 1 })).to.equal('400 body.name')
  })

  it('draws a period without gaps, and ranks with names', async () => {
    const call = await chain.as('admin@chain.example')
    const overview = await (await call(`/api/v1/overview?${may}`)).json()
    expect(overview.series.points).to.have.length(31)
    expect(overview.series.points[1]).to.include({ day: '2020-05-02', revenue: '20.00' })
    const stores = await (await call(`/api/v1/rankings/stores?${may}`)).json()
    expect(stores.items.map((item: { id: string }) => item.id)).to.deep.equal(['centro', 'praia'])
    expect(stores.items[1]).to.include({ before: '10.00' })
    expect(overview.data).to.deep.equal({ first: '2020-04-30', last: '2020-05-03' })
  })

  const refused = async (answer: Response) => `${answer.status} ${(await answer.json()).errors?.[0]?.field}`

  it('adds up the figures over time to the figures, also where a period overlaps the one it is compared with', async () => {
    const call = await chain.as('admin@chain.example')
    for (const period of [
      may,
      'from=2019-05-02&to=2020-05-02&against=year',
      'from=2018-01-01&to=2020-05-03&against=year',
    ]) {
      const overview = await (await call(`/api/v1/overview?${period}`)).json()
      expect(overview.summary, period).to.deep.equal(await (await call(`/api/v1/summary?${period}`)).json())
      expect(overview.series, period).to.deep.equal(await (await call(`/api/v1/series?${period}`)).json())
    }
  })

  it('ranks products over many years', async () => {
    const call = await chain.as('admin@chain.example')
    const ranking = await (await call('/api/v1/rankings/products?from=2015-01-01&to=2026-12-31')).json()
    expect(ranking.items[0]).to.include({ id: 'bread' })
  })

  it('shows new sales in the next answer', async () => {
    const june = 'from=2020-06-01&to=2020-06-30'
    expect((await summaryAs('admin@chain.example', june)).body.revenue).to.equal('0.00')
    const socket = new WebSocket(`${chain.url.replace('http', 'ws')}/ws`)
    const refused = await new Promise(done => socket.on('error', () => done('refused')))
    expect(refused).to.equal('refused')
    await chain.publish([saleOf({ store: 'praia', sale: '9', day: '2020-06-01', seller: 'rui' })])
    let revenue = '0.00'
    while (revenue === '0.00') revenue = (await summaryAs('admin@chain.example', june)).body.revenue
    expect(revenue).to.equal('10.00')
  })

  it('describes itself', async () => {
    const description = await (await fetch(`${chain.url}/api/v1/openapi.json`)).json()
    expect(description.openapi).to.equal('3.1.0')
    expect(Object.keys(description.paths)).to.include.members(['/summary', '/session', '/rankings/products'])
    const names = description.paths['/summary'].get.parameters.map((parameter: { name: string }) => parameter.name)
    expect(names).to.deep.equal(['from', 'to', 'preset', 'against', 'store', 'seller', 'product'])
  })

  it('slows guessing down, without telling whether the account exists', async () => {
    await chain.add({ email: 'guessed@chain.example', name: 'Guessed', role: 'seller', seller: 'ana' })
    const attempt = async (email: string, password: string) =>
      (
        await fetch(`${chain.url}/api/v1/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email, password }),
        })
      ).status
    for (const email of ['guessed@chain.example', 'nobody@chain.example']) {
      const answers = []
      for (let i = 0; i < 6; i++) answers.push(await attempt(email, 'wrong'))
      expect(answers).to.deep.equal([401, 401, 401, 401, 401, 429])
    }
    expect(await attempt('guessed@chain.example', passwordOfAll)).to.equal(429)
  })

  it('sets a cookie that scripts and other sites never get, and forgets it at sign-out', async () => {
    const answer = await fetch(`${chain.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'CENTRO@chain.example', password: passwordOfAll }),
    })
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie)
      .to.match(/HttpOnly/)
      .and.match(/SameSite=Strict/)
    const headers = { cookie: cookie.split(';')[0] ?? '' }
    expect((await fetch(`${chain.url}/api/v1/session`, { headers })).status).to.equal(200)
    expect((await fetch(`${chain.url}/api/v1/session`, { method: 'DELETE', headers })).status).to.equal(204)
    expect((await fetch(`${chain.url}/api/v1/session`, { headers })).status).to.equal(401)
  })

  it('serves the page with a policy that allows no inline script', async () => {
    const page = await fetch(chain.url)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).to.include("script-src 'self'").and.not.to.include('unsafe-inline')
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? ''
    const asset = await fetch(`${chain.url}${script}`, { headers: { 'accept-encoding': 'br' } })
    expect(asset.headers.get('cache-control')).to.include('immutable')
    expect(asset.headers.get('content-encoding')).to.equal('br')
  })

  it("refuses a manager a seller who has sold nothing in the manager's stores, whether there is one or not", async () => {
    await chain.publish([saleOf({ store: 'praia', sale: '3', day: '2020-04-29', seller: 'leo' })])
    const seller = async (who: string) => (await summaryAs('centro@chain.example', `${may}${who}`)).status
    expect(await seller('&seller=ana')).to.equal(200)
    expect(await seller('&seller=leo')).to.equal(403)
    expect(await seller('&seller=ana&seller=leo')).to.equal(403)
    expect(await seller('&seller=nobody')).to.equal(403)
    expect((await summaryAs('admin@chain.example', `${may}&seller=leo`)).status).to.equal(200)
  })

  it('exports figures over time with a heading that says what a row is', async () => {
    const call = await chain.as('admin@chain.example')
    const heading = async (query: string) =>
      (await (await call(`/api/v1/exports/series/csv?${query}`)).text()).split(',')[0]
    expect(await heading(may)).to.equal('Dia')
    expect(await heading('from=2020-01-01&to=2020-05-31')).to.equal('Semana de')
    expect(await heading('from=2020-01-01&to=2020-05-31&grain=month')).to.equal('Mês')
    const workbook = await (await call(`/api/v1/exports/stores/xlsx?${may}`)).arrayBuffer()
    expect(textOfFile(Buffer.from(workbook))).to.include('1 de mai. de 2020 – 31 de mai. de 2020')
  })
})
