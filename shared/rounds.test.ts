import { expect } from 'chai'
import { inRounds } from './rounds.ts'

describe('work in rounds', () => {
  it('begins a round when the one before has ended, however long that took, and goes on after one that failed', async () => {
    let underWay = 0
    let most = 0
    const failures: unknown[] = []
    const ends: (() => void)[] = []
    const rounds = inRounds(
      { everyMs: 1 },
      async () => {
        most = Math.max(most, ++underWay)
        await new Promise<void>(end => ends.push(end))
        underWay--
        if (ends.length === 2) throw new Error('the second fails')
        return undefined
      },
      error => failures.push(error),
    )
    for (let round = 1; round <= 3; round++) {
      while (ends.length < round) await new Promise(setImmediate)
      ends[round - 1]?.()
    }
    while (underWay > 0) await new Promise(setImmediate)
    const stopped = rounds.stop()
    for (const end of ends) end()
    await stopped
    expect(most).to.equal(1)
    expect(failures.map(String)).to.deep.equal(['Error: the second fails'])
  })

  it('stops when the round in hand has ended, and tells of no failure that the stop itself made', async () => {
    const heard: unknown[] = []
    let hasEnded = false
    let begin = () => {}
    const begun = new Promise<void>(done => {
      begin = done
    })
    const rounds = inRounds(
      { everyMs: 60_000, firstMs: 0 },
      async signal => {
        begin()
        await new Promise(done => signal.addEventListener('abort', done))
        await new Promise(setImmediate)
        hasEnded = true
        throw signal.reason
      },
      error => heard.push(error),
    )
    await begun
    await rounds.stop()
    expect({ hasEnded, heard }).to.deep.equal({ hasEnded: true, heard: [] })
  })
})
