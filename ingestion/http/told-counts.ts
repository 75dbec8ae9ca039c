import { messageOf } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { inRounds } from '#shared/rounds.ts'
import { fill, loadSql } from '#shared/sql.ts'
import { hashTexts, Tally } from '../publish/tally.ts'

const countTells = fill(loadSql('../queries/count-arrivals.sql', import.meta.url), {
  counts: 'unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])',
})

/** A sale that the bus holds, as it was told. */
export type ToldText = { store: string; sale: string; raw: string }
/** What became of the sales of a request; `rejected` of them could not be used. */
type Request = { sender: string; accepted: readonly ToldText[]; rejected: number }

export type ToldCounts = { add(request: Request): void; stop(): Promise<void> }

type Day = { accepted: number; rejected: number; duplicates: number }

const everyMs = 1_000
/** Of so many sales it is known how they were told last. */
const mostKnown = 200_000

/**
 * Counts what tills tell, per sender and day of the chain. A sale that is told again exactly as it was told last is a duplicate; told otherwise it is a correction, which is accepted. The counts are
 * written once a second, so that a till waits neither for the settings nor for their being back.
 */
export function countTold({ settings, config, log }: Pick<Parts, 'settings' | 'config' | 'log'>): ToldCounts {
  const latest = new Tally(mostKnown)
  const saleHash = { high: 0, low: 0 }
  const textHash = { high: 0, low: 0 }
  let waiting = new Map<string, Day>()
  const rounds = inRounds({ everyMs }, write, error =>
    log.debug({ cause: messageOf(error) }, 'what was told is not yet counted'),
  )

  function isToldAgain(sender: string, { store, sale, raw }: ToldText): boolean {
    hashTexts(saleHash, sender, store, sale)
    // Zero stands for a sale that is not known.
    const text = hashTexts(textHash, raw).low || 1
    const again = latest.peek(saleHash) === text
    latest.set(saleHash, text)
    return again
  }

  function put(sender: string, { accepted, rejected, duplicates }: Day): void {
    const day = waiting.get(sender) ?? { accepted: 0, rejected: 0, duplicates: 0 }
    waiting.set(sender, {
      accepted: day.accepted + accepted,
      rejected: day.rejected + rejected,
      duplicates: day.duplicates + duplicates,
    })
  }

  async function write(): Promise<undefined> {
    if (waiting.size === 0) return
    const taken = [...waiting]
    waiting = new Map()
    const column = (of: keyof Day) => taken.map(([, day]) => day[of])
    try {
      await settings.query(countTells, [
        taken.map(([sender]) => sender),
        column('accepted'),
        column('rejected'),
        column('duplicates'),
        config.DATAAPP_TIME_ZONE,
      ])
    } catch (error) {
      for (const [sender, day] of taken) put(sender, day)
      throw error
    }
  }

  return {
    add({ sender, accepted, rejected }) {
      const duplicates = accepted.filter(told => isToldAgain(sender, told)).length
      put(sender, { accepted: accepted.length - duplicates, rejected, duplicates })
    },
    async stop() {
      await rounds.stop()
      await write().catch((error: unknown) =>
        log.warn({ err: error }, 'what was told last before the stop is not counted'),
      )
    },
  }
}
