import { expect } from 'chai'
import fc from 'fast-check'
import { hashTexts, Tally } from './tally.ts'

describe('a tally of keys', () => {
  it('counts like a map of texts, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }))), keys => {
        const tally = new Tally(1_000_000)
        const counts = new Map<string, number>()
        for (const key of keys) {
          const text = JSON.stringify(key)
          expect(tally.next(hashTexts({ high: 0, low: 0 }, ...key))).to.equal(counts.get(text) ?? 0)
          counts.set(text, (counts.get(text) ?? 0) + 1)
        }
      }),
    )
  })

  it('grows with what it holds: a hundred thousand keys, none confused', () => {
    const tally = new Tally(1_000_000)
    const hash = { high: 0, low: 0 }
    for (let i = 0; i < 100_000; i++) expect(tally.next(hashTexts(hash, 'store', `sale ${i}`))).to.equal(0)
    for (let i = 0; i < 100_000; i++) expect(tally.next(hashTexts(hash, 'store', `sale ${i}`))).to.equal(1)
  })

  it('forgets no key among the last ones that it promises to know', () => {
    const tally = new Tally(1000)
    const hash = { high: 0, low: 0 }
    for (let i = 0; i < 10_000; i++) {
      tally.next(hashTexts(hash, String(i)))
      if (i >= 999) expect(tally.peek(hashTexts(hash, String(i - 999)))).to.equal(1)
    }
  })
})
