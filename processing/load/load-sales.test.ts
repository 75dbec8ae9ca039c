import { expect } from 'chai'
import fc from 'fast-check'
import { openVault, type Vault } from '#shared/crypto/vault.ts'
import { silentLog } from '#shared/log.ts'
import { micros, parseMicros, zero } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedSettings, openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { dayOf } from './batch.ts'
import { lineBlock, saleDayBlock } from './line-block.ts'
import { loadDimensions } from './load-dimensions.ts'
import { loadCosts, loadSales } from './load-sales.ts'

describe('loading sales into the warehouse', () => {
  const home = temporaryHome()
  let warehouse: Warehouse
  let settings: Settings
  let vault: Vault

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    settings = await openPreparedSettings(home.config)
    vault = await openVault(home.config, settings, silentLog)
  })
  after(async () => {
    await warehouse.close()
    await settings.close()
    home.remove()
  })

  const describeProduct = (id: string, cost: string | null, version = 1) => {
    const rest = { name: '', category: '', subcategory: '', brand: '', unit: '', price: null, service: false }
    return loadDimensions(warehouse, vault, [
      { v: 1, kind: 'product', id, source: 't', version, attributes: { ...rest, cost } },
    ])
  }
  /** As a source of sales describes its products: by name alone. */
  const nameProduct = (id: string, name: string, version: number) =>
    loadDimensions(warehouse, vault, [
      {
        v: 1,
        kind: 'product',
        id,
        source: 'till',
        version,
        attributes: {
          name,
          category: '',
          subcategory: '',
          brand: '',
          unit: '',
          price: null,
          service: false,
          cost: null,
        },
        unstated: ['category', 'subcategory', 'brand', 'unit', 'price', 'service', 'cost'],
      },
    ])
  const load = (...sales: Sale[]) => loadSales(warehouse, sales, async () => {})
  const storeDays = (store: string) =>
    warehouse.rows<{ day: string; revenue: string; sales: string; lines: string }>(
      'SELECT day, revenue, sales, lines FROM store_days FINAL WHERE store = {store:String} AND lines > 0 ORDER BY day',
      { store },
    )

  const rowsOf = async (table: string, key: Key, store: string) => {
    const rows = await warehouse.rows<{ row: string }>(
      `SELECT concat(${key.map(column => `toString(${column})`).join(", ' ', ")}, ': ', toString(revenue), ' ', toString(sales), ' ', toString(lines)) AS row
       FROM ${table} FINAL WHERE store = {store:String} AND lines > 0`,
      { store },
    )
    return rows.map(({ row }) => row).sort()
  }

  it('keeps what others said of a product where a description does not state it, whichever comes first', async () => {
    await describeProduct('m1', '4', 10)
    await nameProduct('m1', 'Milk', 20)
    await nameProduct('m2', 'Bread', 20)
    await describeProduct('m2', '3', 10)
    await describeProduct('m2', null, 5)
    await load(saleOf({ store: 'named', lines: { '1': 10 }, product: 'm1', cost: null }))
    await load(saleOf({ store: 'named', sale: '2', lines: { '1': 10 }, product: 'm2', cost: null }))
    const products = () =>
      warehouse.rows(
        "SELECT product, name, cost, version FROM products FINAL WHERE product IN ('m1', 'm2') ORDER BY product",
      )
    const both = [
      { product: 'm1', name: 'Milk', cost: '4', version: '20' },
      { product: 'm2', name: 'Bread', cost: '3', version: '20' },
    ]
    expect(await products()).to.deep.equal(both)
    expect(await warehouse.rows("SELECT cost FROM sale_lines FINAL WHERE store = 'named' ORDER BY sale")).to.deep.equal(
      [{ cost: '6' }, { cost: '8' }],
    )
    await describeProduct('m1', '4', 10)
    await nameProduct('m1', 'Milk', 20)
    expect(await products()).to.deep.equal(both)
    await describeProduct('m1', null, 30)
    expect(await products()).to.deep.include({ product: 'm1', name: '', cost: null, version: '30' })
  })

  it('knows stores that opened before 1970', async () => {
    const rest = { name: '', type: '', city: '', region: '', country: '', size: null }
    const attributes = { ...rest, openedOn: '1908-09-25', closedOn: '2150-01-01' }
    await loadDimensions(warehouse, vault, [{ v: 1, kind: 'store', id: 'old', source: 't', version: 1, attributes }])
    expect(await warehouse.rows("SELECT opened_on, closed_on FROM stores FINAL WHERE store = 'old'")).to.deep.equal([
      { opened_on: '1908-09-25', closed_on: '2150-01-01' },
    ])
  })

  it('counts a line that is delivered again once', async () => {
    const sale = saleOf({ store: 'again', lines: { '1': 10, '2': 5 } })
    await load(sale)
    await load(sale)
    await load(sale, sale)
    expect(await storeDays('again')).to.deep.equal([{ day: '2024-05-01', revenue: '15', sales: '1', lines: '2' }])
  })

  it('lets a corrected line replace itself', async () => {
    await load(saleOf({ store: 'fixed', lines: { '1': 10, '2': 5 } }))
    await load(saleOf({ store: 'fixed', version: 2, lines: { '2': 7 } }))
    expect(await storeDays('fixed')).to.deep.equal([{ day: '2024-05-01', revenue: '17', sales: '1', lines: '2' }])
  })

  it('withdraws the lines that a whole sale no longer has', async () => {
    await load(saleOf({ store: 'whole', lines: { '1': 10, '2': 5 } }))
    await load(saleOf({ store: 'whole', version: 2, extent: 'whole', lines: { '1': 10 } }))
    expect(await storeDays('whole')).to.deep.equal([{ day: '2024-05-01', revenue: '10', sales: '1', lines: '1' }])
    await load(saleOf({ store: 'whole', version: 3, extent: 'whole', lines: {} }))
    expect(await storeDays('whole')).to.deep.equal([])
  })

  it('takes sales of which rules left no line', async () => {
    await load(saleOf({ store: 'empty', lines: {} }))
    expect(await storeDays('empty')).to.deep.equal([])
    await load(saleOf({ store: 'empty', version: 2, lines: { '1': 10 } }))
    expect(await storeDays('empty')).to.deep.equal([{ day: '2024-05-01', revenue: '10', sales: '1', lines: '1' }])
  })

  it('moves a sale to another day', async () => {
    await load(saleOf({ store: 'moved', lines: { '1': 10 } }))
    await load(saleOf({ store: 'moved', version: 2, day: '2024-06-09', lines: { '1': 10 } }))
    expect(await storeDays('moved')).to.deep.equal([{ day: '2024-06-09', revenue: '10', sales: '1', lines: '1' }])
  })

  it('ignores a statement older than the whole one it already has', async () => {
    await load(saleOf({ store: 'stale', version: 5, extent: 'whole', lines: { '1': 10 } }))
    await load(saleOf({ store: 'stale', version: 4, extent: 'lines', lines: { '1': 99, '2': 99 } }))
    expect(await storeDays('stale')).to.deep.equal([{ day: '2024-05-01', revenue: '10', sales: '1', lines: '1' }])
  })

  it('leaves a line on the day to which a later statement moved it when an earlier one arrives after it', async () => {
    await load(saleOf({ store: 'overtaken', version: 5, day: '2024-06-09', lines: { '1': 10 } }))
    await load(saleOf({ store: 'overtaken', version: 2, lines: { '1': 99, '2': 5 } }))
    expect(await storeDays('overtaken')).to.deep.equal([
      { day: '2024-05-01', revenue: '5', sales: '1', lines: '1' },
      { day: '2024-06-09', revenue: '10', sales: '1', lines: '1' },
    ])
  })

  it('takes back an older statement that was written where a later whole one could not be seen', async () => {
    for (const extent of ['whole', 'lines'] as const) {
      const store = `unseen-${extent}`
      const older = saleOf({ store, version: 2, extent, lines: { '1': 99, '2': 99 } })
      await load(older)
      const later = saleOf({ store, version: 5, extent: 'whole', lines: { '1': 10 } })
      const statements = [{ sale: later, day: dayOf(later) }]
      await warehouse.insertBlock('sale_days', saleDayBlock(statements))
      await warehouse.insertBlock('sale_lines', lineBlock(statements, []))
      await load(older)
      expect(await storeDays(store)).to.deep.equal([{ day: '2024-05-01', revenue: '10', sales: '1', lines: '1' }])
    }
  })

  it('fills in a cost that becomes known after the sale, and keeps it when the sale is delivered again', async () => {
    const sale = saleOf({ store: 'costs', product: 'late', cost: null, lines: { '1': 10 } })
    await load(sale)
    const margin = () => warehouse.rows("SELECT costed, cost FROM store_days FINAL WHERE store = 'costs'")
    expect(await margin()).to.deep.equal([{ costed: '0', cost: '0' }])
    await describeProduct('late', '1.25')
    await loadCosts(warehouse, ['late'], async () => {})
    expect(await margin()).to.deep.equal([{ costed: '10', cost: '2.5' }])
    await load(sale)
    expect(await margin()).to.deep.equal([{ costed: '10', cost: '2.5' }])
  })

  it('knows no cost of a product that is described without one, until it is', async () => {
    const margin = () => warehouse.rows("SELECT revenue, costed, cost FROM store_days FINAL WHERE store = 'bare'")
    await describeProduct('bare', null)
    await load(saleOf({ store: 'bare', product: 'bare', cost: null, lines: { '1': 10 } }))
    await loadCosts(warehouse, ['bare'], async () => {})
    expect(await margin()).to.deep.equal([{ revenue: '10', costed: '0', cost: '0' }])
    await describeProduct('bare', '3', 2)
    await loadCosts(warehouse, ['bare'], async () => {})
    expect(await margin()).to.deep.equal([{ revenue: '10', costed: '10', cost: '6' }])
  })

  it('holds what a line of many dear things cost, rounds it, and leaves unknown what no line can hold', async () => {
    await describeProduct('car', '100000.000001')
    await describeProduct('dust', '0.333333')
    const quantities = { car: { fleet: '93', world: '4006381333' }, dust: { half: '0.5', back: '-0.5' } }
    for (const [product, sales] of Object.entries(quantities))
      for (const [sale, quantity] of Object.entries(sales)) {
        const plain = saleOf({ store: 'dear', sale, product, cost: null, lines: { '1': 10 } })
        const lines = plain.lines.map(line => ({ ...line, quantity: parseMicros(quantity) ?? zero }))
        await load({ ...plain, lines })
      }
    expect(
      await warehouse.rows(
        "SELECT sale, cost, cost_known AS known FROM sale_lines FINAL WHERE store = 'dear' ORDER BY sale",
      ),
    ).to.deep.equal([
      { sale: 'back', cost: '-0.166667', known: 1 },
      { sale: 'fleet', cost: '9300000.000093', known: 1 },
      { sale: 'half', cost: '0.166667', known: 1 },
      { sale: 'world', cost: '0', known: 0 },
    ])
  })

  it('fills in a cost that is known before the sale, also of one among others of its day', async () => {
    await describeProduct('early', '1.25')
    await load(saleOf({ store: 'early', sale: 'A', product: 'early', cost: null, lines: { '1': 10 } }))
    await load(
      saleOf({ store: 'early', sale: 'B', version: 2, product: 'early', cost: null, lines: { '1': 20 } }),
      saleOf({ store: 'early', sale: 'A', version: 3, product: 'unknown', cost: null, lines: { '2': 5 } }),
    )
    for (const table of ['store_days', 'product_days'])
      expect(
        await warehouse.rows(
          `SELECT sum(revenue) AS revenue, sum(costed) AS costed, sum(cost) AS cost FROM (SELECT * FROM ${table} FINAL WHERE store = 'early')`,
        ),
        table,
      ).to.deep.equal([{ revenue: '35', costed: '30', cost: '5' }])
  })

  it('fills in costs to the end when it was cut off in the middle', async () => {
    await load(saleOf({ store: 'cut', product: 'late too', cost: null, lines: { '1': 10 } }))
    await describeProduct('late too', '1.25')
    const cutOff = async () => {
      throw new Error('cut off')
    }
    await loadCosts(warehouse, ['late too'], cutOff).catch(() => {})
    await loadCosts(warehouse, ['late too'], async () => {})
    expect(await warehouse.rows("SELECT costed, cost FROM store_days FINAL WHERE store = 'cut'")).to.deep.equal([
      { costed: '10', cost: '2.5' },
    ])
  })

  it('equals a plain recomputation after any statements in any order and batches, each delivered once or twice', async () => {
    let run = 0
    const statement = fc.record({
      sale: fc.constantFrom('A', 'B', 'C'),
      day: fc.constantFrom('2024-05-01', '2024-05-02', '2024-06-01'),
      whole: fc.boolean(),
      seller: fc.constantFrom('u', 'v'),
      lines: fc.dictionary(
        fc.constantFrom('1', '2', '3'),
        fc.record({ product: fc.constantFrom('p', 'q', 'r'), revenue: fc.integer({ min: -5, max: 50 }) }),
        { minKeys: 1 },
      ),
      late: fc.boolean(),
      endsBatch: fc.boolean(),
      again: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 8 }), async statements => {
        const store = `random-${run++}`
        const plain = new Map<string, Map<string, Standing>>()
        const stated = statements.map(({ sale, day, whole, seller, lines, ...arrival }, index) => {
          const standing = (whole ? undefined : plain.get(sale)) ?? new Map<string, Standing>()
          for (const [line, { product, revenue }] of Object.entries(lines))
            standing.set(line, { day, seller, product, revenue })
          plain.set(sale, standing)
          const extent = whole ? 'whole' : 'lines'
          return { arrival, sale: saleOf({ store, sale, day, version: 2 * index + 2, extent, seller, lines }) }
        })
        let batch: Sale[] = []
        for (const { sale, arrival } of stated.toSorted((a, b) => Number(a.arrival.late) - Number(b.arrival.late))) {
          batch.push(sale)
          if (!arrival.endsBatch) continue
          await load(...batch)
          if (arrival.again) await load(...batch)
          batch = []
        }
        if (batch.length > 0) await load(...batch)
        for (const [table, key] of Object.entries(grains))
          expect(await rowsOf(table, key, store), table).to.deep.equal(plainRows(plain, key))
      }),
      { numRuns: 25 },
    )
  })
})

