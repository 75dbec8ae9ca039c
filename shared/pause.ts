import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for so many milliseconds, or until `signal` is aborted. Never rejects, and keeps no process alive that has nothing else to do. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => {})
}
