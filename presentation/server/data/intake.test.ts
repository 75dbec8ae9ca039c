import { expect } from 'chai'
import { z } from 'zod'
import { type Chain, startChain } from '../../../test/parts/chain.ts'
import { standingSchema } from './intake.ts'

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
    await chain.parts.warehouse.insert(
      'quality_findings',
      ['source', 'day', 'rule', 'severity', 'hits', 'examples', 'version'],
      [
        ['loja', '2026-11-09', 'cust', 'flag', 1, [], 1],
        ['loja', '2026-11-08', 'vol', 'flag', 1, ['0 lines, usual 10'], 1],
        ['loja', '2026-11-01', 'vol', 'flag', 0, [], 1],
      ],
    )
    const brief = (await sales(30)).map(({ source, day, lines, rules }) => [
      day,
      source,
      lines,
      ...rules.map(({ rule }) => rule),
    ])
    expect(brief).to.deep.equal([
      ['2026-11-09', 'loja', 10, 'cust'],
      ['2026-11-09', 'miami', 3],
      ['2026-11-08', 'loja', 0, 'vol'],
      ['2026-10-31', 'miami', 0, 'usd'],
    ])
    expect(await sales(5)).to.have.length(3)
  })
})
