import { expect } from 'chai'
import { formatMicros } from '#shared/records/micros.ts'
import { foreignCurrency } from './currency.ts'
import { amountReader } from './decimal.ts'

const numbers = { decimal: ',', thousands: '.' } as const

/** Amounts that a source in a currency reads, and what comes of them. */
const read = (currency: string, ...texts: string[]) => {
  const amount = amountReader({ ...numbers, currency })
  return texts.map(text => {
    const value = amount(text)
    return value === undefined ? (foreignCurrency(text, currency) ?? 'no number') : formatMicros(value)
  })
}

describe('the currency that an amount names', () => {
  it("is the source's own, by its code or its sign, in front or behind", () => {
    expect(read('BRL', 'R$ 10,00', '10,00 BRL', 'BRL10,00', '-R$ 1,50', '(R$ 1,50)')).to.deep.equal([
      '10',
      '10',
      '10',
      '-1.5',
      '-1.5',
    ])
    expect(read('PLN', '12,50 zł', 'PLN 3')).to.deep.equal(['12.5', '3'])
    expect(read('CZK', '1.299,00 Kč')).to.deep.equal(['1299'])
    expect(read('HUF', '45 Ft')).to.deep.equal(['45'])
    expect(read('RON', '45 lei')).to.deep.equal(['45'])
    expect(read('MXN', 'MX$ 45')).to.deep.equal(['45'])
  })

  it('may be one that shares its sign with others, and a dollar sign alone is of any', () => {
    expect(read('SEK', 'kr 45,00')).to.deep.equal(['45'])
    expect(read('NOK', '45,00 kr.')).to.deep.equal(['45'])
    expect(read('CNY', '¥ 45', '￥45')).to.deep.equal(['45', '45'])
    expect(read('BRL', '$ 10,00', '$10')).to.deep.equal(['10', '10'])
  })

  it('is another one: then the amount is not read, and it is said which', () => {
    expect(read('BRL', 'USD 10,00', 'US$ 10,00', '10,00 EUR', '€3', '(£ 3)', '-US$ 3', '45 Ft')).to.deep.equal([
      'USD',
      'US$',
      'EUR',
      '€',
      '£',
      'US$',
      'Ft',
    ])
    expect(read('USD', 'R$ 10,00', 'US$ 10,00')).to.deep.equal(['R$', '10'])
  })

  it('is none that exists: then the text is no number', () => {
    expect(read('BRL', 'XXX 10,00', '10,00 ABC', 'USD')).to.deep.equal(['no number', 'no number', 'no number'])
  })

  it('is not asked for where pieces are counted: three letters there are a unit', () => {
    expect(amountReader(numbers)('10,00 UND')).to.equal(10_000_000)
  })
})
