import { expect } from 'chai'
import { monthTargets } from './month-targets.ts'

describe("a month's targets", () => {
  const targets = [
    { store: 'centro', seller: '', amount: 100 },
    { store: 'centro', seller: 'ana', amount: 60 },
    { store: 'centro', seller: 'rui', amount: 40 },
    { store: 'praia', seller: 'eva', amount: 30 },
    { store: 'praia', seller: 'ivo', amount: 20 },
    { store: '', seller: 'new', amount: 5 },
  ]

  it("are a store's own, or the sum of its sellers' where it has none; never both", () => {
    expect([...monthTargets('store', targets)]).to.have.deep.members([
      ['centro', 100],
      ['praia', 50],
    ])
    expect([...monthTargets('seller', targets)]).to.have.length(5)
  })

  it('add up to that of the chain, with those of sellers whose store is not known', () => {
    expect(monthTargets('chain', targets).get('')).to.equal(155)
    expect(monthTargets('chain', []).get('')).to.equal(undefined)
  })
})
