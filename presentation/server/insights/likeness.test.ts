import { expect } from 'chai'
import { gapsOf, likeness, type Profile } from './likeness.ts'

const store = (name: string, mix: Profile['mix']): Profile => ({
  store: name,
  name,
  type: '',
  city: '',
  region: '',
  openDays: 30,
  revenue: 100,
  margin: 0,
  costed: 0,
  sales: 10,
  units: 10,
  mix,
})

describe('stores like another', () => {
  it('are compared by what they sell, also where a category is called as what every object has', () => {
    const own = store('a', { food: 50, constructor: 50 })
    const peers = likeness(own, [store('b', { food: 100 }), store('c', { food: 60, constructor: 40 })], 2)
    expect(peers.map(({ profile }) => profile.store)).to.deep.equal(['c', 'b'])
    const [gap] = gapsOf(store('d', { food: 100 }), peers)
    expect(gap).to.deep.equal({ category: 'constructor', own: 0, peers: 20, gap: 20 })
  })
})
