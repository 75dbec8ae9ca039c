import { expect } from 'chai'
import { type Baskets, basketsFrom } from './baskets.ts'
import { hits, leaveOneOut, rate, repeatable } from './hit-rate.ts'
import { chooseMethod, methodNamed, nextItems } from './next-item.ts'
import { easeScorers, popularity } from './scorers.ts'

/** Baskets of six items drawn mostly from one of ten shelves of ten items. */
const shelves = (count: number, faithful: number): Baskets => {
  const random = repeatable(3)
  const draw = (below: number) => Math.floor(random() * below)
  return basketsFrom(
    Array.from({ length: count }, (_, number) => {
      const shelf = draw(10)
      const items = Array.from({ length: 6 }, () => `${random() < faithful ? shelf : draw(10)}-${draw(10)}`)
      return [`b${number}`, items]
    }),
  )
}

describe('the next item for a basket', () => {
  it('suggests from the same shelf, never what is in the basket already', () => {
    const suggested = nextItems(shelves(800, 0.9), methodNamed('ease'))(['4-1', '4-2'], 5).map(({ item }) => item)
    expect(suggested.map(item => item[0])).to.deep.equal(['4', '4', '4', '4', '4'])
    expect(suggested).to.not.include.members(['4-1'])
  })

  for (const model of ['popularity', 'score', 'ease'] as const)
    it(`falls back on the most popular for a basket of unknown items: ${model}`, () => {
      const table = basketsFrom([
        ['1', ['milk', 'bread']],
        ['2', ['milk', 'jam']],
        ['3', ['milk', 'bread']],
      ])
      const found = nextItems(table, methodNamed(model))(['unheard of'], 2)
      expect(found.map(({ item }) => item)).to.deep.equal(['milk', 'bread'])
    })

  it('keeps out what has no weight here and favours what has more', () => {
    const weight = (item: string) => (item.startsWith('4') ? 0 : item === '7-7' ? 1e9 : 1)
    const found = nextItems(shelves(400, 0.5), methodNamed('popularity'))(['4-1'], 3, weight)
    expect(found[0]?.item).to.equal('7-7')
    expect(found.filter(({ item }) => item.startsWith('4'))).to.deep.equal([])
  })

  it('chooses a model that knows the basket where baskets hang together', () => {
    const { method, measured } = chooseMethod(shelves(1000, 0.9))
    expect(method.model).to.not.equal('popularity')
    expect(Math.max(...measured.map(({ hitRate }) => hitRate))).to.be.greaterThan(0.5)
  })

  it('stays with popularity where they do not', () => {
    const random = repeatable(5)
    const noise = Array.from({ length: 600 }, (_, number): [string, string[]] => [
      `b${number}`,
      Array.from({ length: 3 }, () => `p${Math.floor(100 * random() ** 3)}`),
    ])
    expect(chooseMethod(basketsFrom(noise)).method.model).to.equal('popularity')
  })

  it('answers for a single basket and for none', () => {
    expect(chooseMethod(basketsFrom([['1', ['a', 'b']]])).method).to.deep.equal({ model: 'popularity' })
    expect(nextItems(basketsFrom([]), methodNamed('ease'))(['a'], 3)).to.deep.equal([])
  })
})

describe('leave one out', () => {
  it('hides one item of each basket before a second of any', () => {
    const table = shelves(50, 0.9)
    const once = leaveOneOut(table, 50).map(({ rest, hidden }) => [...rest, hidden].sort().join())
    expect(new Set(once).size).to.be.greaterThan(45)
    expect(leaveOneOut(table, 1e6).length).to.equal(table.members.length)
  })

  it('counts a hit only inside the first places', () => {
    const shares = Float64Array.of(0.9, 0.8, 0.7)
    const trials = [
      { rest: [0], hidden: 1 },
      { rest: [0], hidden: 2 },
    ]
    expect(hits(trials, 1, () => undefined, { shares, parts: [1] })).to.deep.equal([[true, false]])
    expect(rate([true, false])).to.equal(0.5)
  })

  it('EASE is the linear model that explains each item best by the others', () => {
    // Two items always together, a third alone: each explains the other, neither explains the third.
    const table = basketsFrom([
      ['1', ['a', 'b']],
      ['2', ['a', 'b']],
      ['3', ['c']],
    ])
    const scores = new Float64Array(3)
    easeScorers(table, 1)(0)([0], scores)
    expect(scores[1]).to.be.closeTo(Math.SQRT2 / (Math.SQRT2 + 1), 1e-12)
    expect(scores[2]).to.be.closeTo(0, 1e-12)
    expect(Array.from(popularity(table))).to.deep.equal([2 / 3, 2 / 3, 1 / 3])
  })
})
