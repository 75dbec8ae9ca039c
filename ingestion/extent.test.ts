import { expect } from 'chai'
import { formatMicros } from '#shared/records/micros.ts'
import { openPreparedSettings } from '../test/parts/prepared.ts'
import { source, workbench } from './testing.ts'

const yaml = (extent: string) =>
  source(`sale: { id: id, store: { value: s }, soldAt: day, line: l, product: p, revenue: total, extent: ${extent} }`)
const head = 'id,l,day,p,total\n'
const row = (id: string, line: string, total = '5') => `${id},${line},2024-01-02,a,${total}\n`

describe('sales that a file holds with all their lines', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  after(() => bench.close())
  beforeEach(() => bench.clear())

  const told = () =>
    bench.sales().map(({ sale, extent, lines }) => `${sale} ${extent} ${lines.map(l => l.line).join('')}`)

  /** Revenue once everything was heard, by what `extent` and `version` mean. */
  const standing = () => {
    const lines = new Map<string, string>()
    for (const { sale, extent, lines: own } of bench.sales().toSorted((a, b) => a.version - b.version)) {
      if (extent === 'whole') for (const key of lines.keys()) if (key.startsWith(`${sale}/`)) lines.delete(key)
      for (const line of own) lines.set(`${sale}/${line.line}`, formatMicros(line.revenue))
    }
    return Object.fromEntries(lines)
  }

  it('says so only where the source does', async () => {
    await bench.take(yaml('lines'), 'a.csv', head + row('1', 'a') + row('1', 'b'))
    expect(told()).to.deep.equal(['1 lines ab'])
  })

  it('withdraws a line that a corrected export no longer has', async () => {
    await bench.take(yaml('whole'), 'a.csv', head + row('1', 'a') + row('1', 'b') + row('2', 'a'))
    await bench.take(yaml('whole'), 'b.csv', head + row('1', 'a', '6') + row('2', 'a'))
    expect(told()).to.deep.equal(['1 whole ab', '2 whole a', '1 whole a', '2 whole a'])
    expect(standing()).to.deep.equal({ '1/a': '6', '2/a': '5' })
  })

  it('adds what comes of a sale further down, or beyond one message, to what was said first', async () => {
    const many = Array.from({ length: 501 }, (_, i) => row('3', `n${i}`)).join('')
    await bench.take(yaml('whole'), 'a.csv', head + row('1', 'a') + row('2', 'a') + row('1', 'b') + many)
    expect(bench.sales().map(({ sale, extent }) => `${sale} ${extent}`)).to.deep.equal([
      '1 whole',
      '2 whole',
      '1 lines',
      '3 whole',
      '3 lines',
    ])
    expect(Object.keys(standing())).to.have.length(3 + 501)
  })

  it('withdraws nothing from sales beside a row that can not be used', async () => {
    const text = head + row('0', 'a') + row('1', 'a') + row('1', 'b', 'five') + row('2', 'a') + row('3', 'a')
    await bench.take(yaml('whole'), 'a.csv', text)
    expect(told()).to.deep.equal(['0 whole a', '1 lines a', '2 lines a', '3 whole a'])
  })

  it('keeps a sale together over a crash: each is told whole, none in part', async () => {
    const text = head + Array.from({ length: 60_000 }, (_, i) => row(`S${Math.floor(i / 7)}`, `${i % 7}`)).join('')
    let batches = 0
    bench.bus.before = topic => {
      if (topic === 'sales' && ++batches > 2) throw new Error('the process died here')
    }
    await bench.take(yaml('whole'), 'a.csv', text).catch(() => {})
    bench.bus.before = () => {}
    expect(await bench.take(yaml('whole'), 'a.csv', text)).to.deep.include({ rows: 60_000, accepted: 60_000 })
    const wrong = bench.sales().filter(({ extent, lines }) => extent !== 'whole' || lines.length < 7)
    expect(wrong.map(({ sale, lines }) => `${sale} ${lines.length}`)).to.deep.equal(['S8571 3'])
    expect(Object.keys(standing())).to.have.length(60_000)
  })
})
