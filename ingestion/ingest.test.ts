import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { DataAppError } from '#shared/error.ts'
import { formatMicros, type Micros, micros, zero } from '#shared/records/micros.ts'
import { openPreparedSettings } from '../test/parts/prepared.ts'
import { ingestPath } from './ingest.ts'
import { StoppedIntake } from './intake.ts'
import { quietWork, source, workbench } from './testing.ts'
import { noTotals } from './totals.ts'

const samples = fileURLToPath(new URL('../samples', import.meta.url))

describe('taking in files', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  after(() => bench.close())
  beforeEach(() => bench.clear())

  const sum = (pick: (line: { revenue: Micros; cost: Micros | null }) => Micros | null) =>
    formatMicros(micros([...bench.lines().values()].reduce((total, line) => total + (pick(line) ?? 0), 0)) ?? zero)
  const ingest = (path: string, name: string) =>
    ingestPath(bench, { ...quietWork(), path: `${samples}/${path}`, source: name })

  it('reads AdventureWorks to the cent', async () => {
    expect(await ingest('adventureworks/Sales.csv', 'adventureworks')).to.deep.equal({
      rows: 57_851,
      accepted: 57_851,
      rejected: 0,
      duplicates: 0,
      sales: 3_616,
    })
    expect(bench.lines().size).to.equal(57_851)
    expect(sum(line => line.revenue)).to.equal('77548570.2')
    expect(sum(line => line.cost)).to.equal('76549075.63')
  })

  it('reads Northwind: three files, a share off, dates as M/D/YYYY', async () => {
    const totals = await ingest('northwind', 'northwind')
    expect(totals).to.deep.include({ rejected: 0, duplicates: 0, sales: 830 })
    expect(bench.lines().size).to.equal(2_155)
    expect(sum(line => line.revenue)).to.equal('1265793.0395')
  })

  it('counts a file once, whatever it is called', async () => {
    const yaml = source('sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }')
    const text = 'id,day,p,total\n1,2024-01-02,a,5\n1,2024-01-02,b,7\n'
    expect(await bench.take(yaml, 'one.csv', text)).to.deep.include({ rows: 2, accepted: 2 })
    const published = bench.bus.published('sales').length
    expect(await bench.take(yaml, 'two.csv', text)).to.deep.equal({
      rows: 2,
      accepted: 0,
      rejected: 0,
      duplicates: 2,
      sales: 0,
    })
    expect(bench.bus.published('sales').length).to.equal(published)
  })

  it('goes on where it was after being cut off: the same lines, the totals of the whole file', async () => {
    const whole = await readFile(`${samples}/adventureworks/Sales.csv`)
    let batches = 0
    bench.bus.before = topic => {
      if (topic === 'sales' && ++batches > 4) throw new Error('the process died here')
    }
    const died = await ingest('adventureworks/Sales.csv', 'adventureworks').catch((error: Error) => error.message)
    expect(died).to.equal('the process died here')
    expect(bench.lines().size).to.be.within(1, 57_850)
    bench.bus.before = () => {}
    expect(await ingest('adventureworks/Sales.csv', 'adventureworks')).to.deep.include({
      rows: 57_851,
      accepted: 57_851,
      sales: 3_616,
    })
    expect(bench.lines().size).to.equal(57_851)
    expect(sum(line => line.revenue)).to.equal('77548570.2')
    expect(whole.length).to.be.above(3_000_000)
  })

  it('stops a file when the mapping must be wrong, and reads it again once that is corrected', async () => {
    const wrong = source('sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: p }')
    const right = source('sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }')
    const text = `id,day,p,total\n${Array.from({ length: 50 }, (_, i) => `${i},2024-01-02,a,5`).join('\n')}`
    const error = await bench.take(wrong, 'a.csv', text).catch((e: unknown) => e)
    expect(error).to.be.instanceOf(DataAppError).with.property('code', 'TOO_MANY_REJECTED')
    expect(error).to.have.deep.property('totals', noTotals)
    expect(String(error)).to.contain('50 × revenue: number')
    expect(bench.bus.published('sales')).to.have.length(0)
    expect(await bench.take(right, 'a.csv', text)).to.deep.include({ rows: 50, accepted: 50 })
  })

  it('counts of a file that is stopped late what was handed on until then', async () => {
    const good = Array.from({ length: 20_000 }, (_, i) => `${i},2024-01-02,a,5`)
    const bad = Array.from({ length: 10_000 }, (_, i) => `${i},2024-01-02,a,none`)
    for (const extent of ['lines', 'whole']) {
      await bench.clear()
      const yaml = source(
        `sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total, extent: ${extent} }`,
      )
      const error = await bench
        .take(yaml, `${extent}.csv`, `id,day,p,total\n${[...good, ...bad].join('\n')}`)
        .catch((e: unknown) => e)
      if (!(error instanceof StoppedIntake)) throw error
      const { rows, accepted, rejected, duplicates } = error.totals
      expect(accepted).to.equal(bench.lines().size)
      expect(accepted).to.be.within(1, 20_000)
      expect(rejected).to.equal(bench.rejected().length)
      expect(accepted + rejected + duplicates).to.equal(rows)
    }
  })

  it('never numbers lines of codes alike that a quality rule may turn into one', async () => {
    const yaml = source('sale: { id: id, store: shop, soldAt: day, product: p, revenue: total }')
    await bench.take(yaml, 'a.csv', 'id,shop,day,p,total\nA,sp1,2024-01-02,x,5\na,SP1,2024-01-02,x,6\n')
    expect([...bench.lines().values()].map(({ line }) => line)).to.deep.equal(['1', '2'])
  })

  it('says why a file was stopped without a word of what stands in it', async () => {
    const yaml = source('sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total, customer: who }')
    const head = 'id,day,p,total,who'
    const rows = ['1,2024-01-02,a,Zulmira Quaresmeira,c1', '2,2024-01-02,b,Zulmira Quaresmeira,c1']
    const said = async (name: string, text: string) => {
      const error = await bench.take(yaml, name, text).catch((e: unknown) => e)
      const [row] = await bench.settings.query<{ problem: string }>('SELECT problem FROM ledger WHERE place LIKE $1', [
        `%${name}`,
      ])
      return error instanceof DataAppError ? [error.message, error.hint, row?.problem ?? ''].join('\n') : ''
    }
    const stopped = await said('stopped.csv', [head, ...rows].join('\n'))
    expect(stopped).to.match(/2 × revenue: number, e\.g\. line 2\n(.|\n)*TOO_MANY_REJECTED: /)
    const headless = await said('headless.csv', rows.join('\n'))
    expect(headless).to.match(/the first line seems to hold data, not names of columns \(5 columns\)/)
    const renamed = await said('renamed.csv', ['id,day,p,totals,Zulmira Quaresmeira', ...rows].join('\n'))
    expect(renamed).to.contain(
      'no column "who", "total" (nearest: "totals") (found: "id", "day", "p"; 5 columns in all)',
    )
    for (const text of [stopped, headless, renamed]) expect(text).not.to.match(/Zulmira|Quaresmeira/)
  })

  it('keeps what can not be used with its line, field, rule and text, and goes on', async () => {
    const yaml = source('sale: { id: id, store: { value: s }, soldAt: day, product: p, revenue: total }')
    const text = 'id,day,p,total\n1,2024-01-02,a,5\n2,soon,a,5\n3,2024-01-02,b,five\n4,2024-01-02,c\n'
    expect(await bench.take(yaml, 'a.csv', text)).to.deep.include({ rows: 4, accepted: 1, rejected: 3 })
    expect(bench.rejected().map(({ line, field, rule, raw }) => ({ line, field, rule, raw }))).to.deep.equal([
      { line: 3, field: 'soldAt', rule: 'date', raw: '2,soon,a,5' },
      { line: 4, field: 'revenue', rule: 'number', raw: '3,2024-01-02,b,five' },
      { line: 5, field: '', rule: 'columns', raw: '4,2024-01-02,c' },
    ])
  })
})
