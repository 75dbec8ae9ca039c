import { expect } from 'chai'
import fc from 'fast-check'
import { money, moneyPer, plus, toMicros } from './money.ts'

describe('money', () => {
  it('has two digits, half away from zero', () => {
    expect(['77548570.2', '0.005', '-0.005', '-1.234999', '0', '12'].map(text => money(toMicros(text)))).to.deep.equal([
      '77548570.20',
      '0.01',
      '-0.01',
      '-1.23',
      '0.00',
      '12.00',
    ])
  })

  it('is exact where floating point is not', () => {
    expect(money(toMicros('9007199254740993.015'))).to.equal('9007199254740993.02')
  })

  it('adds decimal texts exactly', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.bigInt(-(10n ** 18n), 10n ** 18n), (one, other) => {
        const [a, b] = [plus(String(one), '0.000001'), plus(String(other), '-0.000001')]
        expect(toMicros(plus(a, b))).to.equal((one + other) * 1_000_000n)
      }),
    )
    expect(plus('-0.5', '0.25')).to.equal('-0.250000')
  })

  it('divides to an average, and to zero by nothing', () => {
    expect(moneyPer(toMicros('10'), 3n)).to.equal('3.33')
    expect(moneyPer(toMicros('0'), 0n)).to.equal('0.00')
  })
})
