import { expect } from 'chai'
import { gather, paceOfSales } from './gather.ts'

const none = async () => {}

describe('gathering batches', () => {
  it('joins what comes close together and what waits while the work is busy, in order, up to a size', async () => {
    const pieces: number[][] = []
    const begin = async (items: readonly number[]) => {
      pieces.push([...items])
      await new Promise(done => setTimeout(done, 5))
    }
    const hand = gather<number, void>({ most: 4, isAlone: () => false }, { begin, finish: none })
    await Promise.all([[1], [2, 3], [4], [5, 6], [7, 8, 9, 10, 11]].map(items => hand(items, none)))
    expect(pieces).to.deep.equal([
      [1, 2, 3, 4],
      [5, 6],
      [7, 8, 9, 10, 11],
    ])
  })

  it('begins a piece while the one before finishes, and asks for more meanwhile; each half is one after another', async () => {
    const { told, hand, finishFirst } = halves({ alone: false, most: 1 })
    const handed = [1, 2, 3].map(async item => {
      const { done } = await hand([item], none)
      told.push(`next after ${item}`)
      await done
    })
    await turns()
    expect(told).to.deep.equal(['begin 1', 'next after 1', 'begin 2', 'next after 2'])
    finishFirst()
    await Promise.all(handed)
    expect(told.indexOf('finish 1')).to.be.lessThan(told.indexOf('begin 3'))
    expect(told.filter(each => each.startsWith('finish'))).to.deep.equal(['finish 1', 'finish 2', 'finish 3'])
  })

  it('finishes together what was begun while the piece before finished, up to the size of a piece', async () => {
    const { told, hand, finishFirst } = halves({ alone: false, most: 2 })
    const handed: Promise<void>[] = []
    for (const item of [1, 2, 3, 4]) {
      handed.push(hand([item], none).then(({ done }) => done))
      await turns()
    }
    expect(told).to.deep.equal(['begin 1', 'begin 2', 'begin 3'])
    finishFirst()
    await Promise.all(handed)
    expect(told.filter(each => each.startsWith('finish'))).to.deep.equal(['finish 1', 'finish 2,3', 'finish 4'])
  })

  it('finishes a piece that is alone before anything else begins', async () => {
    const { told, hand, finishFirst } = halves({ alone: true, most: 1 })
    const handed = [1, 2].map(async item => (await hand([item], none)).done)
    await turns()
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
    const begin = async () => void began.push(performance.now())
    const rest = (items: readonly number[]) => (items.includes(1) ? 50 : 0)
    const hand = gather<number, void>({ most: 1, isAlone: () => true, rest }, { begin, finish: none })
    await Promise.all([1, 2, 3].map(async item => (await hand([item], none)).done))
    const [first = 0, second = 0, third = 0] = began
    expect(second - first).to.be.at.least(49)
    expect(third - second).to.be.lessThan(second - first)
  })

  it('tells those whose items failed in either half, and goes on', async () => {
    const begin = async (items: readonly number[]) => {
      if (items.includes(1)) throw new Error('one')
      return items
    }
    const finish = async (begun: readonly (readonly number[])[]) => {
      if (begun.flat().includes(2)) throw new Error('two')
    }
    const hand = gather({ most: 1, isAlone: () => false }, { begin, finish })
    const ended = async (item: number) => (await hand([item], none)).done
    const results = await Promise.allSettled([1, 2, 3].map(ended))
    expect(results.map(result => result.status)).to.deep.equal(['rejected', 'rejected', 'fulfilled'])
  })
})

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(done => setImmediate(done))
}

/** Pieces that say when each half runs; the second half of the first waits to be told. */
function halves({ alone, most }: { alone: boolean; most: number }) {
  const told: string[] = []
  let finishFirst = () => {}
  const first = new Promise<void>(done => {
    finishFirst = done
  })
  const begin = async (items: readonly number[]) => {
    told.push(`begin ${items}`)
    return items
  }
  const finish = async (begun: readonly (readonly number[])[]) => {
    if (begun.flat().includes(1)) await first
    told.push(`finish ${begun.flat()}`)
  }
  const hand = gather({ most, isAlone: () => alone }, { begin, finish })
  return { told, hand, finishFirst }
}
