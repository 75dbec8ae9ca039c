import { setTimeout as sleep } from 'node:timers/promises'
import { DataAppError } from './error.ts'

/** What a promise comes to, or `NO_ANSWER` when that takes longer than so many milliseconds; what it waits for goes on. */
export async function within<T>(answer: Promise<T>, ms: number): Promise<T> {
  const stop = new AbortController()
  const late = sleep(ms, undefined, { signal: stop.signal }).then(() => {
    throw new DataAppError('NO_ANSWER', `There was no answer within ${Math.round(ms / 1_000)} s.`, {
      hint: 'Is it running, and does the network let this machine reach it?',
    })
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    late.catch(() => {})
    stop.abort()
  }
}
