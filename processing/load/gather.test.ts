import { expect } from 'chai'
import { gather, paceOfSales } from './gather.ts'

const none = async () => {}

describe('gathering batches', () => {
  it('joins what comes close together and what waits while the work is busy, in order, up to a size', async () => {
    const pieces: number[][] = []
    const hand = gather<number>({ most: 4, isAlone: () => false }, async items => {
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
    const { told, hand, finishFirst } = halves(false)
    const handed = [1, 2, 3].map(async item => {
      const { done } = await hand([item], none)
      told.push(`next after ${item}`)
      await done
    })
    for (let turn = 0; turn < 10; turn++) await new Promise(done => setImmediate(done))
    expect(told).to.have.members(['begin 1', 'next after 1', 'begin 2'])
    finishFirst()
    await Promise.all(handed)
    expect(told.indexOf('finish 1')).to.be.lessThan(told.indexOf('begin 3'))
    expect(told.filter(each => each.startsWith('finish'))).to.deep.equal(['finish 1', 'finish 2', 'finish 3'])
  })

  it('finishes a piece that is alone before anything else begins', async () => {
    const { told, hand, finishFirst } = halves(true)
    const handed = [1, 2].map(async item => (await hand([item], none)).done)
    for (let turn = 0; turn < 10; turn++) await new Promise(done => setImmediate(done))
    expect(told).to.deep.equal(['begin 1'])
    finishFirst()
    await Promise.all(handed)
    expect(told).to.deep.equal(['begin 1', 'finish 1', 'begin 2', 'finish 2'])
  })

  it('leaves the warehouse longer to those who ask the more is just being sold, and not at all in a backlog', () => {
    const few = Array.from({ length: 100 }, () => 'live')
    const many = Array.from({ length: 1_000 }, () => 'live')
    const { rest } = paceOfSales<string>(sales => sales[0] === 'live')
    const rests = (sales: string[]) => [90, 200, 300, 5_000].map(tookMs => rest?.(sales, tookMs))
    expect(rests(few)).to.deep.equal([0, 0, 200, 2_000])
    expect(rests(many)).to.deep.equal([0, 400, 800, 2_000])
    expect(rests(many.map(() => 'late'))).to.deep.equal([0, 0, 0, 0])
  })

  it('rests after a piece as long as it is told', async () => {
    const began: number[] = []
    const work = async () => {
      began.push(performance.now())
      return none
    }
    const rest = (items: readonly number[]) => (items.includes(1) ? 50 : 0)
    const hand = gather<number>({ most: 1, isAlone: () => true, rest }, work)
    await Promise.all([1, 2, 3].map(async item => (await hand([item], none)).done))
    const [first = 0, second = 0, third = 0] = began
    expect(second - first).to.be.at.least(49)
    expect(third - second).to.be.lessThan(second - first)
  })

  it('tells those whose items failed in either half, and goes on', async () => {
    const hand = gather<number>({ most: 1, isAlone: () => false }, async items => {
      if (items.includes(1)) throw new Error('one')
      return async () => {
        if (items.includes(2)) throw new Error('two')
      }
    })
    const ended = async (item: number) => (await hand([item], none)).done
    const results = await Promise.allSettled([1, 2, 3].map(ended))
    expect(results.map(result => result.status)).to.deep.equal(['rejected', 'rejected', 'fulfilled'])
  })
})

/** Pieces of one item that say when each half runs; the second half of the first waits to be told. */
function halves(alone: boolean) {
  const told: string[] = []
  let finishFirst = () => {}
  const first = new Promise<void>(done => {
    finishFirst = done
  })
  const hand = gather<number>({ most: 1, isAlone: () => alone }, async ([item]) => {
    told.push(`begin ${item}`)
    return async () => {
      if (item === 1) await first
      told.push(`finish ${item}`)
    }
  })
  return { told, hand, finishFirst }
}
