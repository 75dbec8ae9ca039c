import { expect } from 'chai'
import fc from 'fast-check'
import { divide, formatMicros, type Micros, micros, multiply, parseMicros } from './micros.ts'

describe('amounts in millionths', () => {
  it('reads and writes plain decimals', () => {
    expect(parseMicros('1234.5')).to.equal(1_234_500_000)
    expect(parseMicros('-.000001')).to.equal(-1)
    expect(parseMicros('1e3')).to.equal(1_000_000_000)
    expect(parseMicros('0.0000005')).to.equal(1)
    expect(parseMicros('1,5')).to.equal(undefined)
    expect(parseMicros('')).to.equal(undefined)
    expect(parseMicros('99999999999')).to.equal(undefined)
  })

  it('writes what it reads', () => {
    fc.assert(
      fc.property(amounts, amount => {
        expect(parseMicros(formatMicros(amount))).to.equal(amount)
      }),
    )
  })

  it('multiplies as exact fractions do, rounded half away from zero', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const exact = BigInt(a) * BigInt(b)
        const absolute = exact < 0n ? -exact : exact
        const rounded = (absolute + 500_000n) / 1_000_000n
        expect(multiply(a, b)).to.equal(Number(exact < 0n ? -rounded : rounded))
      }),
    )
  })

  it('divides back what it multiplied', () => {
    expect(divide(amount('10'), amount('4'))).to.equal(2_500_000)
    expect(divide(amount('-1'), amount('3'))).to.equal(-333_333)
    expect(divide(amount('1'), amount('0'))).to.equal(undefined)
  })
})

const amounts = fc.maxSafeInteger().map(amountOf)
const small = fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map(amountOf)

function amountOf(value: number): Micros {
  const amount = micros(value)
  if (amount === undefined) throw new Error(`${value} does not fit`)
  return amount
}

function amount(text: string): Micros {
  const parsed = parseMicros(text)
  if (parsed === undefined) throw new Error(`${text} is no amount`)
  return parsed
}
