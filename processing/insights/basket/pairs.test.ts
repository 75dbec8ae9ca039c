import { expect } from 'chai'
import fc from 'fast-check'
import { basketsFrom } from './baskets.ts'
import { boughtWith, type Pair, pairAt, pairRows } from './pairs.ts'

type Lists = readonly (readonly string[])[]

const baskets = (lists: Lists) => basketsFrom(lists.map((items, number) => [`b${number}`, items]))

const pairsOf = (lists: Lists, minCount = 1): (Omit<Pair, 'item' | 'with'> & { pair: string })[] => {
  const table = baskets(lists)
  return [...pairRows(table, minCount)].flatMap(row =>
    Array.from(row.others, (_, place) => {
      const { item, with: other, ...measures } = pairAt(table, row, place)
      return { pair: `${table.items[item]}+${table.items[other]}`, ...measures }
    }),
  )
}

/** A plain count with sets and nested loops. */
function plainly(lists: Lists) {
  const sets = lists.map(list => new Set(list))
  const items = [...new Set(lists.flat())].sort()
  const holding = (...wanted: string[]) => sets.filter(set => wanted.every(item => set.has(item)))
  return items.flatMap((a, i) =>
    items.slice(i + 1).flatMap(b => {
      const shared = holding(a, b)
      const [count, withA, withB, all] = [shared.length, holding(a).length, holding(b).length, sets.length]
      if (count === 0) return []
      const weight = shared.reduce((sum, set) => sum + 1 / (set.size - 1), 0)
      return {
        pair: `${a}+${b}`,
        count,
        support: count / all,
        confidence: count / withA,
        confidenceBack: count / withB,
        lift: (count * all) / (withA * withB),
        score: ((weight / Math.sqrt(withA * withB)) * count) / (count + 10),
      }
    }),
  )
}

describe('pairs bought together', () => {
  it('counts bread and butter', () => {
    expect(pairsOf([['bread', 'butter'], ['bread', 'butter', 'jam'], ['bread'], ['milk']])[0]).to.deep.equal({
      pair: 'bread+butter',
      count: 2,
      support: 0.5,
      confidence: 2 / 3,
      confidenceBack: 1,
      lift: 4 / 3,
      score: ((1.5 / Math.sqrt(6)) * 2) / 12,
    })
  })

  it('equals a plain count on any baskets, each pair once, in order', () => {
    const item = fc.constantFrom(...'abcdefghij')
    fc.assert(
      fc.property(fc.array(fc.array(item, { maxLength: 12 }), { maxLength: 25 }), lists => {
        const known = lists.filter(list => list.length > 0)
        expect(pairsOf(known)).to.deep.equal(plainly(known))
      }),
    )
  })

  it('leaves out pairs below the floor', () => {
    expect(
      pairsOf(
        [
          ['a', 'b', 'c'],
          ['a', 'b'],
        ],
        2,
      ).map(({ pair }) => pair),
    ).to.deep.equal(['a+b'])
  })
})

describe('often bought together', () => {
  const lookup = boughtWith(
    baskets([
      ['a', 'b'],
      ['a', 'b', 'bag'],
      ['a', 'c', 'bag'],
      ['b', 'c'],
    ]),
  )
  const table = ['a', 'b', 'bag', 'c']
  const names = (found: Pair[]) => found.map(pair => table[pair.with])

  it('ranks by score from either side of the pair', () => {
    expect(names(lookup('a', { top: 2, minCount: 1 }))).to.deep.equal(['b', 'bag'])
    expect(names(lookup('c', { top: 1, minCount: 1 }))).to.deep.equal(['b'])
  })

  it('leaves out what is no product or not wanted here', () => {
    const weight = (item: string) => (item === 'bag' ? 0 : item === 'c' ? 10 : 1)
    expect(names(lookup('a', { top: 5, minCount: 1, weight }))).to.deep.equal(['c', 'b'])
  })

  it('knows nothing of an unknown item, nor shows thin evidence', () => {
    expect(lookup('zebra', { top: 5, minCount: 1 })).to.deep.equal([])
    expect(names(lookup('a', { top: 5, minCount: 2 }))).to.have.members(['b', 'bag'])
  })
})
