import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DataAppError } from '#shared/error.ts'
import type { Settings } from './settings.ts'

/** Makes sure that the lease is still this process's, and longer; `LEASE_LOST` when another took it, because this one did not come round to it in time. */
export type Holding = { renew(): Promise<void> }

const seconds = 60
const thisProcess = randomUUID()
const lookAgainMs = 300

/**
 * Does work that one process at a time may do, of all that share the settings: waits until nobody else is at it. `renew` before a step that must not be done by
 * two; in between it is renewed by itself. Rejects with the signal's reason when that is aborted while waiting.
 */
export async function withLease<T>(
  settings: Settings,
  name: string,
  signal: AbortSignal,
  work: (holding: Holding) => Promise<T>,
): Promise<T> {
  const holder = `${thisProcess} ${randomUUID()}`
  while (!(await take(settings, name, holder))) {
    signal.throwIfAborted()
    await sleep(lookAgainMs, undefined, { ref: false })
  }
  const renew = async () => {
    if (!(await take(settings, name, holder)))
      throw new DataAppError('LEASE_LOST', `Another process has taken over "${name}".`, {
        hint: 'This one was too slow; nothing is lost. Do it again if need be.',
      })
  }
  const timer = setInterval(() => void renew().catch(() => {}), (seconds * 1000) / 4).unref()
  try {
    return await work({ renew })
  } finally {
    clearInterval(timer)
    await settings.query('DELETE FROM leases WHERE name = $1 AND holder = $2', [name, holder])
  }
}

async function take(settings: Settings, name: string, holder: string): Promise<boolean> {
  const rows = await settings.query(
    `INSERT INTO leases (name, holder, until) VALUES ($1, $2, now() + make_interval(secs => $3))
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE leases.holder = excluded.holder OR leases.until < now() OR ($4 AND NOT starts_with(leases.holder, $5))
     RETURNING name`,
    // An embedded database belongs to one process: another holder is one that is gone.
    [name, holder, seconds, settings.kind === 'embedded', thisProcess],
  )
  return rows.length > 0
}
