import { expect } from 'chai'
import fc from 'fast-check'
import { expectedSum, probabilityOf } from '#shared/projection.ts'
import { reconcile } from './reconcile.ts'

describe('making levels add up', () => {
  it('divides each day of the parent, whatever the children expect', () => {
    const day = fc.double({ min: 0, max: 1e6, noNaN: true })
    const days = fc.array(day, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(days, fc.array(days, { minLength: 1, maxLength: 6 }), (parent, children) => {
        const list = children.map(base => ({ base: Float64Array.from(base), edges: [] }))
        const fitted = reconcile(Float64Array.from(parent), list)
        parent.forEach((amount, i) => {
          const sum = fitted.reduce((total, { amounts }) => total + (amounts[i] ?? 0), 0)
          expect(sum).to.be.closeTo(amount, 1e-6 * Math.max(1, amount))
        })
      }),
    )
  })
})

describe('a sum of days', () => {
  it('is less uncertain than its days, and more so when they err together', () => {
    const amounts = Array.from({ length: 14 }, () => 100)
    const deviations = amounts.map(() => 10)
    const alone = expectedSum(amounts, deviations, 1, 500)
    expect(alone.amount).to.equal(1900)
    expect(alone.deviation).to.be.closeTo(10 * Math.sqrt(14), 1e-9)
    expect(expectedSum(amounts, deviations, 4).deviation).to.be.closeTo(20 * Math.sqrt(14), 1e-9)
    expect(probabilityOf(1900, alone)).to.be.closeTo(0.5, 1e-6)
    expect(probabilityOf(1900 + 1.96 * alone.deviation, alone)).to.be.closeTo(0.025, 1e-4)
  })
})
