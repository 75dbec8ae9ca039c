import { messageOf } from '#shared/error.ts'
import { openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import { inRounds } from '#shared/rounds.ts'
import { enforceRetention } from '../retention.ts'
import { archiveAlone } from './archive.ts'
import { finishReplayAlone, isUnfinished } from './replay.ts'

const everyMs = 10 * 60_000

/** Keeps the lake up to date and removes what is past its retention, in the background. A failure is logged and tried again; loading goes on meanwhile. */
export function startLakeKeeper(parts: Parts): { stop: () => Promise<void> } {
  const { config, warehouse, log } = parts
  const lake = openLake(config)
  return inRounds(
    { everyMs },
    async signal => {
      if (await isUnfinished(warehouse)) await finishReplayAlone(parts, signal)
      const done = await archiveAlone(parts, signal)
      await enforceRetention(parts, new Date())
      if (done.cleaned + done.raw > 0) log.info(done, 'the lake is up to date')
      return undefined
    },
    error =>
      log.error({ lake: lake.url, reason: messageOf(error) }, 'the lake could not be brought up to date; trying again'),
  )
}
