import { expect } from 'chai'
import { gather } from './gather.ts'

const none = async () => {}

describe('gathering batches', () => {
  it('joins what waits while the work is busy, in order, up to a size', async () => {
    const pieces: number[][] = []
    const hand = gather<number>(4, async items => {
      pieces.push([...items])
      await new Promise(done => setTimeout(done, 5))
    })
    await Promise.all([[1], [2, 3], [4], [5, 6], [7, 8, 9, 10, 11]].map(items => hand(items, none)))
    expect(pieces).to.deep.equal([[1], [2, 3, 4], [5, 6], [7, 8, 9, 10, 11]])
  })

  it('tells those whose items failed, and goes on', async () => {
    const hand = gather<number>(1, async items => {
      if (items.includes(1)) throw new Error('one')
    })
    const results = await Promise.allSettled([hand([1], none), hand([2], none)])
    expect(results.map(result => result.status)).to.deep.equal(['rejected', 'fulfilled'])
  })
})