/** A line that stands, and what it is counted under. */
type Standing = { day: string; seller: string; product: string; revenue: number }
type Key = readonly ('day' | 'seller' | 'product')[]
const grains = {
  store_days: ['day'],
  seller_days: ['day', 'seller'],
  product_days: ['day', 'seller', 'product'],
} as const

/** The rows of an aggregate, from the lines that stand alone. */
function plainRows(plain: ReadonlyMap<string, ReadonlyMap<string, Standing>>, key: Key): string[] {
  const rows = new Map<string, { revenue: number; sales: Set<string>; lines: number }>()
  for (const [sale, lines] of plain) {
    for (const line of lines.values()) {
      const name = key.map(column => line[column]).join(' ')
      const row = rows.get(name) ?? { revenue: 0, sales: new Set<string>(), lines: 0 }
      row.revenue += line.revenue
      row.sales.add(sale)
      row.lines++
      rows.set(name, row)
    }
  }
  return [...rows].map(([name, { revenue, sales, lines }]) => `${name}: ${revenue} ${sales.size} ${lines}`).sort()
}

type Wanted = {
  store: string
  sale?: string
  day?: string
  version?: number
  extent?: Sale['extent']
  product?: string
  seller?: string
  cost?: number | null
  lines: Record<string, number | { product: string; revenue: number }>
}

function saleOf({
  store,
  sale = 'S1',
  day = '2024-05-01',
  version = 1,
  extent = 'lines',
  product = 'p',
  seller = 's',
  cost = 1,
  lines,
}: Wanted): Sale {
  return {
    store,
    sale,
    soldAt: `${day}T10:00:00`,
    seller,
    customer: '',
    source: 'test',
    file: 'test.csv',
    extent,
    version,
    lines: Object.entries(lines).map(([line, stated]) => {
      const { revenue, ...named } = typeof stated === 'number' ? { product, revenue: stated } : stated
      return {
        line,
        ...named,
        quantity: amount(2),
        unitPrice: amount(revenue / 2),
        discount: amount(0),
        revenue: amount(revenue),
        cost: cost === null ? null : amount(cost),
        row: 1,
      }
    }),
  }
}

function amount(units: number) {
  const value = micros(Math.round(units * 1_000_000))
  if (value === undefined) throw new Error(`${units} does not fit`)
  return value
}
