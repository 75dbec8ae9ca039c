import { expect } from 'chai'
import { zero } from './micros.ts'
import { decodeSale, encodeSale, type Sale } from './sale.ts'

const sale: Sale = {
  store: '12',
  sale: 'A-1',
  soldAt: '2024-02-29T23:59:59',
  seller: '7',
  customer: '',
  source: 'loja',
  file: 'vendas.csv',
  extent: 'lines',
  version: 1_700_000_000_000_000,
  lines: [
    { line: '1', product: 'café', quantity: zero, unitPrice: zero, discount: zero, revenue: zero, cost: null, row: 3 },
  ],
}

describe('a sale on the bus', () => {
  it('comes back as it was sent', () => {
    expect(decodeSale(encodeSale(sale))).to.deep.equal({ ok: true, sale, more: false })
  })

  it('says what is wrong with a message that is none', () => {
    expect(decodeSale('{')).to.include({ ok: false, field: 'message' })
    expect(decodeSale('{"v":2}')).to.include({ ok: false, field: 'v' })
    expect(decodeSale(encodeSale({ ...sale, soldAt: 'yesterday' }))).to.include({ ok: false, field: 'sale' })
    for (const soldAt of ['1969-12-31T23:59:59', '2106-01-01T00:00:00', '2199-12-31T10:00:00'])
      expect(decodeSale(encodeSale({ ...sale, soldAt }))).to.include({ ok: false, field: 'soldAt' })
    const never = ['2023-02-29T10:00:00', '2024-13-01T10:00:00', '2024-01-00T10:00:00', '2024-01-01T24:00:00']
    for (const soldAt of [...never, '2024-01-01T10:60:00', '2024-01-01T10:00:60'])
      expect(decodeSale(encodeSale({ ...sale, soldAt })), soldAt).to.include({ ok: false, field: 'soldAt' })
    expect(decodeSale(encodeSale({ ...sale, version: -1 }))).to.include({ ok: false, field: 'sale' })
    for (const row of [-1, 1.5, 2_147_483_648])
      expect(
        decodeSale(encodeSale({ ...sale, lines: sale.lines.map(line => ({ ...line, row })) })),
        String(row),
      ).to.include({ ok: false, field: 'lines' })
    expect(decodeSale(encodeSale({ ...sale, soldAt: '2105-12-31T23:59:59' }))).to.include({ ok: true })
    expect(decodeSale(encodeSale({ ...sale, lines: [] }))).to.include({ ok: false, field: 'lines' })
    expect(decodeSale(encodeSale(sale).replace('"café"', '5'))).to.include({ ok: false, field: 'lines' })
  })
})
