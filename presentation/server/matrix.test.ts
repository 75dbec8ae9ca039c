import { expect } from 'chai'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { dayIn } from '#shared/day.ts'
import { type Chain, saleOf, startChain } from '../../test/parts/chain.ts'
import { type Mailbox, openMailbox } from '../../test/parts/mailbox.ts'
import { textOfFile } from '../../test/parts/unpack.ts'
import { access, type Door, openDoors, type Role, reach, roles } from '../access.ts'

/** What the manager of `centro-own` and the seller `ana-own` may never read anything of. Ids that can't come about by chance. */
const foreignToManager = ['praia-foreign', 'zeca-foreign', 'caviar-foreign']
const foreignToSeller = [...foreignToManager, 'rui-colleague', 'truffle-colleague']
const foreign: Record<Role, readonly string[]> = { admin: [], manager: foreignToManager, seller: foreignToSeller }
const [day, today] = ['2020-05-02', dayIn('America/Sao_Paulo', new Date())]

const document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        'x-door': z.string(),
        parameters: z
          .array(z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean().default(false) }))
          .default([]),
      }),
    ),
  ),
})
type Operation = { name: string; method: string; path: string; door: string; inPath: string[]; inQuery: string[] }

/** What a parameter is called with, by its name. Own, somebody else's, and made up. A new name has to be added here. */
const tampered = "' OR 1=1 --"
const values: Record<string, readonly string[]> = {
  from: [day],
  to: [today],
  store: ['centro-own', 'praia-foreign', tampered],
  seller: ['ana-own', 'rui-colleague', 'zeca-foreign', tampered],
  product: ['bread-own', 'caviar-foreign', 'truffle-colleague', tampered],
  person: ['ana-own', 'rui-colleague', 'zeca-foreign', tampered],
  what: ['stores', 'sellers', 'products', 'series', 'lines', tampered],
  format: ['csv', 'xlsx', 'pdf'],
  dimension: ['stores', 'sellers', 'products', tampered],
  link: [tampered],
  schedule: [tampered],
  secret: [tampered, 'made-up-secret'],
  basket: ['bread-own', 'caviar-foreign'],
}

/** Rules that look at somebody else's rows, for doors that take a rule. */
const foreignRule = {
  name: 'A look elsewhere',
  scope: { kind: 'store', ids: ['praia-foreign'] },
  condition: { kind: 'noSales', days: 1 },
}
const report = { name: 'Stores', metrics: ['revenue'], dimensions: ['store'], period: { from: day, to: today } }
const bodies: Record<string, unknown> = {
  'put /reports/{id}': { version: 1, definition: report },
  'post /insights/rules': foreignRule,
  'put /insights/rules/{id}': foreignRule,
  'post /insights/rules/dry-run': foreignRule,
  'post /insights/alerts/{id}/snooze': { minutes: 10 },
}

