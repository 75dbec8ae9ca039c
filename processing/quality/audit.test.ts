import { expect } from 'chai'
import { parseMicros, zero } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { loadSales } from '../load/load-sales.ts'
import { audit } from './audit.ts'
import { parseRules, type Rule } from './rules.ts'
import { settleServices } from './services.ts'

const rules = parseRules(
  `version: 1
rules:
  - { rule: product-known, kind: known, field: product, severity: flag }
  - { rule: below-cost, kind: below-cost, severity: flag }
  - { rule: services, kind: service, values: [POST], severity: flag }
  - { rule: lost-returns, kind: return-without-sale, days: 30, severity: flag }
  - { rule: twice, kind: duplicate, of: [store, soldAt, product, quantity], severity: flag }
  - { rule: case, kind: letter-case-twins, field: product, severity: flag }
  - { rule: seller-given, kind: required, field: seller, severity: flag }
  - { rule: few, kind: range, field: quantity, max: 50, severity: flag }
  - { rule: shops, kind: allowed, field: store, values: [A, B], severity: flag, sources: [till] }
  - { rule: usual, kind: volume, min: 0.5, max: 2, severity: flag, sources: [daily] }
  - { rule: silent, kind: freshness, hours: 24, severity: flag, sources: [daily] }
`,
  'rules.yaml',
)

