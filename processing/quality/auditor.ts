import { dayIn } from '#shared/day.ts'
import { messageOf } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { inRounds } from '#shared/rounds.ts'
import { announce } from '../announce.ts'
import { isBehind } from '../backlog.ts'
import { audit } from './audit.ts'
import type { Rule } from './rules.ts'
import { settleServices } from './services.ts'

const pace = { firstMs: 5_000, everyMs: 60_000 }
const behindMs = 5_000

/** Keeps the findings of the quality rules up to date in the background. A failure is logged and tried again; loading goes on meanwhile. */
export function startAuditor(parts: Parts, rules: readonly Rule[]): { stop: () => Promise<void> } {
  const { config, bus, warehouse, log } = parts
  return inRounds(
    pace,
    async signal => {
      if (await isBehind(bus)) return behindMs
      const days = await audit(warehouse, rules, {
        today: dayIn(config.DATAAPP_TIME_ZONE, new Date()),
        signal,
        onFailed: (rule, reason) => {
          if (!signal.aborted) log.error({ rule, reason }, 'a quality rule could not be counted')
        },
      })
      const products = await settleServices(warehouse, rules)
      if (products.length > 0)
        await announce(bus, { kind: 'dimensions', days: [], stores: [], products, sellers: [], lines: 0 })
      if (days > 0) log.debug({ days }, 'quality findings counted')
      return undefined
    },
    error => log.error({ reason: messageOf(error) }, 'quality findings could not be counted; trying again'),
  )
}
