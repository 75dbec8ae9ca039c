import { expect } from 'chai'
import { standingOf } from './standing-routes.ts'

describe("a seller's place", () => {
  const rows = [50, 40, 40, 20, 10, 5].map((revenue, at) => ({ seller: `s${at}`, revenue }))

  it('is told in the better half, equals beside equals', () => {
    expect(standingOf('s0', rows)).to.deep.equal({ place: 1, of: 6 })
    expect(standingOf('s1', rows)).to.deep.equal({ place: 2, of: 6 })
    expect(standingOf('s2', rows)).to.deep.equal({ place: 2, of: 6 })
  })

  it('is kept quiet in the other half, for who sold nothing, and among so few that it would tell of a colleague', () => {
    expect(standingOf('s3', rows)).to.deep.equal({ place: null, of: 6 })
    expect(standingOf('new', rows)).to.deep.equal({ place: null, of: 6 })
    expect(standingOf('s0', rows.slice(0, 4))).to.deep.equal({ place: null, of: 4 })
  })
})
