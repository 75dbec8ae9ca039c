import { expect } from 'chai'
import fc from 'fast-check'
import { micros, zero } from '#shared/records/micros.ts'
import { decodeSale, encodeSale } from '#shared/records/sale.ts'
import { Basket } from './basket.ts'

const amount = fc.maxSafeInteger().map(value => micros(value) ?? zero)
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const line = fc.record({
  store: text,
  sale: text,
  soldAt: fc.constant('2024-03-05T12:00:00'),
  seller: fc.string(),
  customer: fc.string(),
  line: text,
  product: text,
  quantity: amount,
  unitPrice: amount,
  discount: amount,
  revenue: amount,
  cost: fc.option(amount),
})

describe('a basket', () => {
  it('writes the bytes that encodeSale writes, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), lines => {
        const basket = new Basket({ source: 'loja "1"', file: 'a.csv#1', version: 1_700_000_000_000_000 })
        lines.forEach((mapped, i) => {
          basket.add(mapped, mapped.line, i + 1)
        })
        const messages = basket.take().map(message => message.value.toString('utf8'))
        let told = 0
        for (const message of messages) {
          const decoded = decodeSale(message)
          expect(decoded.ok).to.equal(true)
          if (!decoded.ok) continue
          expect(encodeSale(decoded.sale)).to.equal(message)
          told += decoded.sale.lines.length
        }
        expect(told).to.equal(lines.length)
      }),
    )
  })

  it('keeps lines that follow one another in one message, at most five hundred', () => {
    const basket = new Basket({ source: 's', file: 'f', version: 1 })
    const mapped = {
      store: '1',
      sale: '1',
      soldAt: '2024-03-05T12:00:00',
      seller: '',
      customer: '',
      line: '',
      product: 'p',
      quantity: zero,
      unitPrice: zero,
      discount: zero,
      revenue: zero,
      cost: null,
    }
    for (let i = 0; i < 501; i++) basket.add(mapped, String(i), i)
    basket.add({ ...mapped, sale: '2' }, '1', 501)
    const messages = basket.take().map(message => JSON.parse(message.value.toString('utf8')))
    expect(messages.map(({ lines }) => lines.length)).to.deep.equal([500, 1, 1])
    expect(messages[2].version - messages[1].version, 'what the one before withdraws has a version between').to.equal(2)
  })
})
