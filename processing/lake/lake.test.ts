import { expect } from 'chai'
import { openLake } from '#shared/lake/lake.ts'
import { add, formatMicros, zero } from '#shared/records/micros.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { layoutOf } from '#shared/warehouse/layout.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales } from '../../bench/generate.ts'
import { CutOff, cutOff, watched } from '../../test/parts/cut-off.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedSettings, openPreparedWarehouse } from '../../test/parts/prepared.ts'
import { loadCosts, loadSales } from '../load/load-sales.ts'
import { archive } from './archive.ts'
import { BesideReplays } from './beside-replays.ts'
import { finishReplay, replay } from './replay.ts'

const shape = {
  lines: 600,
  stores: 3,
  products: 20,
  sellersPerStore: 2,
  customers: 10,
  linesPerSale: 4,
  days: 40,
  firstDay: '2024-05-10',
  seed: 7,
}

describe('the lake', () => {
  const home = temporaryHome()
  let warehouse: Warehouse
  let settings: Settings

  before(async () => {
    warehouse = await openPreparedWarehouse(home.config)
    settings = await openPreparedSettings(home.config)
  })
  after(async () => {
    await warehouse.close()
    await settings.close()
    home.remove()
  })

  const besideStanding = async () => {
    const rows = await warehouse.rows<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND (endsWith(name, '_replay') OR startsWith(name, 'replay_'))",
    )
    return rows.map(({ name }) => name)
  }
  const truth = () =>
    warehouse.rows(
      'SELECT day, store, product, seller, revenue, cost, units, lines, sales FROM product_days FINAL WHERE lines > 0 ORDER BY ALL',
    )

  it('gives the warehouse back to the cent, and loading goes on as if nothing had been', async () => {
    const lake = openLake(home.config)
    const sales = [...generateSales(shape)]
    const [first] = sales
    if (first === undefined) throw new Error('no sales')
    await loadSales(warehouse, sales, async () => {})
    const later = {
      ...first,
      version: first.version + 1_000_000,
      extent: 'whole' as const,
      lines: first.lines.slice(0, 2),
    }
    await loadSales(warehouse, [later], async () => {})
    const before = await truth()
    const archived = await archive(warehouse, lake, new AbortController().signal)
    expect(archived.cleaned).to.equal(6)
    expect((await archive(warehouse, lake, new AbortController().signal)).cleaned).to.equal(0)
    expect((await lake.list('cleaned/month=')).map(file => file.path).sort()[0]).to.equal(
      'cleaned/month=2024-05/store=S0/lines.parquet',
    )

    for (const table of ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days'])
      await warehouse.run(`TRUNCATE TABLE ${table}`)
    const replayed = await replay(warehouse, lake, '2024-05-01', '2024-06-30')
    expect(replayed.lines).to.equal(598)
    expect(await truth()).to.deep.equal(before)

    await loadSales(warehouse, [first, ...sales.slice(10, 20)], async () => {})
    expect(await truth()).to.deep.equal(before)
    expect(await replay(warehouse, lake, '2024-05-12', '2024-05-20')).to.deep.include({ files: 3 })
    expect(await truth()).to.deep.equal(before)
    await loadSales(warehouse, [{ ...later, sale: 'another' }], async () => {})
    expect((await truth()).length).to.be.greaterThan(0)
    const [days] = await warehouse.rows<{ lines: string }>('SELECT sum(lines) AS lines FROM store_days FINAL')
    expect(days?.lines).to.equal('600')
  })

  it('keeps what was loaded since it was archived', async () => {
    const lake = openLake(home.config)
    const sales = [...generateSales({ ...shape, firstDay: '2024-08-01', seed: 8 })]
    await loadSales(warehouse, sales.slice(0, 100), async () => {})
    await archive(warehouse, lake, new AbortController().signal)
    await loadSales(warehouse, sales.slice(100), async () => {})
    const before = await truth()
    await replay(warehouse, lake, '2024-08-01', '2024-09-30')
    expect(await truth()).to.deep.equal(before)
  })

  it('answers the same at every moment of a replay, also of what was loaded since it was archived', async () => {
    const lake = openLake(home.config)
    const sales = [...generateSales({ ...shape, firstDay: '2024-10-01', days: 60, seed: 11 })]
    const [first] = sales
    if (first === undefined) throw new Error('no sales')
    const none = async () => {}
    await loadSales(warehouse, sales.slice(0, 80), none)
    await archive(warehouse, lake, new AbortController().signal)
    await loadSales(warehouse, sales.slice(80), none)
    const shorter = { version: first.version + 1_000_000, extent: 'whole' as const, lines: first.lines.slice(1) }
    await loadSales(warehouse, [{ ...first, ...shorter }], none)
    const months = (table: string) =>
      `SELECT '${table}' AS of, toStartOfMonth(day) AS month, toString(sum(revenue)) AS money, toString(sum(${table === 'sale_lines' ? '1' : 'lines'})) AS many
       FROM ${table} FINAL WHERE day >= '2024-10-01' AND revenue != 0 GROUP BY month`
    const figures = () =>
      warehouse.rows(
        `SELECT * FROM (${['sale_lines', 'store_days', 'seller_days', 'product_days'].map(months).join('\nUNION ALL\n')}) ORDER BY of, month`,
      )
    const before = await figures()
    const seen: unknown[] = []
    const looking = watched(warehouse, async () => void seen.push(await figures()))
    // November is in the span, October beside it.
    await replay(looking, lake, '2024-11-01', '2024-11-30')
    expect(seen.length).to.be.greaterThan(30)
    for (const each of seen) expect(each).to.deep.equal(before)
    expect(await figures()).to.deep.equal(before)
  })

  it('answers with every line that is loaded at any moment of a replay, as soon as it is loaded', async () => {
    const lake = openLake(home.config)
    const made = [...generateSales({ ...shape, lines: 1_200, firstDay: '2025-04-01', days: 20, seed: 12 })]
    const sales = made.map(sale => ({ ...sale, sale: `meanwhile ${sale.sale}` }))
    const none = async () => {}
    await loadSales(warehouse, sales.slice(0, 100), none)
    await archive(warehouse, lake, new AbortController().signal)
    const loaded = sales.splice(0, 100).flatMap(sale => sale.lines)
    const sums = (table: string) =>
      `SELECT '${table}' AS of, toString(sum(${table === 'sale_lines' ? '1' : 'lines'})) AS many, toString(sum(revenue)) AS money
       FROM ${table} FINAL WHERE day BETWEEN '2025-04-01' AND '2025-04-30'`
    const compared = ['product_days', 'sale_lines', 'seller_days', 'store_days']
    const figures = () => warehouse.rows(`SELECT * FROM (${compared.map(sums).join(' UNION ALL ')}) ORDER BY of`)
    const due = () => {
      const money = formatMicros(loaded.reduce((sum, line) => add(sum, line.revenue) ?? sum, zero))
      return compared.map(of => ({ of, many: String(loaded.length), money }))
    }
    let looked = 0
    const looking = watched(warehouse, async sql => {
      const sale = sales.shift()
      if (sale === undefined) throw new Error('no sales are left for the rest of the replay')
      await loadSales(warehouse, [sale], none)
      loaded.push(...sale.lines)
      expect(await figures(), sql).to.deep.equal(due())
      looked++
    })
    await replay(looking, lake, '2025-04-01', '2025-04-30')
    expect(looked).to.be.greaterThan(30)
    expect(await figures()).to.deep.equal(due())
    expect(await besideStanding()).to.deep.equal([])
  })

  it('leaves nothing behind that doubles what is written when it is cut off before tables change places', async () => {
    const lake = openLake(home.config)
    await replay(cutOff(warehouse, 3, 'CREATE MATERIALIZED VIEW'), lake, '2025-04-01', '2025-04-30').catch(
      (error: unknown) => {
        if (!(error instanceof CutOff)) throw error
      },
    )
    expect(await besideStanding()).to.include('replay_mirror_of_sale_lines')
    await finishReplay(warehouse)
    expect((await besideStanding()).filter(name => name.includes('mirror'))).to.deep.equal([])
  })

  it('loses nothing when it is cut off at any statement and begun again, while sales go on', async () => {
    const lake = openLake(home.config)
    const sales = [...generateSales({ ...shape, lines: 900, days: 10, firstDay: '2024-11-01', seed: 9 })]
    const cuts = [0, 2, 5, 9, 14]
    const pieces = Array.from({ length: cuts.length + 1 }, (_, index) => sales.slice(index * 38, index * 38 + 38))
    await loadSales(warehouse, pieces.shift() ?? [], async () => {})
    await archive(warehouse, lake, new AbortController().signal)
    let swapping = 0
    for (const statements of cuts) {
      await replay(cutOff(warehouse, statements, 'EXCHANGE'), lake, '2024-11-01', '2024-11-30').catch(
        (error: unknown) => {
          if (!(error instanceof CutOff)) throw error
        },
      )
      const [left] = await warehouse.rows('SELECT 1 FROM lake_replays FINAL WHERE notEmpty(fresh)')
      if (left !== undefined) swapping++
      await loadSales(warehouse, pieces.shift() ?? [], async () => {})
    }
    expect(swapping, 'cuts while tables change places').to.be.greaterThan(2)
    await finishReplay(warehouse)
    await replay(warehouse, lake, '2024-11-01', '2024-12-31')
    const stated = sales.flatMap(sale => sale.lines)
    for (const table of ['store_days', 'seller_days', 'product_days']) {
      const [row] = await warehouse.rows(
        `SELECT sum(lines) AS lines, toInt64(sum(revenue) * 1000000) AS revenue FROM ${table} FINAL WHERE day BETWEEN '2024-11-01' AND '2024-12-31'`,
      )
      expect(row, table).to.deep.equal({
        lines: String(stated.length),
        revenue: String(stated.reduce((sum, line) => sum + line.revenue, 0)),
      })
    }
  })

  it('takes corrections and costs that come while tables change places', async () => {
    const lake = openLake(home.config)
    const made = [...generateSales({ ...shape, lines: 80, days: 5, firstDay: '2025-02-01', seed: 10 })]
    const sales = made.map(sale => ({
      ...sale,
      sale: `late ${sale.sale}`,
      lines: sale.lines.map((line, at) => (at === 0 ? { ...line, product: 'late', cost: null } : line)),
    }))
    const none = async () => {}
    const besides = await BesideReplays.open({ warehouse, settings })
    const { standing } = besides
    // In the last moment before tables change places: what came before is in the new ones.
    let noted = false
    const late = watched(warehouse, async sql => {
      if (noted || !sql.startsWith('INSERT INTO lake_replays')) return
      noted = true
      await loadSales(warehouse, sales, none)
    })
    await replay(cutOff(late, 5, 'EXCHANGE'), lake, '2025-02-01', '2025-02-28').catch((error: unknown) => {
      if (!(error instanceof CutOff)) throw error
    })
    const [first, ...others] = sales
    if (first === undefined) throw new Error('no sales')
    const corrected = {
      ...first,
      version: first.version + 1_000,
      extent: 'whole' as const,
      lines: first.lines.slice(0, 2),
    }
    const correct = () => loadSales(warehouse, [corrected], none)
    await correct()
    await warehouse.run("INSERT INTO products (product, cost, version) VALUES ('late', 2, 1)")
    const fill = () => loadCosts(warehouse, ['late'], none)
    await fill()
    const standingLines = () =>
      warehouse.rows(
        "SELECT count() AS lines, countIf(cost_known = 0) AS without FROM sale_lines FINAL WHERE day BETWEEN '2025-02-01' AND '2025-02-28'",
      )

    expect(await besides.settle(standing, none, correct))
      .to.have.property('corrected')
      .with.length(1)
    const lines = String(2 + others.flatMap(sale => sale.lines).length)
    expect(await standingLines(), 'no line was away when costs came').to.deep.equal([{ lines, without: '0' }])
    expect(await besides.settle(standing, none, fill)).to.deep.equal([])
    expect(await besides.settle(besides.standing, none, fill), 'nothing has happened since').to.equal(undefined)
    expect(await standingLines()).to.deep.equal([{ lines, without: '0' }])
    const [sums] = await warehouse.rows(
      "SELECT sum(lines) AS lines, sum(revenue - costed) AS without FROM product_days FINAL WHERE day BETWEEN '2025-02-01' AND '2025-02-28'",
    )
    expect(sums).to.deep.equal({ lines, without: '0' })
  })

  it('is replayed on a cluster in tables of every node, and never into those that stand', async () => {
    const said: string[] = []
    const clustered: Warehouse = {
      ...cutOff(warehouse, Number.POSITIVE_INFINITY),
      layout: layoutOf({ database: 'dataapp', cluster: 'lojas' }),
      rows: async () => [],
      run: async statement => void said.push(statement),
    }
    await replay(clustered, { ...openLake(home.config), list: async () => [] }, '2024-05-01', '2024-05-31')
    const made = said.filter(statement => statement.startsWith('CREATE TABLE'))
    expect(made).to.include("CREATE TABLE sale_lines_replay_here ON CLUSTER 'lojas' AS sale_lines_here")
    expect(made.filter(statement => !statement.includes("ON CLUSTER 'lojas'"))).to.deep.equal([])
    expect(said).to.include("DROP TABLE IF EXISTS sale_lines_replay_here ON CLUSTER 'lojas' SYNC")
    expect(said, 'from what is written to, whichever node has it').to.include(
      "CREATE MATERIALIZED VIEW IF NOT EXISTS replay_mirror_of_sale_lines ON CLUSTER 'lojas' TO sale_lines_replay AS SELECT * FROM sale_lines",
    )
    expect(said.findLast(statement => statement.includes('VIEW'))).to.match(/^DROP VIEW .* ON CLUSTER 'lojas' SYNC$/)
  })
})
