import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EachBatchPayload } from 'kafkajs'
import type { Position } from './positions.ts'

type Committing = Pick<EachBatchPayload, 'commitOffsetsIfNecessary'>

/**
 * Records a consumer's positions. Partitions that finish in the same turn go in one request: batches that were handled together end together, and the broker takes about as long for one
 * position as for all of them.
 */
export function jointCommit(topic: string): (batch: Committing, position: Position) => Promise<void> {
  let open: { partitions: Position[]; committed: Promise<void> } | undefined
  return (batch, position) => {
    if (open === undefined) {
      const partitions: Position[] = []
      const committed = nextTurn().then(async () => {
        open = undefined
        await batch.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] })
      })
      open = { partitions, committed }
    }
    open.partitions.push(position)
    return open.committed
  }
}