describe('every door × every role × own, foreign and tampered ids', () => {
  let chain: Chain
  let mailbox: Mailbox
  let operations: Operation[] = []
  const accounts: Record<Role, string> = {
    admin: 'admin@chain.example',
    manager: 'manager@chain.example',
    seller: 'seller@chain.example',
  }
  /** Ids of things that are the admin's, for a door that names a thing by its id. */
  let foreignIds: string[] = []
  /** Real links to the admin's report: behind the sign-in, and open to the world. */
  let links: { closed: string; open: string } = { closed: '', open: '' }

  before(async () => {
    mailbox = await openMailbox()
    chain = await startChain({ DATAAPP_SMTP_URL: mailbox.url })
    const sale = (number: string, store: string, seller: string, product: string) =>
      saleOf({ store, sale: number, day: number === '9' ? today : day, seller, products: [product] })
    await chain.publish([
      sale('1', 'centro-own', 'ana-own', 'bread-own'),
      sale('9', 'centro-own', 'ana-own', 'bread-own'),
      sale('2', 'centro-own', 'rui-colleague', 'truffle-colleague'),
      sale('3', 'praia-foreign', 'zeca-foreign', 'caviar-foreign'),
      sale('9', 'praia-foreign', 'zeca-foreign', 'caviar-foreign'),
    ])
    await chain.add({ email: accounts.admin, name: 'Admin', role: 'admin' })
    await chain.add({ email: accounts.manager, name: 'Manager', role: 'manager', stores: ['centro-own'] })
    await chain.add({ email: accounts.seller, name: 'Seller', role: 'seller', seller: 'ana-own' })
    const description = await (await fetch(`${chain.url}/api/v1/openapi.json`)).json()
    operations = operationsOf(description)
    const admin = await chain.as(accounts.admin)
    const json = { 'content-type': 'application/json' }
    const send = (path: string, body: unknown) =>
      admin(`/api/v1${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) })
    await send('/account/tokens', { name: 'of the admin' })
    await send('/insights/rules', { ...foreignRule, name: 'of the admin' })
    const made = z.object({ id: z.string() }).parse(await (await send('/reports', report)).json())
    const secretOf = async (kind: string) =>
      z.object({ secret: z.string() }).parse(await (await send(`/reports/${made.id}/${kind}`, { days: 1 })).json())
        .secret
    links = { closed: await secretOf('links'), open: await secretOf('open-links') }
    const rows = await chain.parts.settings.query<{ id: string }>(
      `SELECT id FROM people WHERE role = 'admin'
       UNION SELECT s.id FROM sessions s JOIN people p ON p.id = s.person WHERE p.role = 'admin'
       UNION SELECT id FROM tokens UNION SELECT id FROM alert_rules UNION SELECT id FROM reports`,
    )
    foreignIds = rows.map(row => row.id)
  })
  after(async () => {
    await chain?.stop()
    await mailbox?.close()
  })

  it('each has its row in the table of access', () => {
    expect(operations).to.have.length.greaterThan(30)
    const known = new Set<string>([...Object.keys(access), ...Object.keys(openDoors)])
    expect(operations.filter(({ door }) => !known.has(door)).map(({ name }) => name)).to.deep.equal([])
  })

  it('none is open to somebody who has not signed in, or whose cookie or token is made up', async () => {
    const open: string[] = []
    for (const operation of operations.filter(({ door }) => isDoor(door))) {
      for (const headers of [{}, { cookie: 'dataapp_session=made-up' }, { authorization: 'Bearer made-up' }]) {
        const answer = await send(operation, firstCall(operation), { headers })
        if (answer.status !== 401) open.push(`${operation.name}: ${answer.status}`)
      }
    }
    for (const path of ['/odata/v4', '/odata/v4/Lines', '/odata/v4/$metadata']) {
      const answer = await fetch(`${chain.url}${path}`)
      if (answer.status !== 401) open.push(`${path}: ${answer.status}`)
    }
    expect(open).to.deep.equal([])
  })

  it('none is open to a role that may not, whatever the id', async () => {
    const open: string[] = []
    for (const role of roles) {
      const { cookie } = await headersOf(role)
      for (const operation of operations.filter(({ door }) => isDoor(door) && reach(role, door) === 'no'))
        for (const path of callsOf(operation).filter(call => !call.includes('?'))) {
          const answer = await send(operation, path, { headers: { cookie } })
          if (answer.status !== 403) open.push(`${role}: ${operation.method} ${path}: ${answer.status}`)
        }
    }
    expect(open).to.deep.equal([])
  })

  it('none that reads shows anything foreign, by page, export or search', async () => {
    const wrong: string[] = []
    const seen = new Set<Role>()
    for (const role of roles) {
      const { cookie } = await headersOf(role)
      for (const operation of operations.filter(
        o => o.method === 'get' && isDoor(o.door) && reach(role, o.door) !== 'no',
      ))
        for (const path of callsOf(operation)) {
          const answer = await send(operation, path, { headers: { cookie } })
          const text = await textOf(answer)
          if (answer.status >= 500) wrong.push(`${role}: ${path}: ${answer.status} ${text.slice(0, 200)}`)
          const leaked = leaksIn(text, role, path)
          if (leaked.length > 0) wrong.push(`${role}: ${path} shows ${leaked.join(', ')}`)
          if (text.includes('own') && answer.ok) seen.add(role)
        }
    }
    expect(wrong).to.deep.equal([])
    expect([...seen]).to.deep.equal([...roles])
  })

  it('what is packed in an export is seen by this test', async () => {
    const call = await chain.as(accounts.admin)
    for (const format of ['csv', 'xlsx', 'pdf']) {
      const text = await textOf(await call(`/api/v1/exports/stores/${format}?from=${day}&to=${today}`))
      expect(text, format).to.include('praia-foreign')
    }
  })

  it('none that changes touches what is somebody else’s', async () => {
    const before = await everythingOfTheAdmin()
    const wrong: string[] = []
    for (const role of ['manager', 'seller'] as const) {
      const { cookie } = await headersOf(role)
      for (const operation of operations.filter(o => o.method !== 'get' && isDoor(o.door) && o.path !== '/session')) {
        const mayPass = isDoor(operation.door) && reach(role, operation.door) !== 'no'
        if (!mayPass || (operation.inPath.length === 0 && bodies[operation.name] === undefined)) continue
        for (const path of callsOf(operation)) {
          const answer = await send(operation, path, { headers: { cookie } })
          const text = await textOf(answer)
          const leaked = leaksIn(text, role, '').filter(
            marker => !(bodies[operation.name] !== undefined && marker === 'praia-foreign' && !answer.ok),
          )
          if (answer.ok || answer.status >= 500 || leaked.length > 0)
            wrong.push(`${role}: ${operation.method} ${path}: ${answer.status} ${text.slice(0, 200)}`)
        }
      }
    }
    expect(wrong).to.deep.equal([])
    expect(await everythingOfTheAdmin()).to.deep.equal(before)
  })

  it('a link without sign-in gives what its admin opened to the world, and nothing else does', async () => {
    const follow = (secret: string) => fetch(`${chain.url}/api/v1/open-reports/${encodeURIComponent(secret)}`)
    for (const format of ['', '.csv', '.pdf']) {
      const answer = await follow(`${links.open}${format}`)
      expect(answer.status, format).to.equal(200)
      const text = await textOf(answer)
      expect(text, format).to.include('centro-own')
      expect(['ana-own', 'rui-colleague', 'zeca-foreign'].filter(name => text.includes(name))).to.deep.equal([])
    }
    expect((await follow(links.closed)).status).to.equal(401)
    for (const secret of [tampered, `${links.open}x`, links.open.slice(1), '']) {
      const answer = await follow(secret)
      expect(answer.status, secret).to.be.oneOf([404, 410])
      expect(await answer.text()).to.not.include('own')
    }
  })

  it('a scheduled mail brings each recipient what they may see at that moment, in text and attachment', async () => {
    const { settings } = chain.parts
    const admin = await chain.as(accounts.admin)
    const post = async (path: string, body: unknown) =>
      (
        await admin(`/api/v1${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).json()
    const { id } = await post('/reports', { ...report, dimensions: ['store', 'seller', 'product'] })
    const recipients = Object.values(accounts)
    for (const format of ['csv', 'xlsx', 'pdf'])
      await post(`/reports/${id}/schedules`, { rhythm: { every: 'day', at: '07:00' }, format, recipients })
    const arrived = async () => {
      mailbox.mails.length = 0
      await settings.query('UPDATE report_schedules SET next_at = now()')
      while (mailbox.mails.length < 9) await pause()
      return mailbox.mails.map(({ to, raw, parts }) => ({ to, text: [raw, ...parts.map(textOfFile)].join('\n') }))
    }
    const own: Record<Role, readonly string[]> = {
      admin: ['centro-own', 'ana-own', 'rui-colleague', ...foreignToManager],
      manager: ['centro-own', 'ana-own', 'rui-colleague', 'bread-own', 'truffle-colleague'],
      seller: ['centro-own', 'ana-own', 'bread-own'],
    }
    const sent = await arrived()
    for (const role of roles) {
      const letters = sent.filter(({ to }) => to === accounts[role])
      expect(letters, role).to.have.length(3)
      for (const { text } of letters) {
        expect(leaksIn(text, role, ''), role).to.deep.equal([])
        expect(
          own[role].filter(marker => !text.includes(marker)),
          role,
        ).to.deep.equal([])
      }
    }
    // Who loses a store between two mails gets nothing of it in the next.
    await settings.query("UPDATE people SET stores = '{}' WHERE email = $1", [accounts.manager])
    try {
      for (const { to, text } of await arrived())
        if (to === accounts.manager)
          expect([...own.manager, ...foreignToManager].filter(marker => text.includes(marker))).to.deep.equal([])
    } finally {
      await settings.query("UPDATE people SET stores = '{centro-own}' WHERE email = $1", [accounts.manager])
    }
  })

  it('the OData feed shows nothing foreign, by filter, key, search or sum', async () => {
    const wrong: string[] = []
    const service = await (await (await chain.as(accounts.admin))('/odata/v4')).json()
    const sets: string[] = service.value.map((entry: { name: string }) => entry.name)
    expect(sets).to.include('Lines')
    for (const role of ['manager', 'seller'] as const) {
      const call = await chain.as(accounts[role])
      for (const set of sets) {
        const keys = foreign[role].map(id => `${set}('${id}')`)
        const options = [
          '',
          '?$count=true&$top=1000',
          '?$orderby=Store desc',
          `?$apply=groupby((Store))`,
          `?$apply=groupby((Seller))`,
        ]
        const filters = foreign[role].flatMap(id =>
          ['Store', 'Seller', 'Product'].map(
            column => `?$filter=${encodeURIComponent(`${column} eq '${id}' or true`)}`,
          ),
        )
        for (const path of [...keys, ...[...options, ...filters].map(option => `${set}${option}`)]) {
          const text = await (await call(`/odata/v4/${path}`)).text()
          const leaked = leaksIn(text, role, path)
          if (leaked.length > 0) wrong.push(`${role}: ${path} shows ${leaked.join(', ')}`)
        }
      }
      const count = await (await call('/odata/v4/Lines/$count')).text()
      expect(count, role).to.equal(role === 'manager' ? '3' : '2')
    }
    expect(wrong).to.deep.equal([])
  })

  it('live news goes to those whose rows it touches', async () => {
    const heard: Record<string, string[]> = {}
    const sockets = await Promise.all(
      roles.map(async role => {
        const socket = new WebSocket(`${chain.url.replace('http', 'ws')}/ws`, { headers: await headersOf(role) })
        heard[role] = []
        await new Promise<void>((done, fail) => {
          socket.on('error', fail)
          socket.on('message', message => {
            heard[role]?.push(String(message))
            done()
          })
        })
        return socket
      }),
    )
    await chain.publish([saleOf({ store: 'praia-foreign', sale: '20', day, seller: 'zeca-foreign' })])
    while ((heard.admin ?? []).filter(text => text.includes('"changed"')).length < 1) await pause()
    await chain.publish([saleOf({ store: 'centro-own', sale: '21', day, seller: 'ana-own' })])
    while (roles.some(role => !(heard[role] ?? []).some(text => text.includes('"changed"')))) await pause()
    for (const socket of sockets) socket.terminate()
    for (const role of ['manager', 'seller'] as const) {
      const news = (heard[role] ?? []).filter(text => text.includes('"changed"'))
      expect(news, role).to.have.length(1)
      expect(foreign[role].filter(marker => (heard[role] ?? []).join().includes(marker))).to.deep.equal([])
    }
  })

  function send({ method, name }: Operation, path: string, { headers }: { headers: Record<string, string> }) {
    const body = method === 'get' ? {} : { body: JSON.stringify(bodies[name] ?? {}) }
    return fetch(`${chain.url}/api/v1${path}`, {
      method: method.toUpperCase(),
      headers: { 'content-type': 'application/json', ...headers },
      ...body,
    })
  }

  async function headersOf(role: Role): Promise<{ cookie: string }> {
    return { cookie: await chain.cookieOf(accounts[role]) }
  }

  async function everythingOfTheAdmin(): Promise<unknown> {
    const tables = ['people', 'tokens', 'alert_rules', 'reports'].map(
      table => `(SELECT json_agg(t ORDER BY t.id) FROM ${table} t)`,
    )
    return chain.parts.settings.query(
      `SELECT ${tables.map((table, at) => `${table} AS t${at}`).join(', ')}, (SELECT json_agg(id ORDER BY id) FROM sessions) AS s`,
    )
  }

  /** Every address of an operation: each value of each parameter in turn, beside usual ones for the rest. */
  function callsOf(operation: Operation): string[] {
    const ids = operation.inPath.reduce<string[]>(
      (paths, name) =>
        paths.flatMap(path => valuesOf(name).map(value => path.replace(`{${name}}`, encodeURIComponent(value)))),
      [operation.path],
    )
    const period = ['from', 'to'].filter(name => operation.inQuery.includes(name))
    const usual = period.map(name => `${name}=${values[name]?.[0]}`)
    const asked = operation.inQuery
      .filter(name => values[name] !== undefined && !period.includes(name))
      .flatMap(name => valuesOf(name).map(value => [...usual, `${name}=${encodeURIComponent(value)}`].join('&')))
    return ids.flatMap(path => [
      path,
      ...[usual.join('&'), ...asked].filter(query => query !== '').map(query => `${path}?${query}`),
    ])
  }

  function firstCall(operation: Operation): string {
    return callsOf(operation)[0] ?? operation.path
  }

  function valuesOf(name: string): readonly string[] {
    const known =
      name === 'id'
        ? [...foreignIds, ...foreignToSeller, tampered]
        : name === 'secret'
          ? [...(values.secret ?? []), links.closed, links.open]
          : values[name]
    if (known === undefined) throw new Error(`no values for the parameter ${name}: add own, foreign and tampered ones`)
    return known
  }
})

function operationsOf(description: unknown): Operation[] {
  const { paths } = document.parse(description)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-door': door, parameters }]) => ({
      name: `${method} ${path}`,
      method,
      path,
      door,
      inPath: parameters.filter(parameter => parameter.in === 'path').map(({ name }) => name),
      inQuery: parameters.filter(parameter => parameter.in === 'query').map(({ name }) => name),
    })),
  )
}

function isDoor(name: string): name is Door {
  return name in access
}

/** Foreign ids in an answer that the question did not hold itself. */
function leaksIn(text: string, role: Role, question: string): string[] {
  return foreign[role].filter(marker => text.includes(marker) && !question.includes(marker))
}

/** An answer as text: what is packed in an XLSX or PDF is unpacked. */
async function textOf(answer: Response): Promise<string> {
  return textOfFile(Buffer.from(await answer.arrayBuffer()))
}

const pause = () => new Promise(done => setTimeout(done, 10))
