import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { o } from 'odata'
import { type Chain, saleOf, startChain } from '../../../test/parts/chain.ts'
import { digest, newSecret } from '../session.ts'

type Page<Row> = { value: Row[]; '@odata.nextLink'?: string; '@odata.count'?: number }

describe('the OData feed', () => {
  let chain: Chain
  const tokens = new Map<string, string>()

  before(async () => {
    chain = await startChain()
    await chain.publish(
      Array.from({ length: 300 }, (_, index) =>
        saleOf({
          store: ['centro', 'praia', "d'ouro"][index % 3] ?? '',
          sale: String(index),
          day: `2020-05-${String((index % 28) + 1).padStart(2, '0')}`,
          seller: index % 2 === 0 ? 'ana' : 'rui',
          products: index % 5 === 0 ? ['bread', 'milk', 'coffee'] : ['bread'],
        }),
      ),
    )
    await chain.describe([
      {
        v: 1,
        kind: 'product',
        id: 'milk',
        source: 'test',
        version: 1,
        attributes: {
          name: 'Leite',
          category: 'Bebidas',
          subcategory: '',
          brand: '',
          unit: 'l',
          cost: '6',
          price: '10.5',
          service: false,
        },
      },
      {
        v: 1,
        kind: 'seller',
        id: 'rui',
        source: 'test',
        version: 1,
        attributes: {
          name: 'Rui Costa',
          title: 'Vendedor',
          store: 'centro',
          email: 'rui@home.example',
          phone: '11 98888-7777',
          document: '123.456.789-09',
          code: '',
        },
      },
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'centro@chain.example', name: 'Centro', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'nowhere@chain.example', name: 'New', role: 'manager', stores: [] })
    await chain.add({ email: 'ana@chain.example', name: 'Ana', role: 'seller', seller: 'ana' })
    for (const { id, email } of await chain.parts.settings.query<{ id: string; email: string }>(
      'SELECT id, email FROM people',
    )) {
      const secret = newSecret()
      await chain.parts.settings.query('INSERT INTO tokens (id, person, name, digest) VALUES ($1, $2, $3, $4)', [
        randomUUID(),
        id,
        'Excel',
        digest(secret),
      ])
      tokens.set(email.split('@')[0] ?? '', secret)
    }
  })
  after(() => chain.stop())

  const get = async (who: string, path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${chain.url}/odata/v4${path}`, {
      headers: { authorization: `Bearer ${tokens.get(who)}`, ...headers },
    })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const rows = async (who: string, path: string) => JSON.parse((await get(who, path)).text)
  const query = (options: Record<string, string>) => `?${new URLSearchParams(options)}`

  describe('with a client library', () => {
    const client = (who: string) =>
      o(`${chain.url}/odata/v4/`, {
        headers: { authorization: `Basic ${Buffer.from(`anybody:${tokens.get(who)}`).toString('base64')}` },
      })

    it('adds up lines page by page to what the warehouse has', async () => {
      let revenue = 0
      let pages = 0
      const seen = new Set<string>()
      let next: string | undefined =
        `${chain.url}/odata/v4/Lines?$filter=${encodeURIComponent("Day ge 2020-05-10 and Product in ('bread','milk')")}`
      while (next !== undefined) {
        const page: Page<{ Store: string; Sale: string; Line: string; Revenue: number }> = await client('admin')
          .get(next.replace(`${chain.url}/odata/v4/`, ''))
          .fetch({ headers: { prefer: 'odata.maxpagesize=40' } })
          .then(response => (response instanceof Response ? response.json() : response))
        for (const line of page.value) {
          revenue += line.Revenue
          seen.add(`${line.Store} ${line.Sale} ${line.Line}`)
        }
        pages++
        next = page['@odata.nextLink']
        if (pages > 100) throw new Error('the pages have no end')
      }
      const [sum] = await chain.parts.warehouse.rows<{ revenue: string; lines: string }>(
        "SELECT sum(revenue) AS revenue, count() AS lines FROM sale_lines FINAL WHERE day >= '2020-05-10' AND product IN ('bread', 'milk')",
      )
      expect(revenue).to.equal(Number(sum?.revenue))
      expect(seen.size).to.equal(Number(sum?.lines))
    })

    it('aggregates in the warehouse', async () => {
      const answer = await client('admin').get('Lines').query({
        $apply: "filter(Store eq 'centro')/groupby((Category),aggregate(Revenue with sum as Total,$count as N))",
        $orderby: 'Total desc',
      })
      expect(answer).to.deep.equal([
        { Category: '', Total: 1200, N: 120 },
        { Category: 'Bebidas', Total: 200, N: 20 },
      ])
    })
  })

  it('says what it is: headers, service, metadata in XML and JSON', async () => {
    const service = await get('ana', '/')
    expect(service.headers.get('odata-version')).to.equal('4.0')
    expect(service.headers.get('content-type')).to.include('application/json;odata.metadata=minimal')
    expect(JSON.parse(service.text).value.map((set: { name: string }) => set.name)).to.deep.equal([
      'Lines',
      'Days',
      'Products',
      'Stores',
      'Sellers',
    ])
    expect((await get('ana', '/$metadata')).text).to.include('<edmx:Edmx Version="4.0"')
    const json = await get('ana', '/$metadata', { accept: 'application/json' })
    expect(JSON.parse(json.text)).to.have.property('$EntityContainer', 'DataApp.Container')
  })

  it('selects, filters, sorts, skips, tops and counts', async () => {
    const page = await rows(
      'admin',
      `/Lines${query({
        $select: 'Sale,SoldAt,Revenue',
        $filter:
          "(Store eq 'd''ouro' or startswith(Store,'pra')) and not (year(Day) ne 2020) and Revenue ge 9.99 and SoldAt lt 2020-05-02T00:00:00-03:00",
        $orderby: 'Sale desc',
        $skip: '1',
        $top: '2',
        $count: 'true',
      })}`,
    )
    expect(page['@odata.context']).to.match(/\$metadata#Lines\(Sale,SoldAt,Revenue\)$/)
    expect(page['@odata.count']).to.equal(11)
    const line = { Sale: '280', SoldAt: '2020-05-01T10:00:00-03:00', Revenue: 10 }
    expect(page.value).to.deep.equal([line, line])
  })

  it('treats nulls as OData does, and keeps decimals exact as text for who asks', async () => {
    expect(
      (await rows('admin', `/Products${query({ $filter: 'Price ne 10.5', $select: 'Product' })}`)).value,
    ).to.deep.equal([{ Product: 'bread' }, { Product: 'coffee' }])
    expect((await rows('admin', `/Products${query({ $filter: 'not (Price gt 5)' })}`)).value).to.have.length(2)
    expect((await rows('admin', `/Products${query({ $filter: 'Price eq null' })}`)).value).to.have.length(2)
    const exact = await get('admin', "/Products('milk')", { accept: 'application/json;IEEE754Compatible=true' })
    expect(JSON.parse(exact.text)).to.include({ Name: 'Leite', Price: '10.5', Service: false })
    expect((await get('admin', "/Products('nothing')")).status).to.equal(404)
  })

  it('keeps the remaining $top and its place in the next link, also when sorted', async () => {
    const seen: string[] = []
    let path: string | undefined =
      `/Lines${query({ $top: '95', $orderby: 'Revenue desc,SoldAt', $select: 'Store,Sale,Line' })}`
    while (path !== undefined) {
      const { text } = await get('admin', path, { prefer: 'odata.maxpagesize=30' })
      const page: Page<{ Store: string; Sale: string; Line: string }> = JSON.parse(text)
      seen.push(...page.value.map(line => `${line.Store} ${line.Sale} ${line.Line}`))
      path = page['@odata.nextLink']?.replace(`${chain.url}/odata/v4`, '')
    }
    expect(seen).to.have.length(95)
    expect(new Set(seen).size).to.equal(95)
  })

  it('bounds everybody by their scope, whatever they filter, group or address', async () => {
    const stores = async (who: string, path: string) => (await rows(who, path)).value
    const attempts = [
      "Store eq 'praia'",
      "Store ne 'centro' or true",
      "not (Store eq 'centro')",
      "Seller eq 'rui' or Seller ne 'rui'",
    ]
    for (const $filter of attempts) {
      for (const line of await stores('centro', `/Lines${query({ $filter })}`)) expect(line.Store).to.equal('centro')
      for (const line of await stores('ana', `/Lines${query({ $filter })}`)) expect(line.Seller).to.equal('ana')
      expect(await stores('nowhere', `/Lines${query({ $filter })}`)).to.deep.equal([])
    }
    const total = {
      $apply: 'aggregate(Revenue with sum as R,Store with countdistinct as S,Seller with countdistinct as P)',
    }
    expect(await stores('centro', `/Lines${query(total)}`)).to.deep.equal([{ R: 1400, S: 1, P: 2 }])
    expect(await stores('ana', `/Lines${query(total)}`)).to.deep.equal([{ R: 2100, S: 3, P: 1 }])
    expect(
      await stores('ana', `/Days${query({ $apply: 'aggregate(Revenue with sum as R,Sales with sum as S)' })}`),
    ).to.deep.equal([{ R: 2100, S: 150 }])
    expect((await get('centro', "/Stores('praia')")).status).to.equal(404)
    expect((await get('centro', '/Stores/$count')).text).to.equal('1')
    expect((await stores('ana', '/Sellers')).map((seller: { Seller: string }) => seller.Seller)).to.deep.equal(['ana'])
    for (const set of ['Lines', 'Days', 'Products', 'Stores', 'Sellers']) {
      const { text } = await get('ana', `/${set}`)
      expect(text).not.to.match(/rui|Rui|98888|123\.456/)
    }
    const sellers = await get('centro', '/Sellers')
    expect(sellers.text)
      .to.include('Rui Costa')
      .and.not.to.match(/98888|123\.456|home\.example|enc:/)
  })

  it('takes a tampered continuation for what it is', async () => {
    const token = Buffer.from(JSON.stringify(['', '1970-01-01', '', ''])).toString('base64url')
    for (const line of (await rows('centro', `/Lines?$skiptoken=${token}`)).value) expect(line.Store).to.equal('centro')
    const odd = (value: unknown) => `/Lines?$skiptoken=${Buffer.from(JSON.stringify(value)).toString('base64url')}`
    for (const value of [{}, ['a'], [1, 2, 3, 4], -1, 1.5])
      expect((await get('admin', odd(value))).status).to.equal(400)
    expect((await get('admin', odd(['a', 'no day', 'b', 'c']))).status).to.equal(400)
  })

  it('never takes a value for a piece of a statement', async () => {
    for (const value of [
      "x' OR 1=1 --",
      "\\' OR 1 --",
      '{{scope}}',
      '{v0:String}',
      '`',
      '\n\n; DROP TABLE sale_lines',
      'ç😀',
    ]) {
      const { status, text } = await get(
        'centro',
        `/Lines${query({ $filter: `Store eq '${value.replaceAll("'", "''")}' or Sale eq '${value.replaceAll("'", "''")}'` })}`,
      )
      expect(status, value).to.equal(200)
      expect(JSON.parse(text).value).to.deep.equal([])
    }
    for (const name of ["a'", 'a`b', '$x', 'a b', 'a)--'])
      expect(
        (await get('admin', `/Lines${query({ $apply: `aggregate(Revenue with sum as ${name})` })}`)).status,
      ).to.equal(400)
  })

  it('refuses in its own form what is wrong, what it lacks, and who is nobody', async () => {
    const { status, text } = await get('admin', `/Lines${query({ $filter: 'Revenue gt gt 5' })}`)
    expect(status).to.equal(400)
    expect(JSON.parse(text).error).to.include({ code: 'BadQuery', target: '$filter' })
    const expected: [string, number][] = [
      ['/Lines?$filter=Nothing eq 1', 400],
      ["/Lines?$filter=Revenue eq 'x'", 400],
      ['/Lines?$filter=Day eq 2020-02-30', 400],
      ['/Lines?$filter=Revenue', 400],
      ['/Lines?$top=-1', 400],
      ['/Lines?$nonsense=1', 400],
      [`/Lines?$filter=${'('.repeat(200)}1${')'.repeat(200)}`, 400],
      [`/Lines?$filter=${'not '.repeat(200)}true`, 400],
      ['/Lines?$expand=Store', 501],
      ['/Lines?$apply=topcount(1,Revenue)', 501],
      ["/Sellers?$filter=Name eq 'Rui'", 501],
      ['/Lines?$format=atom', 406],
      ['/Customers', 404],
      ['/Lines/Store', 404],
    ]
    for (const [path, code] of expected) expect((await get('admin', path)).status, path).to.equal(code)
    const nobody = await fetch(`${chain.url}/odata/v4/Lines`)
    expect(nobody.status).to.equal(401)
    expect(nobody.headers.get('www-authenticate')).to.include('Basic')
    expect((await get('stranger', '/')).status).to.equal(401)
    const write = await fetch(`${chain.url}/odata/v4/Lines`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.get('admin')}` },
    })
    expect(write.status).to.equal(405)
  })
})
