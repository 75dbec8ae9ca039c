import { expect } from 'chai'
import fc from 'fast-check'
import { origins, replay, roll } from './backtest.ts'
import { candidatesFor } from './candidates.ts'

const robust = { winsorise: true, closed: true }

describe('the rolling backtest', () => {
  it('keeps every origin inside the series with its whole horizon', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 90 }),
        (n, period, h) => {
          const plan = origins(n, period, h)
          for (const origin of plan.at) expect(origin + plan.horizon).to.be.at.most(n)
          expect(plan.at).to.deep.equal(plan.at.toSorted((a, b) => a - b))
        },
      ),
    )
  })

  it('sees nothing of what comes after an origin', () => {
    const history = Float64Array.from({ length: 140 }, (_, i) => 50 + 20 * Math.sin(i) + (i % 7) * 5)
    const changed = history.map((value, i) => (i >= 100 ? value * 9 + 1000 : value))
    const candidates = candidatesFor(140, 7)
    const before = roll(history, 7, 14, candidates, robust).folds
    const after = roll(changed, 7, 14, candidates, robust).folds
    const saidBefore = replay(before, candidates)
    const saidAfter = replay(after, candidates)
    const early = before.flatMap((fold, k) => (fold.origin <= 100 ? [k] : []))
    expect(early.length).to.be.greaterThan(3)
    for (const k of early) expect(saidAfter[k]).to.deep.equal(saidBefore[k])
  })
})
