import { setTimeout as sleep } from 'node:timers/promises'
import { dayIn } from '#shared/day.ts'
import { messageOf } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { isBehind } from '../backlog.ts'
import { audit } from './audit.ts'
import type { Rule } from './rules.ts'

const pace = { firstMs: 5_000, everyMs: 60_000, behindMs: 5_000 }

/** Keeps the findings of the quality rules up to date in the background. Failing is said and tried again; loading goes on. */
export function startAuditor(parts: Parts, rules: readonly Rule[]): { stop: () => Promise<void> } {
  const { config, bus, warehouse, log } = parts
  const stopping = new AbortController()
  const rest = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {})

  async function work(): Promise<void> {
    await rest(pace.firstMs)
    while (!stopping.signal.aborted) {
      if (await isBehind(bus)) {
        await rest(pace.behindMs)
        continue
      }
      try {
        const days = await audit(warehouse, rules, {
          today: dayIn(config.DATAAPP_TIME_ZONE, new Date()),
          signal: stopping.signal,
          onFailed: (rule, reason) => {
            if (!stopping.signal.aborted) log.error({ rule, reason }, 'a quality rule could not be counted')
          },
        })
        if (days > 0) log.debug({ days }, 'quality findings counted')
      } catch (error) {
        if (!stopping.signal.aborted)
          log.error({ reason: messageOf(error) }, 'quality findings could not be counted; trying again')
      }
      await rest(pace.everyMs)
    }
  }

  const working = work()
  return {
    stop: async () => {
      stopping.abort()
      await working
    },
  }
}
