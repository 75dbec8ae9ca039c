import { consumerGroups, topics } from '#shared/agreement.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { deadLetters } from './dead-letters.ts'
import { dimensionsLoader } from './dimensions.ts'
import { openDoor } from './door.ts'
import { startAlerts } from './insights/alerts/alerts.ts'
import { startInsights } from './insights/insights.ts'
import { BesideReplays } from './lake/beside-replays.ts'
import { startLakeKeeper } from './lake/keeper.ts'
import { lasting } from './lasting.ts'
import { startRollUp } from './load/roll-up.ts'
import { startAuditor } from './quality/auditor.ts'
import { readRules } from './quality/rules.ts'
import { rejectedKeeper } from './rejected.ts'
import { salesLoader } from './sales.ts'

const batch = { maxMessages: 20_000, maxBytes: 8_000_000, from: 'earliest' } as const
// A member's partitions are handed in together: one after another, each would wait for a turn of its own in the warehouse.
const salesOnKafka = { maxBytes: 2_000_000, partitionsAtOnce: 16 } as const

/**
 * consume → clean → load → announce → look ahead → warn. Positions on the bus move only after the warehouse has acknowledged everything that a batch touches. Beside it, in the
 * background: the lake and what is kept no longer, findings of the quality rules, sums of months that rest.
 */
export async function processing(parts: Parts): Promise<Running & { url: string }> {
  const { config, bus, log } = parts
  const rules = readRules(config)
  const replays = await BesideReplays.open(parts)
  const bury = deadLetters(parts)

  const loading = [
    {
      ...{ topic: topics.dimensions, group: consumerGroups.dimensions, ...batch },
      handle: dimensionsLoader(parts, replays, bury),
    },
    {
      ...{ topic: topics.sales, group: consumerGroups.sales, ...batch },
      ...(bus.kind === 'kafka' ? salesOnKafka : {}),
      handle: salesLoader(parts, rules, replays, bury),
    },
    {
      ...{ topic: topics.rejected, group: consumerGroups.rejected, ...batch },
      handle: rejectedKeeper(parts),
    },
  ].map(options => lasting(bus, options, log))
  const looking = [startInsights(parts), await startAlerts(parts)]
  const background = [startLakeKeeper(parts), startAuditor(parts, rules), startRollUp(parts)]
  const door = await openDoor(parts, loading)
  log.info({ url: door.url }, 'processing runs')

  return {
    url: door.url,
    failed: Promise.all([...loading, ...looking].map(({ stopped }) => stopped)).then(
      () => new Promise<never>(() => {}),
    ),
    stop: async () => {
      await Promise.all([...looking, ...background].map(each => each.stop()))
      await Promise.all(loading.map(consumer => consumer.stop()))
      await door.close()
    },
  }
}
