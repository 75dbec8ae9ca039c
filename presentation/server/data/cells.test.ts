import { expect } from 'chai'
import fc from 'fast-check'
import { zero } from '#shared/records/micros.ts'
import { rejectedLineText } from '#shared/records/rejected-line.ts'
import { cellsOf } from './cells.ts'

describe('a rejected row as cells', () => {
  it('reads quoted and unquoted fields by their columns', () => {
    expect(cellsOf('ingestion', 'a;"b; ""c""";', ['x', 'y', 'z'])).to.deep.equal([
      { column: 'x', value: 'a' },
      { column: 'y', value: 'b; "c"' },
      { column: 'z', value: '' },
    ])
    expect(cellsOf('ingestion', '5" hose|3', ['what', 'many'])?.[0]?.value).to.equal('5" hose')
    expect(cellsOf('ingestion', '{"what":"hose","many":3}', ['what', 'many'])?.[1]?.value).to.equal('3')
  })

  it('leaves a row with another number of fields as text', () => {
    expect(cellsOf('ingestion', 'a,b', ['x', 'y', 'z'])).to.equal(undefined)
    expect(cellsOf('processing', 'not a line', [])).to.equal(undefined)
  })

  it('gives back whatever was written', () => {
    const field = fc.string({ maxLength: 12 }).filter(text => !/[\r\n;|\t{]/.test(text))
    fc.assert(
      fc.property(fc.array(field, { minLength: 2, maxLength: 6 }), fields => {
        const raw = fields.map(text => `"${text.replaceAll('"', '""')}"`).join(',')
        const cells = cellsOf(
          'ingestion',
          raw,
          fields.map((_, at) => `c${at}`),
        )
        expect(cells?.map(({ value }) => value)).to.deep.equal(fields)
      }),
    )
  })

  it('shows a line that a rule turned away with amounts as people write them', () => {
    const head = { store: 's', sale: '1', soldAt: '2024-01-02T10:00:00', seller: 'v', customer: '' }
    const line = {
      line: '1',
      product: 'p',
      quantity: zero,
      unitPrice: zero,
      discount: zero,
      revenue: zero,
      cost: null,
      row: 3,
    }
    const cells = cellsOf('processing', rejectedLineText(head, line), [])
    expect(cells?.find(({ column }) => column === 'quantity')?.value).to.equal('0')
    expect(cells?.find(({ column }) => column === 'cost')?.value).to.equal('')
  })
})
