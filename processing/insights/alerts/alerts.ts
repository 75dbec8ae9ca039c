import { consumerGroups, topics } from '#shared/agreement.ts'
import type { Consumer, Received } from '#shared/bus/bus.ts'
import { dayIn } from '#shared/day.ts'
import type { Parts } from '#shared/parts.ts'
import { pause } from '#shared/pause.ts'
import { readChanged } from '#shared/records/changed.ts'
import { adviserOf } from './adviser.ts'
import { openEvaluation } from './evaluation.ts'
import { openMailer } from './mail.ts'
import { deliver, type Way, ways } from './outbox.ts'
import { placeReadyMade } from './rules.ts'

/** Between rounds at least this long, and as long again as a round took: evaluation never takes more than half of a core. */
const pace = { breathMs: 200, clockMs: 30_000, quietMs: 600_000, deliverMs: 500, afterFailureMs: 5_000 }

/**
 * Watches the rules: as data arrives, and by the clock for what only time changes. The position on the bus moves on after a round has been written down, so
 * that a round cut off is held again.
 */
export async function startAlerts(parts: Parts): Promise<Consumer> {
  const { bus, settings, warehouse, config, log, metrics } = parts
  await placeReadyMade(settings, config)
  const stopping = new AbortController()
  const rest = (ms: number) => pause(ms, stopping.signal)
  const evaluation = openEvaluation(
    { warehouse, settings, config, log },
    adviserOf(warehouse, config.DATAAPP_TIME_ZONE),
  )
  const mailer = openMailer(config)
  if (mailer === undefined) log.info('there is no DATAAPP_SMTP_URL: alerts are shown on the page and not mailed')
  const took = metrics.histogram(
    'dataapp_alerts_round_seconds',
    'How long a round of evaluation took',
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  )
  const failures = metrics.counter('dataapp_alerts_failures_total', 'Rounds of evaluation that failed')
  let turn: Promise<unknown> = Promise.resolve()
  let lastRound = 0
  let lookedAt = 0
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const go of waiting) go()
    waiting.clear()
  }

  /** One round after another; one that fails is held again. */
  function round(): Promise<void> {
    const next = turn.then(async () => {
      for (;;) {
        const began = performance.now()
        try {
          const letters = await evaluation.round()
          const seconds = (performance.now() - began) / 1000
          took.observe(seconds)
          lastRound = Date.now()
          if (letters > 0) wake()
          await rest(Math.min(2_000, pace.breathMs + seconds * 1000))
          return
        } catch (error) {
          if (stopping.signal.aborted) return
          // Loading must not stop for it; the position on the bus waits here, and the counter is there to be watched.
          failures.inc()
          log.error({ err: error }, 'alerts could not be evaluated; trying again')
          await rest(pace.afterFailureMs)
        }
      }
    })
    turn = next.catch(() => {})
    return next
  }

  async function onChanged(batch: readonly Received[], heartbeat: () => Promise<void>): Promise<undefined> {
    const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
    for (const message of batch) {
      const changed = readChanged(message.value)
      if (changed === undefined) continue
      const { kind, stores, at, from } = changed
      if (kind === 'sales') evaluation.heard(stores, Date.parse(at))
      if (kind === 'dimensions' || from < today) evaluation.forget()
    }
    await heartbeat()
    await round()
  }

  /** Whether it could be looked for: if not, the clock tries again soon. */
  async function lookForQuiet(): Promise<boolean> {
    try {
      await evaluation.lookForQuiet()
      lookedAt = Date.now()
      return true
    } catch (error) {
      if (stopping.signal.aborted) return false
      failures.inc()
      log.error({ err: error }, 'products that stand still could not be looked for; trying again')
      return false
    }
  }

  async function clock(): Promise<void> {
    while (!stopping.signal.aborted) {
      await rest(pace.clockMs)
      if (stopping.signal.aborted) return
      const looked = Date.now() - lookedAt > pace.quietMs && (await lookForQuiet())
      if (looked || Date.now() - lastRound > pace.clockMs) await round()
    }
  }

  async function carry(way: Way): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>(done => {
        waiting.add(done)
      })
      try {
        while ((await deliver(parts, mailer, [way])) > 0 && !stopping.signal.aborted);
      } catch (error) {
        if (stopping.signal.aborted) return
        log.error({ err: error }, 'alerts wait in the outbox; trying again')
        await rest(pace.afterFailureMs)
      }
      await Promise.race([woken, rest(pace.deliverMs)])
    }
  }

  const consumer = bus.consume({
    topic: topics.changed,
    group: consumerGroups.alerts,
    from: 'earliest',
    maxMessages: 1_000,
    maxBytes: 4_000_000,
    handle: onChanged,
  })
  const running = [clock(), ...ways.map(carry)]
  return {
    stopped: Promise.race([consumer.stopped, ...running]).then(() => {}),
    stop: async () => {
      stopping.abort()
      await consumer.stop()
      await Promise.allSettled(running)
      mailer?.close()
    },
  }
}
