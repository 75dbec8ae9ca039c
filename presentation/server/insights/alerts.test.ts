import { once } from 'node:events'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { addDays, dayIn } from '#shared/day.ts'
import { parseMicros } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'
import { type Chain, saleOf, startChain } from '../../../test/parts/chain.ts'

describe('alerts through the API', () => {
  let chain: Chain
  const today = () => dayIn(chain.parts.config.DATAAPP_TIME_ZONE, new Date())
  const heard = new Map<string, { event: string; alert: { id: string; rule: string; breaches: unknown[] } }[]>()

  before(async () => {
    chain = await startChain()
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'praia@chain.example', name: 'Praia', role: 'manager', stores: ['praia'] })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
    for (const email of ['admin@chain.example', 'centro@chain.example', 'praia@chain.example', 'ana@chain.example']) {
      const socket = new WebSocket(`${chain.url.replace('http', 'ws')}/ws`, {
        headers: { cookie: await chain.cookieOf(email) },
      })
      heard.set(email, [])
      socket.on('message', text => {
        const message = JSON.parse(String(text))
        if (message.type === 'alert') heard.get(email)?.push(message)
      })
      await once(socket, 'open')
    }
    await chain.publish([belowCost('centro', '1')])
    while ((heard.get('centro@chain.example') ?? []).length === 0) await new Promise(done => setTimeout(done, 20))
  })
  after(() => chain.stop())

  function belowCost(store: string, sale: string): Sale {
    const sold = saleOf({ store, sale, day: today(), seller: 'ana', version: Date.now() * 1000 })
    const cost = parseMicros('12')
    if (cost === undefined) throw new Error('12 is an amount')
    return { ...sold, lines: sold.lines.map(line => ({ ...line, cost })) }
  }

  const get = async (email: string, path: string) => {
    const answer = await (await chain.as(email))(`/api/v1/insights${path}`)
    return { status: answer.status, body: await answer.json() }
  }
  const send = async (email: string, method: string, path: string, body?: unknown) => {
    const answer = await (await chain.as(email))(`/api/v1/insights${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  it('reach live only those in whose scope the cause lies', async () => {
    const [alert] = heard.get('centro@chain.example') ?? []
    expect(alert?.event).to.equal('fired')
    expect(alert?.alert.rule).to.equal('ready:below-cost')
    expect(heard.get('admin@chain.example')).to.have.length(1)
    expect(heard.get('praia@chain.example')).to.deep.equal([])
    expect(heard.get('ana@chain.example')).to.deep.equal([])
  })

  it('are listed, acknowledged and snoozed within the scope, and not found outside of it', async () => {
    const { body } = await get('centro@chain.example', '/alerts')
    expect(body.items.map((item: { status: string }) => item.status)).to.deep.equal(['open'])
    const id = body.items[0].id
    expect((await get('praia@chain.example', '/alerts')).body.items).to.deep.equal([])
    expect((await get('ana@chain.example', '/alerts')).body.items).to.deep.equal([])
    const about = async (email: string, store: string) => get(email, `/alerts?store=${store}`)
    expect((await about('admin@chain.example', 'centro')).body.items.map((item: { id: string }) => item.id)).to.include(
      id,
    )
    expect((await about('admin@chain.example', 'norte')).body.items).to.deep.equal([])
    expect((await about('praia@chain.example', 'centro')).status).to.equal(403)
    expect((await send('praia@chain.example', 'POST', `/alerts/${id}/acknowledge`)).status).to.equal(404)
    expect((await send('ana@chain.example', 'POST', `/alerts/${id}/snooze`, { minutes: 60 })).status).to.equal(404)
    expect((await send('centro@chain.example', 'POST', `/alerts/${id}/acknowledge`)).body.status).to.equal(
      'acknowledged',
    )
    expect((await send('centro@chain.example', 'POST', `/alerts/${id}/snooze`, { minutes: 60 })).body.status).to.equal(
      'snoozed',
    )
  })

  it('come from rules that nobody can point beyond their scope', async () => {
    const rule = (scope: unknown) => ({ name: 'Mine', scope, condition: { kind: 'belowAverage', percent: 20 } })
    const post = (email: string, scope: unknown) => send(email, 'POST', '/rules', rule(scope))
    const own = await post('centro@chain.example', { kind: 'store', ids: ['centro'] })
    expect(own.status).to.equal(201)
    expect((await post('centro@chain.example', { kind: 'store', ids: ['praia'] })).status).to.equal(403)
    expect((await post('centro@chain.example', { kind: 'chain' })).status).to.equal(403)
    expect((await post('ana@chain.example', { kind: 'store' })).status).to.equal(403)
    expect((await post('ana@chain.example', { kind: 'seller', ids: ['rui'] })).status).to.equal(403)
    expect((await post('ana@chain.example', { kind: 'seller' })).body.scope.ids).to.deep.equal(['ana'])
    const change = await send('praia@chain.example', 'PUT', `/rules/${own.body.id}`, rule({ kind: 'store' }))
    expect(change.status).to.equal(404)
    expect((await send('praia@chain.example', 'DELETE', `/rules/${own.body.id}`)).status).to.equal(404)
    const ready = await send('centro@chain.example', 'PUT', '/rules/ready:below-cost', rule({ kind: 'product' }))
    expect(ready.status).to.equal(403)
    expect(
      (await send('centro@chain.example', 'PUT', '/webhook', { url: 'https://elsewhere.example' })).status,
    ).to.equal(403)
    expect((await send('centro@chain.example', 'DELETE', `/rules/${own.body.id}`)).status).to.equal(204)
  })

  it('are posted nowhere any more when an administrator takes the webhook of the chain away', async () => {
    const owners = async () =>
      (await chain.parts.settings.query<{ owner: string }>('SELECT owner FROM alert_webhooks')).map(row => row.owner)
    const hook = { url: 'https://hooks.chain.example/alerts', for: 'chain' }
    expect((await send('admin@chain.example', 'PUT', '/webhook', hook)).status).to.equal(200)
    expect(await owners()).to.deep.equal(['chain'])
    expect((await send('admin@chain.example', 'DELETE', '/webhook?for=chain')).status).to.equal(204)
    expect(await owners()).to.deep.equal([])
  })

  it('say when a rule would have fired', async () => {
    const days = [3, 4, 9]
    await chain.publish(
      days.map(ago => ({ ...belowCost('praia', `old ${ago}`), soldAt: `${addDays(today(), -ago)}T10:00:00` })),
    )
    const rule = { name: 'Thin', scope: { kind: 'product' }, condition: { kind: 'marginBelow', percent: 0 } }
    const dry = (email: string) => send(email, 'POST', '/rules/dry-run', rule)
    const { body } = await dry('praia@chain.example')
    expect(body.items.map((item: { day: string }) => item.day)).to.deep.equal([
      addDays(today(), -9),
      addDays(today(), -4),
    ])
    expect((await dry('centro@chain.example')).body.items).to.deep.equal([])
  })

  it('say so for each metric, and for days without sales', async () => {
    const weak = addDays(today(), -5)
    const sold = (ago: number) => {
      const day = addDays(today(), -ago)
      const of = (sale: string, products: string[]) =>
        saleOf({ store: 'norte', sale: `${day} ${sale}`, day, seller: 'eva', products })
      return day === weak ? [of('1', ['bread'])] : [of('1', ['bread', 'milk']), of('2', ['bread', 'milk'])]
    }
    await chain.publish(Array.from({ length: 70 }, (_, ago) => sold(ago + 8 * Number(ago > 20))).flat())
    const firedOn = async (rule: object) => {
      const scope = { kind: 'store', stores: ['norte'] }
      const { body } = await send('admin@chain.example', 'POST', '/rules/dry-run', { name: 'Weak', scope, ...rule })
      return body.items.map((item: { day: string }) => item.day)
    }
    for (const metric of ['revenue', 'margin', 'units', 'sales', 'averageTicket']) {
      const condition = { kind: 'weekdayFall', percent: 40 }
      expect(await firedOn({ metric, condition }), metric).to.include(weak)
      expect(await firedOn({ metric, condition }), metric).to.not.include(addDays(weak, -1))
    }
    const seller = { scope: { kind: 'seller', stores: ['norte'] }, condition: { kind: 'weekdayFall', percent: 40 } }
    expect(await firedOn(seller), 'of the sellers of a store').to.include(weak)
    expect(await firedOn({ condition: { kind: 'noSales', days: 5 } })).to.deep.equal([addDays(today(), -24)])
    expect(await firedOn({ condition: { kind: 'marginBelow', percent: 50 } }), 'of 40 %').to.have.length(1)
  })
})
