import { expect } from 'chai'
import { hourGaps, type Selling, sellerGaps } from './gaps.ts'
import { gapsOf, likeness, type Profile, widestGaps } from './likeness.ts'

/** A store of a chain with 90 days of data: what it sold in them, on so many days. */
const store = (name: string, openDays: number, revenue: number, more: Partial<Profile> = {}): Profile => ({
  store: name,
  name,
  type: '',
  city: '',
  region: '',
  days: 90,
  openDays,
  revenue,
  margin: 0,
  costed: 0,
  sales: openDays,
  units: openDays,
  mix: { bikes: revenue },
  ...more,
})
const seldom = store('seldom', 1, 60_000)
const peers = [store('a', 3, 270_000), store('b', 3, 240_000), store('c', 2, 180_000)]

describe('what could be won beside stores like it', () => {
  it('is money of a calendar month: what was really sold, by the days of the period', () => {
    const [gap] = gapsOf(seldom, likeness(seldom, peers, 8))
    expect(gap).to.deep.equal({ category: 'bikes', own: 20_000, peers: 80_000, gap: 60_000 })
    const [widest] = widestGaps([seldom], [seldom, ...peers], { looked: 1, peers: 8, fewest: 3 })
    expect(widest?.largest).to.deep.equal(gap)
  })

  it('compares what is sold, also where a category is called as what every object has', () => {
    const mixed = (name: string, mix: Profile['mix']) => store(name, 90, 100, { mix })
    const alike = [mixed('b', { food: 100 }), mixed('c', { food: 60, constructor: 30 })]
    const found = likeness(mixed('a', { food: 50, constructor: 50 }), alike, 2)
    expect(found.map(({ profile }) => profile.store)).to.deep.equal(['c', 'b'])
    const [gap] = gapsOf(mixed('d', { food: 100 }), found)
    expect(gap).to.deep.equal({ category: 'constructor', own: 0, peers: 5, gap: 5 })
  })

  it('takes a store that is newer than the period by the days it is there', () => {
    const young = store('young', 10, 30_000, { days: 15 })
    const old = [1, 2, 3].map(n => store(`old ${n}`, 60, 270_000))
    expect(gapsOf(young, likeness(young, old, 8))).to.deep.equal([
      { category: 'bikes', own: 60_000, peers: 90_000, gap: 30_000 },
    ])
  })

  it('looks for stores that are open as often first, then for others', () => {
    const daily = store('daily', 90, 90 * 60_000)
    const alike = likeness(seldom, [daily, ...peers], 4).map(({ profile }) => profile.store)
    expect(alike.at(-1)).to.equal('daily')
    const often = store('often', 80, 80 * 1_000)
    expect(likeness(often, [store('more', 90, 90 * 1_000)], 1)[0]?.size).to.be.closeTo(Math.log(90 / 80), 1e-9)
  })

  it('is of a month, too, by hour and by seller', () => {
    const at = (hour: number, amount: number) => Array.from({ length: 24 }, (_, i) => (i === hour ? amount : 0))
    const hours = [
      { store: 'seldom', days: 28, revenue: at(9, 2_800) },
      { store: 'a', days: 28, revenue: at(9, 5_600) },
    ]
    expect(hourGaps('seldom', hours)).to.deep.equal([{ hour: 9, own: 3_000, peers: 6_000, gap: 3_000 }])
    const selling = (given: Partial<Selling>) => ({ store: 'a', seller: 'x', days: 45, revenue: 0, sales: 1, ...given })
    const own = store('own', 45, 0)
    const sellers = [
      selling({ store: 'own', seller: 'ana', days: 9, revenue: 900 }),
      selling({ seller: 'rui', days: 45, revenue: 45 * 150 }),
    ]
    // Ana sells on three days of thirty: fifty less than usual on each.
    expect(sellerGaps(own, sellers)).to.deep.equal([{ seller: 'ana', own: 100, peers: 150, gap: 150 }])
  })
})