describe('what the quality rules find among the standing lines', () => {
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    await warehouse.insert(
      'products',
      ['product', 'service', 'version'],
      [
        ['p', 0, 0],
        ['q', 0, 0],
        ['cut', 1, 0],
      ],
    )
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  const load = (...sales: Sale[]) => loadSales(warehouse, sales, async () => {})
  const count = async () => {
    const days = await audit(warehouse, rules, {
      today: '2024-09-30',
      signal: new AbortController().signal,
      onFailed: (rule, reason) => {
        throw new Error(`${rule}: ${reason}`)
      },
    })
    await settleServices(warehouse, rules)
    return days
  }
  const found = async (source: string) =>
    Object.fromEntries(
      (
        await warehouse.rows<{ rule: string; hits: string }>(
          'SELECT rule, sum(hits) AS hits FROM quality_days WHERE source = {source:String} GROUP BY rule ORDER BY rule',
          { source },
        )
      ).map(({ rule, hits }) => [rule, Number(hits)]),
    )

  it('is counted per source, day and rule, and follows corrections', async () => {
    await load(
      saleOf({
        source: 'till',
        sale: '1',
        seller: '',
        lines: [
          ['p', 1],
          ['P', 1],
          ['POST', 1],
          ['cut', 1],
          ['x', 90],
        ],
      }),
      saleOf({ source: 'till', sale: '2', store: 'C', lines: [['q', 1, 500]] }),
      saleOf({
        source: 'till',
        sale: '3',
        lines: [
          ['p', 1],
          ['q', 1],
        ],
      }),
      saleOf({ source: 'till', sale: '4', lines: [['p', 1]] }),
    )
    expect(await count()).to.equal(1)
    expect(await found('till')).to.deep.equal({
      'below-cost': 1,
      case: 1,
      few: 1,
      'product-known': 3,
      'seller-given': 5,
      services: 2,
      shops: 1,
      twice: 2,
    })
    const [day] = await warehouse.rows(
      "SELECT day, lines, sales, flagged, toString(latest) AS latest FROM quality_sources FINAL WHERE source = 'till'",
    )
    expect(day).to.deep.equal({
      day: '2024-05-06',
      lines: '9',
      sales: '4',
      flagged: '8',
      latest: '2024-05-07 00:00:00',
    })
    const [example] = await warehouse.rows("SELECT examples FROM quality_days WHERE rule = 'below-cost'")
    expect(example).to.deep.equal({ examples: ['C 2 1'] })

    expect(await count()).to.equal(0)
    await load(saleOf({ source: 'till', sale: '2', store: 'C', version: 2, lines: [['q', 1]] }))
    await load(saleOf({ source: 'till', sale: '4', version: 2, day: '2024-05-08', lines: [['p', 1]] }))
    await warehouse.insert('products', ['product', 'version'], [['x', 2_000_000_000]])
    expect(await count()).to.equal(2)
    expect(await found('till'))
      .to.include({ 'product-known': 1, twice: 1 })
      .and.not.have.property('below-cost')
  })

  it('names returns that find no earlier sale, and forgets them when the sale comes late', async () => {
    await load(
      saleOf({ source: 'back', sale: '1', customer: 'ana', lines: [['p', 2]], day: '2024-06-03' }),
      saleOf({ source: 'back', sale: '2', customer: 'ana', lines: [['p', -1]], day: '2024-06-10' }),
      saleOf({ source: 'back', sale: '3', customer: 'bia', lines: [['p', -1]], day: '2024-06-10' }),
      saleOf({ source: 'back', sale: '4', customer: '', lines: [['p', -1]], day: '2024-06-11' }),
      saleOf({ source: 'back', sale: '5', customer: 'ana', lines: [['p', -1]], day: '2024-08-10' }),
      saleOf({ source: 'back', sale: '6', customer: 'ana', lines: [['q', -1]], day: '2024-06-10' }),
    )
    await count()
    const lost = () =>
      warehouse.rows(
        "SELECT toString(day) AS day, hits FROM quality_days WHERE rule = 'lost-returns' AND source = 'back' ORDER BY day",
      )
    expect(await lost()).to.deep.equal([
      { day: '2024-06-10', hits: '2' },
      { day: '2024-08-10', hits: '1' },
    ])
    await load(saleOf({ source: 'back', sale: '0', customer: 'bia', lines: [['p', 1]], day: '2024-06-09' }))
    await count()
    expect((await lost())[0]).to.deep.equal({ day: '2024-06-10', hits: '1' })
  })

  it('counts what is given away as sold below cost, and neither returns nor lines of nothing', async () => {
    const given = (sale: string, quantity: number) => {
      const told = saleOf({ source: 'gifts', sale, lines: [['p', quantity, 5 * quantity]] })
      return { ...told, lines: told.lines.map(line => ({ ...line, revenue: zero })) }
    }
    await load(given('gift', 1), given('nothing', 0), saleOf({ source: 'gifts', sale: 'back', lines: [['p', -1, -5]] }))
    await count()
    expect(await found('gifts')).to.include({ 'below-cost': 1 })
  })

  it('finds what two sources told, and what comes twice in a sale whoever told it', async () => {
    const told = parseRules(
      `version: 1
rules:
  - { rule: twice, kind: duplicate, of: [store, soldAt, product, quantity], severity: flag }
  - { rule: twice-in-files, kind: duplicate, of: [store, soldAt, product, quantity], severity: flag, sources: [file-a, file-b] }
  - { rule: once, kind: unique, field: product, severity: flag }
`,
      'rules.yaml',
    )
    const lines = [['p', 7]] as const
    const day = '2024-03-04'
    const more = saleOf({ source: 'http', sale: 'T1', day, extent: 'lines', version: 2, lines })
    await load(
      saleOf({ source: 'file-a', sale: 'T1', day, lines }),
      { ...more, lines: more.lines.map(line => ({ ...line, line: '2' })) },
      saleOf({ source: 'file-b', sale: 'T2', day, lines }),
      saleOf({ source: 'http', sale: 'T3', day: '2024-03-05', lines }),
    )
    await audit(warehouse, told, {
      today: '2024-09-30',
      signal: new AbortController().signal,
      onFailed: (rule, reason) => {
        throw new Error(`${rule}: ${reason}`)
      },
    })
    expect(
      await warehouse.rows(
        "SELECT source, rule, hits FROM quality_days WHERE day BETWEEN '2024-03-04' AND '2024-03-05' ORDER BY ALL",
      ),
    ).to.deep.equal([
      { source: 'file-b', rule: 'twice', hits: '1' },
      { source: 'file-b', rule: 'twice-in-files', hits: '1' },
      { source: 'http', rule: 'once', hits: '1' },
      { source: 'http', rule: 'twice', hits: '1' },
    ])
  })

  it('compares finished days with the same weekday before, and says which source fell silent', async () => {
    const mondays = ['2024-07-01', '2024-07-08', '2024-07-15', '2024-07-22', '2024-07-29', '2024-08-05']
    const lines = [10, 12, 11, 3, 10, 40]
    await load(
      ...mondays.map((day, index) =>
        saleOf({
          source: 'daily',
          sale: day,
          day,
          lines: Array.from({ length: lines[index] ?? 0 }, (_, each) => ['p', each + 1] as const),
        }),
      ),
    )
    await count()
    expect(
      await warehouse.rows(
        "SELECT toString(day) AS day, rule, examples FROM quality_days WHERE source = 'daily' AND rule IN ('usual', 'silent') ORDER BY day",
      ),
    ).to.deep.equal([
      { day: '2024-07-22', rule: 'usual', examples: ['3 lines, usual 11'] },
      { day: '2024-08-05', rule: 'usual', examples: ['40 lines, usual 10'] },
      { day: '2024-09-30', rule: 'silent', examples: ['latest 2024-08-06 00:00:00 UTC'] },
    ])
    await load(saleOf({ source: 'daily', sale: 'more', day: '2024-07-22', lines: Array(6).fill(['q', 1]) }))
    await count()
    expect(await found('daily')).to.include({ usual: 1, silent: 1 })
  })

  it('goes on without a rule whose statement fails, and says which', async () => {
    // Past what the file allows: no text of `rules.yaml` makes such a rule.
    const broken: Rule = { rule: 'broken', kind: 'range', field: 'quantity', max: 1e15, severity: 'flag' }
    const wrong: Rule = { rule: 'wrong', kind: 'volume', min: 0.5, weeks: 0.5, severity: 'flag' }
    const said: string[] = []
    const some = rules.filter(({ rule }) => rule === 'few' || rule === 'silent')
    await load(saleOf({ source: 'daily', sale: 'many', day: '2024-08-06', lines: [['p', 90]] }))
    const days = await audit(warehouse, [broken, wrong, ...some], {
      today: '2024-09-29',
      signal: new AbortController().signal,
      onFailed: (rule, reason) => said.push(`${rule}: ${reason}`),
    })
    expect(days).to.be.greaterThan(0)
    expect(said.map(text => text.split(':')[0])).to.deep.equal(['broken', 'wrong'])
    expect(await found('daily')).to.include({ few: 1 })
    const [silent] = await warehouse.rows(
      "SELECT hits FROM quality_days WHERE rule = 'silent' AND source = 'daily' AND day = '2024-09-29'",
    )
    expect(silent).to.deep.equal({ hits: '1' })
  })
})

type Wanted = Omit<Partial<Sale>, 'lines'> & {
  source: string
  sale: string
  day?: string
  lines: readonly (readonly [product: string, quantity: number, cost?: number])[]
}

function saleOf({ lines, day = '2024-05-06', version = 1, ...rest }: Wanted): Sale {
  const amount = (units: number) => parseMicros(String(units)) ?? zero
  return {
    store: 'A',
    soldAt: `${day}T10:00:00`,
    seller: 's',
    customer: '',
    file: 'f',
    extent: 'whole',
    // A day after the sale.
    version: (Date.parse(`${day}T00:00:00Z`) + 86_400_000) * 1_000 + version,
    ...rest,
    lines: lines.map(([product, quantity, cost = 1], index) => ({
      line: String(index + 1),
      product,
      quantity: amount(quantity),
      unitPrice: amount(10),
      discount: zero,
      revenue: amount(quantity * 10),
      cost: amount(cost),
      row: index + 1,
    })),
  }
}
