import { expect } from 'chai'
import type { Dimension } from '#shared/records/dimension.ts'
import { type Chain, saleOf, startChain } from '../../../test/parts/chain.ts'
import { type Mailbox, openMailbox } from '../../../test/parts/mailbox.ts'
import { putDueLetters } from './post.ts'
import { nextTime } from './schedule.ts'

const may = { from: '2020-05-01', to: '2020-05-31' }
const byStore = { name: 'Lojas em maio', metrics: ['revenue', 'margin', 'sales'], dimensions: ['store'], period: may }

describe('reports', () => {
  let chain: Chain
  let mailbox: Mailbox

  before(async () => {
    mailbox = await openMailbox()
    chain = await startChain({ DATAAPP_SMTP_URL: mailbox.url })
    await chain.publish([
      saleOf({ store: 'centro', sale: '1', day: '2020-05-02', seller: 'ana', products: ['bread', 'milk'] }),
      saleOf({ store: 'centro', sale: '2', day: '2020-05-03', seller: 'rui' }),
      saleOf({ store: 'praia', sale: '1', day: '2020-05-03', seller: 'rui' }),
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'praia@chain.example', name: 'Praia', role: 'manager', stores: ['praia'] })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
  })
  after(async () => {
    await chain.stop()
    await mailbox.close()
  })

  const ask = async (who: string, method: string, path: string, body?: unknown) => {
    const call = await chain.as(`${who}@chain.example`)
    const answer = await call(`/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const made = async (who: string, definition: unknown) => (await ask(who, 'POST', '/reports', definition)).body

  it('shows each reader their own scope, with a total of its own', async () => {
    const preview = async (who: string) => (await ask(who, 'POST', '/reports/preview', byStore)).body
    const all = await preview('admin')
    expect(all.rows).to.deep.equal([
      ['centro', '30.00', '12.00', 2],
      ['praia', '10.00', '4.00', 1],
    ])
    expect(all.total).to.deep.equal([null, '40.00', '16.00', 3])
    expect((await preview('centro')).rows).to.deep.equal([['centro', '30.00', '12.00', 2]])
    expect((await preview('ana')).rows).to.deep.equal([['centro', '20.00', '8.00', 1]])
    const foreign = { ...byStore, filters: { stores: ['praia'] } }
    expect((await ask('centro', 'POST', '/reports/preview', foreign)).body.rows).to.deep.equal([])
    expect(
      (await ask('ana', 'POST', '/reports/preview', { ...byStore, filters: { sellers: ['rui'] } })).body.total[1],
    ).to.equal('0.00')
  })

  it('counts a sale once, however many products of a category it has', async () => {
    const definition = {
      name: 'x',
      metrics: ['sales', 'revenue', 'averageTicket'],
      dimensions: ['category'],
      period: may,
    }
    expect((await ask('admin', 'POST', '/reports/preview', definition)).body.total).to.deep.equal([
      null,
      3,
      '40.00',
      '13.33',
    ])
    const asked = { ...definition, dimensions: ['month', 'product'], sort: { by: 'sales', order: 'desc' }, limit: 1 }
    const { body } = await ask('admin', 'POST', '/reports/preview', asked)
    expect(body.rows).to.deep.equal([['2020-05-01', 'bread', 3, '30.00', '10.00']])
    expect(body.cutOff).to.equal(true)
  })

  it('refuses what makes no report', async () => {
    for (const wrong of [
      { metrics: [] },
      { metrics: ['profit'] },
      { dimensions: ['customer'] },
      { sort: { by: 'lines', order: 'asc' } },
      { period: { from: '2020-05-02', to: '2020-05-01' } },
      { stores: ['x'] },
    ])
      expect((await ask('admin', 'POST', '/reports/preview', { ...byStore, ...wrong })).status).to.equal(400)
  })

  it('keeps every version, and lets nobody save over what they have not seen', async () => {
    const report = await made('centro', byStore)
    const next = { version: 1, definition: { ...byStore, name: 'Maio' } }
    expect((await ask('centro', 'PUT', `/reports/${report.id}`, next)).body).to.include({ version: 2 })
    expect((await ask('centro', 'PUT', `/reports/${report.id}`, next)).status).to.equal(409)
    const { items } = (await ask('centro', 'GET', `/reports/${report.id}/versions`)).body
    expect(items.map((item: { definition: { name: string } }) => item.definition.name)).to.deep.equal([
      'Maio',
      'Lojas em maio',
    ])
    expect((await ask('praia', 'GET', `/reports/${report.id}`)).status).to.equal(404)
    expect((await ask('admin', 'PUT', `/reports/${report.id}`, next)).status).to.equal(404)
  })

  it('shares with a person or a role without widening what they see', async () => {
    const report = await made('admin', byStore)
    expect((await ask('centro', 'GET', `/reports/${report.id}/run`)).status).to.equal(404)
    await ask('admin', 'PUT', `/reports/${report.id}/shares`, {
      items: [
        { kind: 'role', target: 'manager' },
        { kind: 'person', target: 'ANA@chain.example' },
      ],
    })
    expect((await ask('centro', 'GET', `/reports/${report.id}/run`)).body.total[1]).to.equal('30.00')
    expect((await ask('ana', 'GET', `/reports/${report.id}/run`)).body.total[1]).to.equal('20.00')
    expect((await ask('centro', 'PUT', `/reports/${report.id}`, { version: 1, definition: byStore })).status).to.equal(
      403,
    )
    expect((await ask('centro', 'DELETE', `/reports/${report.id}`)).status).to.equal(403)
    expect((await ask('centro', 'POST', `/reports/${report.id}/links`, {})).status).to.equal(403)
    expect((await ask('ana', 'PUT', `/reports/${report.id}/shares`, { items: [] })).status).to.equal(403)
  })

  it('links to what both the maker and the reader may see, until it ends', async () => {
    const report = await made('centro', byStore)
    const link = (await ask('centro', 'POST', `/reports/${report.id}/links`, { days: 1 })).body
    const read = async (who: string) => ask(who, 'GET', `/shared-reports/${link.secret}`)
    expect((await read('admin')).body.ran.total[1]).to.equal('30.00')
    expect((await read('praia')).body.ran).to.deep.include({ rows: [], total: [null, '0.00', '0.00', 0] })
    expect((await read('ana')).body.ran.total[1]).to.equal('20.00')
    expect((await fetch(`${chain.url}/api/v1/shared-reports/${link.secret}`)).status).to.equal(401)
    expect((await fetch(`${chain.url}/api/v1/open-reports/${link.secret}`)).status).to.equal(401)
    expect((await ask('admin', 'GET', `/shared-reports/${link.secret}x`)).status).to.equal(410)
    await chain.parts.settings.query("UPDATE people SET stores = '{}' WHERE email = 'centro@chain.example'")
    expect((await read('admin')).body.ran.total[1]).to.equal('0.00')
    await chain.parts.settings.query("UPDATE people SET stores = '{centro}' WHERE email = 'centro@chain.example'")
    await chain.parts.settings.query("UPDATE report_links SET expires_at = now() - interval '1 second' WHERE id = $1", [
      link.id,
    ])
    expect((await read('admin')).status).to.equal(410)
  })

  it('opens without signing in only what an admin opened, and never people', async () => {
    const mine = await made('centro', byStore)
    expect((await ask('centro', 'POST', `/reports/${mine.id}/open-links`, {})).status).to.equal(403)
    const named = await made('admin', { ...byStore, dimensions: ['seller'] })
    expect((await ask('admin', 'POST', `/reports/${named.id}/open-links`, {})).status).to.equal(400)
    const report = await made('admin', byStore)
    const { secret } = (await ask('admin', 'POST', `/reports/${report.id}/open-links`, { days: 2 })).body
    const open = `${chain.url}/api/v1/open-reports/${secret}`
    expect((await (await fetch(open)).json()).ran.total[1]).to.equal('40.00')
    expect((await fetch(`${open}.pdf`)).headers.get('content-type')).to.equal('application/pdf')
    await ask('admin', 'PUT', `/reports/${report.id}`, {
      version: 1,
      definition: { ...byStore, dimensions: ['seller'] },
    })
    expect((await fetch(open)).status).to.equal(410)
  })

  it('exports what the page shows, to the cent', async () => {
    const report = await made('admin', byStore)
    const call = await chain.as('centro@chain.example')
    expect((await call(`/api/v1/reports/${report.id}/export?format=csv`)).status).to.equal(404)
    const admin = await chain.as('admin@chain.example')
    const file = await admin(`/api/v1/reports/${report.id}/export?format=csv`)
    expect(file.headers.get('content-disposition')).to.equal('attachment; filename="lojas-em-maio.csv"')
    const [, ...lines] = (await file.text()).trim().split('\r\n')
    const sum = lines.reduce((cents, line) => cents + Math.round(Number(line.split(',')[1]) * 100), 0)
    const summary = await (await admin('/api/v1/summary?from=2020-05-01&to=2020-05-31')).json()
    expect(sum / 100).to.equal(Number(summary.revenue))
    for (const format of ['csv-excel', 'xlsx', 'pdf'])
      expect((await admin(`/api/v1/reports/${report.id}/export?format=${format}&locale=en`)).status).to.equal(200)
  })

  it('sends each recipient what they may see, once, whatever happens between', async () => {
    const { settings } = chain.parts
    const report = await made('admin', byStore)
    const schedule = (
      await ask('admin', 'POST', `/reports/${report.id}/schedules`, {
        rhythm: { every: 'day', at: '07:00' },
        format: 'csv',
        recipients: ['centro@chain.example', 'ana@chain.example'],
      })
    ).body
    const seller = await made('ana', byStore)
    const others = { rhythm: { every: 'day', at: '07:00' }, recipients: ['centro@chain.example'] }
    expect((await ask('ana', 'POST', `/reports/${seller.id}/schedules`, others)).status).to.equal(403)
    expect(await putDueLetters(settings, 'America/Sao_Paulo', new Date(Date.parse(schedule.nextAt) - 1))).to.equal(0)
    const due = new Date(schedule.nextAt)
    expect(await putDueLetters(settings, 'America/Sao_Paulo', due)).to.equal(2)
    expect(await putDueLetters(settings, 'America/Sao_Paulo', due)).to.equal(0)
    await settings.query('UPDATE report_schedules SET next_at = $2 WHERE id = $1', [schedule.id, due])
    await putDueLetters(settings, 'America/Sao_Paulo', due)
    const [{ letters } = { letters: '' }] = await settings.query<{ letters: string }>(
      'SELECT count(*) AS letters FROM report_outbox',
    )
    expect(letters).to.equal('2')
    await settings.query('UPDATE report_outbox SET due_at = now()')
    while (mailbox.mails.length < 2) await new Promise(done => setTimeout(done, 50))
    const attached = (to: string) =>
      mailbox.mails
        .find(mail => mail.to === to)
        ?.parts.at(-1)
        ?.toString('utf8')
    expect(attached('centro@chain.example')).to.include('centro,30.00').and.not.to.include('praia')
    expect(attached('ana@chain.example')).to.include('centro,20.00').and.not.to.include('praia')
    expect(new Set(mailbox.mails.map(mail => /Message-ID: (\S+)/i.exec(mail.raw)?.[1])).size).to.equal(2)
  })

  it('says which stores it is narrowed to by their names', async () => {
    await chain.describe([store('centro', 'Centro Histórico')])
    const filters = { stores: ['centro', 'not-open-yet'] }
    const { body } = await ask('admin', 'POST', '/reports/preview', { ...byStore, filters })
    expect(body.stores).to.deep.equal(['Centro Histórico', 'not-open-yet'])
    const foreign = await ask('praia', 'POST', '/reports/preview', { ...byStore, filters })
    expect(foreign.body.stores).to.deep.equal(filters.stores)
    expect((await ask('admin', 'POST', '/reports/preview', byStore)).body.stores).to.deep.equal([])
  })

  it('offers the categories of what somebody sells', async () => {
    await chain.describe([product('bread', 'Padaria'), product('milk', 'Frios'), product('unsold', 'Vinhos')])
    const categories = async (who: string) => (await ask(who, 'GET', '/categories')).body.items
    expect(await categories('admin')).to.deep.equal(['Frios', 'Padaria'])
    expect(await categories('praia')).to.deep.equal(['Padaria'])
  })

  it('knows when the next mail is due, in the chain’s time zone', () => {
    const after = new Date('2026-03-06T12:00:00Z')
    const at = (rhythm: Partial<Parameters<typeof nextTime>[0]>) =>
      nextTime(
        { every: 'day', at: '07:30', weekday: 1, monthDay: 1, ...rhythm },
        'America/Sao_Paulo',
        after,
      ).toISOString()
    expect(at({})).to.equal('2026-03-07T10:30:00.000Z')
    expect(at({ every: 'weekday' })).to.equal('2026-03-09T10:30:00.000Z')
    expect(at({ every: 'week', weekday: 0 })).to.equal('2026-03-08T10:30:00.000Z')
    expect(at({ every: 'month', monthDay: 15 })).to.equal('2026-03-15T10:30:00.000Z')
  })
})

function store(id: string, name: string): Dimension {
  const places = { type: '', city: '', region: '', country: '', size: null, openedOn: null, closedOn: null }
  return { v: 1, kind: 'store', id, source: 'test', version: 1, attributes: { name, ...places } }
}

function product(id: string, category: string): Dimension {
  const rest = { subcategory: '', brand: '', unit: '', cost: null, price: null, service: false }
  return { v: 1, kind: 'product', id, source: 'test', version: 1, attributes: { name: id, category, ...rest } }
}
