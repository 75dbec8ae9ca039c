import { expect } from 'chai'
import type { Received } from '#shared/bus/bus.ts'
import { zero } from '#shared/records/micros.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import { readDimension, readEach, readRejected, readSale } from './read.ts'

const message = (value: string, offset: string): Received => ({
  key: '',
  value: Buffer.from(value),
  headers: {},
  partition: 3,
  offset,
  timestampMs: 0,
})

const amounts = { quantity: zero, unitPrice: zero, discount: zero, revenue: zero, cost: null }
const aSale: Sale = {
  store: '12',
  sale: 'A-1',
  soldAt: '2024-02-29T10:00:00',
  seller: '',
  customer: '',
  source: 'till',
  file: '',
  extent: 'lines',
  version: 1,
  lines: [{ line: '1', product: 'x', ...amounts, row: 0 }],
}
const asTheyCome = { customerId: (id: string) => id }

describe('reading messages', () => {
  it('keeps what can be read, and says of the rest where it lies and what is wrong', () => {
    const target = { v: 1, kind: 'target', id: ' s1 ', source: 't', version: 1 }
    const attributes = { scope: 'store', day: '2024-05-01', grain: 'month', amount: '10' }
    const { read, unreadable } = readEach(
      [message('not JSON', '7'), message(JSON.stringify({ ...target, attributes: { ...attributes, extra: 1 } }), '8')],
      readDimension,
    )
    expect(read).to.deep.equal([])
    expect(unreadable.map(({ source, file, line, rule }) => [source, file, line, rule])).to.deep.equal([
      ['dimensions', 'dimensions/3', 7, 'message'],
      ['dimensions', 'dimensions/3', 8, 'message'],
    ])
  })

  it('refuses a description that the warehouse can not hold', () => {
    const told = (attributes: object, kind: string, offset: string) =>
      message(JSON.stringify({ v: 1, kind, id: 'x', source: 't', version: 1, attributes }), offset)
    const { read, unreadable } = readEach(
      [
        told({ cost: '9007199254' }, 'product', '1'),
        told({ cost: '9999999999999' }, 'product', '2'),
        told({ openedOn: '2024-02-31' }, 'store', '3'),
      ],
      readDimension,
    )
    expect(read).to.have.length(1)
    expect(unreadable.map(({ line, field }) => [line, field])).to.deep.equal([
      [2, 'attributes.cost'],
      [3, 'attributes.openedOn'],
    ])
  })

  it('keeps of a sale that another program put on the bus what belongs to a sale, and nothing that it added', () => {
    const told = encodeSale(aSale)
    const added = JSON.stringify({ ...JSON.parse(told), customerName: 'Zulmira' })
    const longer = told.replace('null,0]', 'null,0,"Zulmira"]')
    expect(longer).to.contain('Zulmira')
    for (const text of [told, added, longer]) {
      const { read } = readEach([message(text, '1')], one => readSale(asTheyCome, one))
      expect(read.map(({ message, sale }) => [message.value.toString(), sale])).to.deep.equal([[told, aSale]])
    }
  })

  it('refuses a sale of which an id is nothing but characters without width, or whose time the warehouse does not know', () => {
    const told = (sale: Partial<Sale>, offset: string) => message(encodeSale({ ...aSale, ...sale }), offset)
    const lines = aSale.lines.map(line => ({ ...line, product: '\u200b' }))
    const unnumbered = aSale.lines.map(each => ({ ...each, line: '\u200b' }))
    const { read, unreadable } = readEach(
      [
        told({ store: '\u200b12' }, '1'),
        told({ store: '\u200b' }, '2'),
        told({ lines }, '3'),
        told({ soldAt: '2199-12-31T10:00:00' }, '4'),
        told({ lines: unnumbered }, '5'),
      ],
      one => readSale(asTheyCome, one),
    )
    expect(read.map(({ sale }) => sale.store)).to.deep.equal(['12'])
    expect(unreadable.map(({ line, field, rule }) => [line, field, rule])).to.deep.equal([
      [2, 'store', 'message'],
      [3, 'product', 'message'],
      [4, 'soldAt', 'message'],
      [5, 'line', 'message'],
    ])
  })

  it('keeps a trace of what lies among the rejected records and is none', () => {
    const why = { source: 's', file: 'f', line: 1, field: 'x', rule: 'number', message: 'wrong', raw: 'a' }
    const record = rejectedOf('ingestion', why, new Date())
    const { read, unreadable } = readEach([message(JSON.stringify(record), '1'), message('{}', '2')], readRejected)
    expect(read).to.deep.equal([record])
    expect(unreadable.map(({ file, line, field, raw }) => [file, line, field, raw])).to.deep.equal([
      ['sales.rejected/3', 2, 'v', '{}'],
    ])
  })
})
