import { expect } from 'chai'
import { z } from 'zod'
import { type Chain, startChain } from '../../../test/parts/chain.ts'
import { arrivalSchema, sourceSchema, standingSchema } from './intake.ts'

describe('the quality of each day of sale', () => {
  let chain: Chain
  before(async () => {
    chain = await startChain()
    await chain.add({ email: 'ada@chain.example', name: 'Ada', role: 'admin' })
  })
  after(() => chain.stop())

  const sales = async (days: number) => {
    const answer = await (await chain.as('ada@chain.example'))(`/api/v1/data/quality?days=${days}`)
    return z.object({ sales: z.array(standingSchema) }).parse(await answer.json()).sales
  }
  const hit = (source: string, day: string) =>
    chain.parts.warehouse.insert(
      'quality_hits',
      ['source', 'day', 'rule', 'store', 'sale', 'line', 'severity', 'field', 'original', 'value', 'version'],
      [[source, day, 'usd', 'MI', 'U3', '1', 'reject', 'soldAt', day, '', 1]],
    )

  it('is there before any line stands, when everything was turned away', async () => {
    await hit('miami', '2026-10-31')
    expect(await sales(30)).to.deep.equal([
      {
        source: 'miami',
        day: '2026-10-31',
        lines: 0,
        flagged: 0,
        rules: [{ rule: 'usd', severity: 'reject', count: 1 }],
      },
    ])
  })

  it('is there for days on which nothing came, or nothing of what came could be used', async () => {
    await chain.parts.warehouse.insert(
      'quality_sources',
      ['source', 'day', 'lines', 'sales', 'revenue', 'flagged', 'returns', 'latest', 'version'],
      [
        ['loja', '2026-11-09', 10, 10, '100', 1, 0, '2026-11-09 20:00:00', 1],
        ['loja', '2026-11-02', 0, 0, '0', 0, 0, '1970-01-01 00:00:00', 1],
        ['miami', '2026-11-09', 3, 3, '30', 0, 0, '2026-11-09 20:00:00', 1],
      ],
    )
    // Rules that the chain has: the auditor beside forgets what others found.
    await chain.parts.warehouse.insert(
      'quality_findings',
      ['source', 'day', 'rule', 'severity', 'hits', 'examples', 'version'],
      [
        ['loja', '2026-11-09', 'below-cost', 'flag', 1, [], 1],
        ['loja', '2026-11-08', 'product-known', 'flag', 1, ['0 lines, usual 10'], 1],
        ['loja', '2026-11-01', 'product-known', 'flag', 0, [], 1],
      ],
    )
    const brief = (await sales(30)).map(({ source, day, lines, rules }) => [
      day,
      source,
      lines,
      ...rules.map(({ rule }) => rule),
    ])
    expect(brief).to.deep.equal([
      ['2026-11-09', 'loja', 10, 'below-cost'],
      ['2026-11-09', 'miami', 3],
      ['2026-11-08', 'loja', 0, 'product-known'],
      ['2026-10-31', 'miami', 0, 'usd'],
    ])
    expect(await sales(5)).to.have.length(3)
  })
})

describe('what became of the rows of a file', () => {
  let chain: Chain
  before(async () => {
    chain = await startChain()
    await chain.add({ email: 'ada@chain.example', name: 'Ada', role: 'admin' })
  })
  after(() => chain.stop())

  const get = async (path: string) => (await (await chain.as('ada@chain.example'))(path)).json()
  const counts = z.object({ rows: z.number(), accepted: z.number(), rejected: z.number(), duplicates: z.number() })
  const shownAfter = async (query: string) => {
    await chain.parts.settings.query(query)
    const { arrivals } = z
      .object({ arrivals: z.array(counts.extend({ rules: z.array(z.object({ count: z.number() })) })) })
      .parse(await get('/api/v1/data/quality'))
    const { items: files } = z.object({ items: z.array(counts) }).parse(await get('/api/v1/data/files'))
    const { items: sources } = z
      .object({ items: z.array(z.object({ accepted: z.number(), waiting: z.number() })) })
      .parse(await get('/api/v1/data/sources'))
    return [
      ...arrivals.map(({ rules, ...day }) => ({ ...day, rules: rules.map(({ count }) => count) })),
      ...files,
      ...sources,
    ]
  }

  it('counts what quality rules turned away as rejected, until it is dealt with', async () => {
    await chain.parts.settings.query(
      `INSERT INTO ledger (source, fingerprint, file, place, state, version, totals)
       VALUES ('loja', 'f', 'a.csv#1', '', 'done', 1, '{"rows": 10, "accepted": 7, "rejected": 1, "duplicates": 2, "sales": 3}')`,
    )
    const rejected = (id: string, line: number, step: string, days: number) =>
      `INSERT INTO rejected (id, source, file, line, field, rule, record, rejected_at)
       VALUES ('${id}', 'loja', 'a.csv#1', ${line}, 'quantity', 'most', '{"step": "${step}"}', now() - interval '${days} days')`
    await chain.parts.settings.query(rejected('a', 2, 'ingestion', 0))
    await chain.parts.settings.query(rejected('b', 3, 'processing', 0))
    const open = { rows: 10, accepted: 5, rejected: 3, duplicates: 2 }
    expect(await shownAfter(rejected('c', 4, 'processing', 40))).to.deep.equal([
      { ...open, rules: [3] },
      open,
      { accepted: 5, waiting: 3 },
    ])
    const dealtWith = { rows: 10, accepted: 6, rejected: 2, duplicates: 2 }
    expect(await shownAfter("UPDATE rejected SET replayed_at = now() WHERE id = 'b'")).to.deep.equal([
      { ...dealtWith, rules: [2] },
      dealtWith,
      { accepted: 6, waiting: 2 },
    ])
  })
})

