import { expect } from 'chai'
import { gather } from './gather.ts'

const none = async () => {}

describe('gathering batches', () => {
  it('joins what comes close together and what waits while the work is busy, in order, up to a size', async () => {
    const pieces: number[][] = []
    const hand = gather<number>(4, async items => {
      pieces.push([...items])
      await new Promise(done => setTimeout(done, 5))
      return none
    })
    await Promise.all([[1], [2, 3], [4], [5, 6], [7, 8, 9, 10, 11]].map(items => hand(items, none)))
    expect(pieces).to.deep.equal([
      [1, 2, 3, 4],
      [5, 6],
      [7, 8, 9, 10, 11],
    ])
  })

  it('begins a piece while the one before finishes; each half is one after another', async () => {
    const told: string[] = []
    let finishFirst = () => {}
    const hand = gather<number>(1, async ([item]) => {
      told.push(`begin ${item}`)
      return async () => {
        if (item === 1)
          await new Promise<void>(done => {
            finishFirst = done
          })
        told.push(`finish ${item}`)
      }
    })
    const handed = [1, 2, 3].map(item => hand([item], none).then(() => told.push(`done ${item}`)))
    while (!told.includes('begin 2')) await new Promise(done => setImmediate(done))
    finishFirst()
    await Promise.all(handed)
    expect(told.indexOf('begin 2')).to.be.lessThan(told.indexOf('finish 1'))
    expect(told.indexOf('finish 1')).to.be.lessThan(told.indexOf('begin 3'))
    expect(told.filter(each => !each.startsWith('begin'))).to.deep.equal(
      [1, 2, 3].flatMap(item => [`finish ${item}`, `done ${item}`]),
    )
  })

  it('tells those whose items failed in either half, and goes on', async () => {
    const hand = gather<number>(1, async items => {
      if (items.includes(1)) throw new Error('one')
      return async () => {
        if (items.includes(2)) throw new Error('two')
      }
    })
    const results = await Promise.allSettled([hand([1], none), hand([2], none), hand([3], none)])
    expect(results.map(result => result.status)).to.deep.equal(['rejected', 'rejected', 'fulfilled'])
  })
})
