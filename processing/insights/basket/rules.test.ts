import { expect } from 'chai'
import fc from 'fast-check'
import { basketsFrom } from './baskets.ts'
import { leastCount } from './itemsets.ts'
import { byConfidence, rules } from './rules.ts'

type Lists = readonly (readonly string[])[]

const rulesOf = (lists: Lists, support: number, confidence: number) => {
  const table = basketsFrom(lists.map((items, number) => [`b${number}`, items]))
  const name = (item: number) => table.items[item] ?? ''
  return [...rules(table, support, confidence)].sort(byConfidence).map(({ antecedent, consequent, ...rest }) => ({
    rule: `${antecedent.map(name).join('|')}>${name(consequent)}`,
    ...rest,
  }))
}

/** Every subset of the items, counted plainly. */
function plainly(lists: Lists, support: number, confidence: number) {
  const sets = lists.map(list => new Set(list))
  const items = [...new Set(lists.flat())].sort()
  const count = (wanted: readonly string[]) => sets.filter(set => wanted.every(item => set.has(item))).length
  const subsets = Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_, i) => (bits >> i) & 1))
  return subsets
    .filter(set => set.length > 1)
    .flatMap(set =>
      set.map(consequent => {
        const left = set.filter(item => item !== consequent)
        const both = count(set)
        return {
          rule: `${left.join('|')}>${consequent}`,
          count: both,
          support: both / sets.length,
          confidence: both / count(left),
          lift: (both * sets.length) / (count(left) * count([consequent])),
        }
      }),
    )
    .filter(rule => rule.count > 0 && rule.support >= support && rule.confidence >= confidence)
}

describe('rules with larger left sides', () => {
  it('finds what follows from two items together', () => {
    const lists = [['gin', 'tonic', 'lime'], ['gin', 'tonic', 'lime'], ['gin', 'beer'], ['tonic', 'beer'], ['beer']]
    expect(rulesOf(lists, 0.4, 0.9)[0]).to.deep.equal({
      rule: 'lime>gin',
      count: 2,
      support: 0.4,
      confidence: 1,
      lift: 5 / 3,
    })
    expect(rulesOf(lists, 0.4, 0.9).map(({ rule }) => rule)).to.include('gin|tonic>lime')
  })

  it('equals counting every subset', () => {
    const item = fc.constantFrom(...'abcdef')
    const floor = fc.constantFrom(0.05, 0.1, 0.2, 0.3, 0.5)
    fc.assert(
      fc.property(
        fc.array(fc.array(item, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 20 }),
        floor,
        floor,
        (lists, s, c) => {
          expect(rulesOf(lists, s, c)).to.have.deep.members(plainly(lists, s, c))
        },
      ),
    )
  })

  it('includes a set whose share is the floor itself', () => {
    expect(leastCount(0.3, 10)).to.equal(3)
    expect(leastCount(0.07, 100)).to.equal(7)
    expect(leastCount(0.0000001, 10)).to.equal(1)
  })
})
