import { topics } from '#shared/agreement.ts'
import type { Rejection } from '#shared/outcome.ts'
import type { Parts } from '#shared/parts.ts'
import { type Rejected, rejectedOf } from '#shared/records/rejected.ts'

/** Sends what can't be used to `sales.rejected`, each with its reason. */
export type DeadLetters = (dead: readonly Rejection[]) => Promise<void>

export function deadLetters({ bus, metrics }: Pick<Parts, 'bus' | 'metrics'>): DeadLetters {
  const notUsed = metrics.counter('dataapp_processing_rejected_total', 'Records that processing could not use')
  return async dead => {
    if (dead.length === 0) return
    notUsed.inc(dead.length)
    await bus.publish(
      topics.rejected,
      dead.map(why => ({ key: why.source, value: Buffer.from(JSON.stringify(turnedAway(why))) })),
    )
  }
}

/** What processing could not use, as a record. */
export const turnedAway = (why: Rejection): Rejected => rejectedOf('processing', why, new Date())