describe('sources on the data page', () => {
  let chain: Chain
  before(async () => {
    chain = await startChain()
    await chain.add({ email: 'ada@chain.example', name: 'Ada', role: 'admin' })
  })
  after(() => chain.stop())

  const sources = async () => {
    const answer = await (await chain.as('ada@chain.example'))('/api/v1/data/sources')
    return z.object({ items: z.array(sourceSchema) }).parse(await answer.json()).items
  }
  const reject = (id: string, source: string, at: string, replayed: string | null = null) =>
    chain.parts.settings.query(
      `INSERT INTO rejected (id, source, file, line, field, rule, record, rejected_at, replayed_at) VALUES ($1, $2, '', 0, 'store', 'missing', '{}', $3, $4)`,
      [id, source, at, replayed],
    )

  it('are also tills of which nothing could be used, and say how much of what tills told waits', async () => {
    await reject('a', 'till-1', '2026-11-09T10:00:00Z')
    await reject('b', 'till-1', '2026-11-09T11:00:00Z')
    await reject('c', 'till-2', '2026-11-09T10:00:00Z', '2026-11-09T12:00:00Z')
    expect((await sources()).map(({ source, kind, waiting, lastAt }) => [source, kind, waiting, lastAt])).to.deep.equal(
      [['till-1', 'told', 2, '2026-11-09T11:00:00.000Z']],
    )
    const sold = {
      store: 'A',
      sale: '1',
      line: '1',
      source: 'till-1',
      day: '2026-11-08',
      version: 1_794_250_000_000_000,
    }
    await chain.parts.warehouse.insert('sale_lines', Object.keys(sold), [Object.values(sold)])
    expect((await sources()).map(({ source, waiting, newestDay }) => [source, waiting, newestDay])).to.deep.equal([
      ['till-1', 2, '2026-11-08'],
    ])
  })
})

describe('what arrived on a day', () => {
  let chain: Chain
  before(async () => {
    chain = await startChain()
    await chain.add({ email: 'ada@chain.example', name: 'Ada', role: 'admin' })
  })
  after(() => chain.stop())

  it('has what tills told over HTTP, also beside a file of the same source, what was read from tables, and why what was rejected was', async () => {
    const { settings, config } = chain.parts
    const today = `(now() AT TIME ZONE '${config.DATAAPP_TIME_ZONE}')::date`
    await settings.query(
      `INSERT INTO arrival_days (source, day, rows, accepted, rejected, duplicates) VALUES ('till-1', ${today}, 10, 7, 1, 2), ('loja', ${today}, 2, 2, 0, 0)`,
    )
    await settings.query(
      `INSERT INTO ledger (source, fingerprint, file, place, state, version, totals)
       VALUES ('loja', 'f', 'a.csv#f', '', 'done', 1, '{"rows": 5, "accepted": 5, "rejected": 0, "duplicates": 0}')`,
    )
    await settings.query("INSERT INTO table_cursors (source, position) VALUES ('pdv', '9')")
    await settings.query(
      `INSERT INTO arrival_days (source, day, rows, accepted, rejected, duplicates) VALUES ('pdv', ${today} - 1, 4, 4, 0, 0), ('pdv', ${today}, 3, 2, 1, 0)`,
    )
    await settings.query(
      "INSERT INTO rejected (id, source, file, line, field, rule, record, rejected_at) VALUES ('a', 'till-1', 'http:till-1', 0, 'store', 'missing', '{}', now())",
    )
    const ask = await chain.as('ada@chain.example')
    const { arrivals } = z
      .object({ arrivals: z.array(arrivalSchema) })
      .parse(await (await ask('/api/v1/data/quality?days=30')).json())
    const brief = arrivals.map(({ day, rules, ...counts }) => ({ ...counts, rules: rules.map(({ rule }) => rule) }))
    expect(brief).to.deep.equal([
      { source: 'loja', files: 1, rows: 7, accepted: 7, duplicates: 0, rejected: 0, rules: [] },
      { source: 'pdv', files: 0, rows: 3, accepted: 2, duplicates: 0, rejected: 1, rules: [] },
      { source: 'till-1', files: 0, rows: 10, accepted: 7, duplicates: 2, rejected: 1, rules: ['missing'] },
      { source: 'pdv', files: 0, rows: 4, accepted: 4, duplicates: 0, rejected: 0, rules: [] },
    ])
    const { items } = z.object({ items: z.array(sourceSchema) }).parse(await (await ask('/api/v1/data/sources')).json())
    expect(items.map(({ source, kind, rows, waiting }) => [source, kind, rows, waiting])).to.have.deep.members([
      ['till-1', 'told', 10, 1],
      ['pdv', 'table', 7, 0],
      ['loja', 'files', 7, 0],
    ])
  })
})
