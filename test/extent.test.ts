import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { ingestPath } from '#ingestion/ingest.ts'
import { type Chain, startChain } from './parts/chain.ts'

const yaml = `name: shop
sale: { id: id, store: store, soldAt: day, line: line, product: product, revenue: total, extent: whole }
`
const head = 'id,line,store,day,product,total\n'

describe('an export that was corrected', () => {
  let chain: Chain
  before(async () => {
    chain = await startChain()
  })
  after(() => chain?.stop())

  const take = async (name: string, rows: string) => {
    const home = chain.parts.config.DATAAPP_HOME
    await writeFile(join(home, 'shop.yaml'), yaml)
    await writeFile(join(home, name), head + rows)
    const work = { mode: 'once' as const, signal: new AbortController().signal, onProgress: () => {} }
    await ingestPath(chain.parts, { ...work, path: join(home, name), source: join(home, 'shop.yaml') })
    // Resolves when processing has caught up.
    await chain.publish([])
  }
  const standing = async () => {
    const lines = await chain.parts.warehouse.rows(
      'SELECT sale, line, revenue FROM sale_lines FINAL ORDER BY sale, line',
    )
    const days = await chain.parts.warehouse.rows(
      'SELECT toString(day) AS day, lines, revenue FROM store_days FINAL WHERE lines > 0 ORDER BY day',
    )
    return { lines, days }
  }

  it('loses in the warehouse what the corrected one no longer has, in the lines and in the days', async () => {
    await take('first.csv', '1,a,s,2024-03-01,x,5.00\n1,b,s,2024-03-01,y,7.00\n2,a,s,2024-03-02,x,5.00\n')
    await take('corrected.csv', '1,a,s,2024-03-01,x,6.00\n2,a,s,2024-03-03,x,5.00\n')
    expect(await standing()).to.deep.equal({
      lines: [
        { sale: '1', line: 'a', revenue: '6' },
        { sale: '2', line: 'a', revenue: '5' },
      ],
      days: [
        { day: '2024-03-01', lines: '1', revenue: '6' },
        { day: '2024-03-03', lines: '1', revenue: '5' },
      ],
    })
  })
})
