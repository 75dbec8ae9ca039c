import { expect } from 'chai'
import type { Offsets } from 'kafkajs'
import { jointCommit } from './joint-commit.ts'

describe('positions of a consumer', () => {
  const recorded: unknown[] = []
  const batch = (fails = false) => ({
    commitOffsetsIfNecessary: async (offsets?: Offsets) => {
      recorded.push(offsets)
      if (fails) throw new Error('the group is rebalancing')
    },
  })
  beforeEach(() => recorded.splice(0))

  it('go in one request when they are reached together', async () => {
    const commit = jointCommit('sales')
    const all = Array.from({ length: 3 }, (_, partition) => ({ partition, offset: String(10 + partition) }))
    await Promise.all(all.map(position => commit(batch(), position)))
    await commit(batch(), { partition: 0, offset: '20' })
    expect(recorded).to.deep.equal([
      { topics: [{ topic: 'sales', partitions: all }] },
      { topics: [{ topic: 'sales', partitions: [{ partition: 0, offset: '20' }] }] },
    ])
  })

  it('that could not be recorded fail every batch they stand for, and no later one', async () => {
    const commit = jointCommit('sales')
    const ends = await Promise.allSettled([
      commit(batch(true), { partition: 0, offset: '1' }),
      commit(batch(true), { partition: 1, offset: '1' }),
    ])
    expect(ends.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    await commit(batch(), { partition: 0, offset: '1' })
    expect(recorded).to.have.length(2)
  })
})
