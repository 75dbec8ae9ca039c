import { expect } from 'chai'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { saleOf } from '../../test/parts/chain.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { loadSales } from '../load/load-sales.ts'
import { audit } from './audit.ts'
import { parseRules } from './rules.ts'
import { settleServices } from './services.ts'
import { SpellingBook } from './spellings.ts'

const flagging = (...rules: string[]) =>
  parseRules(`version: 1\nrules:\n${rules.map(rule => `  - { ${rule}, severity: flag }\n`).join('')}`, 'rules.yaml')

const known = 'rule: known, kind: known, field: product'
const services = 'rule: services, kind: service'
const twins = 'rule: twins, kind: letter-case-twins, field: product'
const silent = 'rule: silent, kind: freshness, hours: 24'

describe('days on which rules find something else, though their own lines are as they were', () => {
  const home = temporaryHome()
  let warehouse: Warehouse

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
  })
  beforeEach(async () => {
    for (const table of ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days', 'products'])
      await warehouse.run(`TRUNCATE TABLE ${table}`)
    for (const table of ['quality_findings', 'quality_sources', 'quality_audits'])
      await warehouse.run(`TRUNCATE TABLE ${table}`)
  })
  after(async () => {
    await warehouse.close()
    home.remove()
  })

  const sell = (day: string, ...products: string[]) =>
    loadSales(
      warehouse,
      [saleOf({ store: 'A', sale: day, day, seller: 's', source: 'till', products })],
      async () => {},
    )
  const describeProducts = (version: number, ...products: (readonly [id: string, service?: 'service'])[]) =>
    warehouse.insert(
      'products',
      ['product', 'service', 'source', 'version'],
      products.map(([id, service]) => [id, service === undefined ? 0 : 1, 'catalogue', version]),
    )
  const count = async (rules: ReturnType<typeof flagging>) => {
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
  const found = async () =>
    (
      await warehouse.rows<{ hit: string }>(
        "SELECT concat(toString(day), ' ', rule, ' ', toString(hits)) AS hit FROM quality_days ORDER BY hit",
      )
    ).map(({ hit }) => hit)

  it('are those before the first product was described', async () => {
    await sell('2024-05-06', 'p', 'x')
    await sell('2024-05-07', 'p')
    await count(flagging(known))
    expect(await found()).to.deep.equal([])
    await describeProducts(1, ['p'])
    await count(flagging(known))
    expect(await found()).to.deep.equal(['2024-05-06 known 1'])
    expect(await count(flagging(known))).to.equal(0)
  })

  it('are those of products that are described as services, or no longer are', async () => {
    await describeProducts(1, ['p'], ['cut'])
    await sell('2024-05-06', 'p', 'cut')
    await count(flagging(services))
    await describeProducts(2, ['cut', 'service'])
    await count(flagging(services))
    expect(await found()).to.deep.equal(['2024-05-06 services 1'])
    await describeProducts(3, ['cut'])
    await count(flagging(services))
    expect(await found()).to.deep.equal([])
  })

  it('are the others of the month of a code in another letter case', async () => {
    await sell('2024-05-06', 'abc')
    await sell('2024-06-01', 'abc')
    await count(flagging(twins))
    await sell('2024-05-20', 'ABC', 'q')
    expect(await count(flagging(twins))).to.equal(2)
    const both = ['2024-05-06 twins 1', '2024-05-20 twins 1']
    expect(await found()).to.deep.equal(both)
    await sell('2024-05-20', 'ABC', 'r')
    await count(flagging(twins))
    expect(await found()).to.deep.equal(both)
    await describeProducts(1, ['Abc'], ['ABC'], ['q'], ['r'])
    await count(flagging(twins))
    expect(await found()).to.deep.equal(['2024-05-06 twins 1', '2024-06-01 twins 1'])
  })

  it('are not looked for again where nothing else was described', async () => {
    await describeProducts(1, ['p'])
    await sell('2024-05-06', 'p', 'x')
    await count(flagging(known))
    await describeProducts(2, ['p'])
    expect(await count(flagging(known))).to.equal(0)
    await describeProducts(3, ['x'])
    expect(await count(flagging(known))).to.equal(1)
    expect(await found()).to.deep.equal([])
  })

  it('are those of a rule that is gone, also the last one and on a day without lines', async () => {
    await sell('2024-05-06', 'abc', 'ABC')
    await count(flagging(twins, silent))
    expect(await found()).to.deep.equal(['2024-05-06 twins 2', '2024-09-30 silent 1'])
    await count([])
    expect(await found()).to.deep.equal([])
  })

  it('take no code that a rule names for a description', async () => {
    const posted = 'rule: posted, kind: service, values: [POST]'
    await sell('2024-05-06', 'p', 'POST')
    await count(flagging(known, posted))
    await sell('2024-05-07', 'p')
    await count(flagging(known, posted))
    expect(await found()).to.deep.equal(['2024-05-06 posted 1'])
    expect(await new SpellingBook(warehouse).look('product', ['POST', 'p'])).to.include({ any: false })
  })
})
