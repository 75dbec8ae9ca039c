import { expect } from 'chai'
import { paceOf } from './pace.ts'

describe('the pace of a target', () => {
  it('is the same every day of a month, however long that is', () => {
    expect(paceOf('2026-02-14', 1, 400, 1000)).to.deep.equal({ soFar: 400, target: 1000, due: 0.5 })
    expect(paceOf('2028-02-29', 1, 400, 1000)?.due).to.equal(1)
    expect(paceOf('2026-12-31', 0.5, 0, 1000)?.due).to.equal(30.5 / 31)
  })

  it('is not told in the first hours of a month, in which most have sold nothing yet, nor without a target', () => {
    expect(paceOf('2026-03-01', 0.02, 0, 1000)).to.equal(undefined)
    expect(paceOf('2026-03-01', 0.5, 0, 1000)?.due).to.equal(0.5 / 31)
    expect(paceOf('2026-03-02', 0.02, 0, 1000)?.due).to.equal(1.02 / 31)
    expect(paceOf('2026-03-10', 1, 0, undefined)).to.equal(undefined)
    expect(paceOf('2026-03-10', 1, 0, 0)).to.equal(undefined)
  })
})
