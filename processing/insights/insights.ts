import { availableParallelism } from 'node:os'
import { consumerGroups, topics } from '#shared/agreement.ts'
import type { Consumer, Received } from '#shared/bus/bus.ts'
import { dayIn } from '#shared/day.ts'
import type { Parts } from '#shared/parts.ts'
import { pause } from '#shared/pause.ts'
import { readChanged } from '#shared/records/changed.ts'
import { isBehind } from '../backlog.ts'
import { refreshCrossSell } from './cross-sell/cross-sell.ts'
import { refreshProjections } from './projections/projections.ts'

/** How long data must rest before insights are made anew, how long they wait at most while it doesn't, and how long after a failure. */
const pace = { firstMs: 3_000, quietMs: 15_000, mostMs: 120_000, lookMs: 500, afterFailureMs: 60_000 }

/** Keeps what looks forward up to date in the background: after data changed and has rested, and when a new day begins. */
export function startInsights(parts: Parts): Consumer {
  const { bus, log, config } = parts
  const stopping = new AbortController()
  const today = () => dayIn(config.DATAAPP_TIME_ZONE, new Date())
  // Every start looks at everything once: what the position on the bus has passed may not have been worked in. Looking costs little where nothing changed.
  let dirty: { since: number; last: number } | undefined = { since: 0, last: 0 }
  let doneFor = ''

  async function onChanged(batch: readonly Received[]): Promise<undefined> {
    const relevant = batch.some(message => concernsThePast(message.value, today()))
    if (!relevant) return
    const now = Date.now()
    dirty = { since: dirty?.since ?? now, last: now }
  }

  async function work(): Promise<void> {
    await rest(pace.firstMs)
    while (!stopping.signal.aborted) {
      const now = Date.now()
      const due = dirty !== undefined && (now - dirty.last >= pace.quietMs || now - dirty.since >= pace.mostMs)
      // Loading a backlog needs every core: what is computed from half of it would be computed again.
      if ((due || doneFor !== today()) && !(await isBehind(bus))) {
        dirty = undefined
        const day = today()
        try {
          await refreshAll(parts, day, stopping.signal)
          doneFor = day
        } catch (error) {
          if (stopping.signal.aborted) return
          log.error({ err: error }, 'insights could not be brought up to date; trying again')
          dirty = { since: 0, last: 0 }
          await rest(pace.afterFailureMs)
        }
      }
      await rest(pace.lookMs)
    }
  }

  const rest = (ms: number) => pause(ms, stopping.signal)
  const consumer = bus.consume({
    topic: topics.changed,
    group: consumerGroups.insights,
    from: 'earliest',
    maxMessages: 1_000,
    maxBytes: 4_000_000,
    handle: onChanged,
  })
  const working = work()
  return {
    stopped: consumer.stopped,
    stop: async () => {
      stopping.abort()
      await consumer.stop()
      await working
    },
  }
}

/** Today's sales change no forecast until the day is over; anything earlier does, and so do names, categories and costs. */
function concernsThePast(value: Buffer, today: string): boolean {
  const changed = readChanged(value)
  return changed === undefined || changed.kind === 'dimensions' || changed.from < today
}

/** Everything that is computed ahead, one thing after another; what did not change is left alone. */
async function refreshAll(
  { warehouse, config, metrics, log }: Parts,
  today: string,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now()
  // One core stays free for loading and the dashboard.
  const threads = Math.max(1, Math.min(4, availableParallelism() - 1))
  const projected = await refreshProjections(warehouse, { today, country: config.DATAAPP_COUNTRY, threads, signal })
  signal.throwIfAborted()
  const counted = await refreshCrossSell(warehouse, today, signal)
  const seconds = (performance.now() - began) / 1000
  metrics.gauge('dataapp_insights_refresh_seconds', 'How long the last refresh of all insights took').set(seconds)
  metrics
    .gauge('dataapp_insights_refreshed_timestamp_seconds', 'When insights were last brought up to date')
    .set(Date.now() / 1000)
  log.info({ ...projected, pairs: counted, seconds: Math.round(seconds * 10) / 10 }, 'insights are up to date')
}
