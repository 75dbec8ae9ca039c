import { expect } from 'chai'
import fc from 'fast-check'
import { addDays } from '#shared/day.ts'
import { expectedSum, probabilityOf } from '#shared/projection.ts'
import { easterOf, holidaysOf } from './holidays.ts'
import { reconcile } from './reconcile.ts'
import { yearlyIndex } from './yearly.ts'

describe('making levels add up', () => {
  it('divides each day of the parent, whatever the children expect', () => {
    const day = fc.double({ min: 0, max: 1e6, noNaN: true })
    const days = fc.array(day, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(days, fc.array(days, { minLength: 1, maxLength: 6 }), (parent, children) => {
        const list = children.map(base => ({ base: Float64Array.from(base), edges: [] }))
        const fitted = reconcile(
          Float64Array.from(parent),
          list,
          children.map(() => 1),
        )
        parent.forEach((amount, i) => {
          const sum = fitted.reduce((total, { amounts }) => total + (amounts[i] ?? 0), 0)
          expect(sum).to.be.closeTo(amount, 1e-6 * Math.max(1, amount))
        })
      }),
    )
  })
})

describe('holidays', () => {
  it('know Easter and what moves with it', () => {
    expect([2024, 2025, 2026].map(easterOf)).to.deep.equal(['2024-03-31', '2025-04-20', '2026-04-05'])
    const brazil = holidaysOf('BR', 2026).map(({ day }) => day)
    expect(brazil).to.include.members(['2026-02-17', '2026-04-03', '2026-06-04', '2026-12-25'])
    expect(holidaysOf('US', 2026).map(({ day }) => day)).to.include.members(['2026-11-26', '2026-11-27'])
  })
})

describe('the time of the year', () => {
  const starts = '2024-01-01'
  const year = (i: number) => 1 + 0.5 * Math.sin((2 * Math.PI * i) / 364)

  it('is learnt from two years or more, and put on the right days', () => {
    const values = Float64Array.from({ length: 3 * 364 }, (_, i) => 100 * year(i))
    const index = yearlyIndex(values, starts)
    expect(index?.(addDays(starts, 91))).to.be.closeTo(year(91), 0.12)
    expect(index?.(addDays(starts, 273))).to.be.closeTo(year(273), 0.12)
  })

  it('is left out where the years have nothing in common', () => {
    const values = Float64Array.from({ length: 3 * 364 }, (_, i) => 100 + ((i * 2654435761) % 97))
    expect(yearlyIndex(values, starts)).to.equal(undefined)
    expect(yearlyIndex(values.subarray(0, 500), starts)).to.equal(undefined)
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
