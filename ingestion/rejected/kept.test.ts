import { expect } from 'chai'
import fc from 'fast-check'
import { type Rejected, rejectedOf, rejectedSchema } from '#shared/records/rejected.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { source, workbench } from '../testing.ts'

describe('what the settings database keeps of files', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  before(async () => {
    bench = await workbench(openPreparedSettings)
  })
  after(() => bench.close())

  const keep = async (record: Rejected) => {
    const [row] = await bench.settings.query<{ record: unknown }>('SELECT $1::jsonb AS record', [
      JSON.stringify(record),
    ])
    return rejectedSchema.parse(row?.record)
  }

  it('gives a rejected record back unchanged, whatever signs the export has', async () => {
    // Postgres holds every sign of a text but NUL.
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map(value => value.replaceAll('\u0000', ''))
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(), async (raw, field, line) => {
        const why = { source: 's', file: 'a.csv#1', line, field, rule: 'number', message: `"${raw}"`, raw }
        const record = rejectedOf('ingestion', why, new Date(0))
        expect(await keep(record)).to.deep.equal(record)
      }),
      { numRuns: 50 },
    )
  })

  it('gives the columns and totals of a file back unchanged', async () => {
    const yaml = source(
      'sale: { id: "Nº \\"Cupom\\"", store: { value: s }, soldAt: Emissão, product: p, revenue: total }',
    )
    const columns = ['Nº "Cupom"', 'Emissão', 'p', 'total', 'back\\slash', '日本', "it's"]
    const text = `"Nº ""Cupom""",Emissão,p,total,back\\slash,日本,it's\n1,2024-01-02,a,5,,,\n`
    const totals = await bench.take(yaml, 'a.csv', text)
    const [row] = await bench.settings.query<{ columns: unknown; totals: unknown }>(
      'SELECT columns, totals FROM ledger',
    )
    expect(row).to.deep.equal({ columns, totals })
  })
})
