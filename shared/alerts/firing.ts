import { createHash } from 'node:crypto'
import { minuteIn } from '#shared/day.ts'
import type { Subject } from './facts.ts'
import type { Channel, Rule } from './rule.ts'

/** One subject that broke a rule, with the numbers that show it. */
export type Breach = {
  readonly subject: Subject
  readonly badness: number
  readonly value: number
  readonly reference: number
}

/** An alert to be told, once: whoever tells keeps `id` and never tells one it has. */
export type Firing = {
  readonly id: string
  readonly rule: string
  readonly owner: string
  /** What alerts of one owner about the same thing share. */
  readonly cause: string
  /** Milliseconds since 1970; the page is told at once, other channels from `notifyAt` on (the end of quiet hours). */
  readonly at: number
  readonly notifyAt: number
  readonly channels: readonly Channel[]
  readonly metric: Rule['metric']
  readonly condition: Rule['condition']
  /** Worst first. */
  readonly breaches: readonly Breach[]
  /** 1 when first told; more each time a snooze ended and it was still so. */
  readonly reminder: number
  /** Of a reminder: the firing that was snoozed, in whose place it comes. */
  readonly follows?: string
  /** Another open firing of the same owner and cause: shown under it, not told again. */
  readonly joins?: string
}

/**
 * The same for the same rule, group, day and how often it happened that day: evaluating again after a crash, from the
 * state that was last kept, gives the same id.
 */
export function firingId(rule: string, group: string, day: string, episode: number, reminder: number): string {
  const hash = createHash('sha256').update(JSON.stringify([rule, group, day, episode, reminder]))
  return hash.digest('base64url').slice(0, 22)
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** When channels other than the page may be told: now, or when the quiet hours of the chain's day end. */
export function notifyAt({ quietHours }: Rule, now: number, zone: string): number {
  if (!quietHours) return now
  const minute = minuteIn(zone, new Date(now))
  const [from, to] = [minutesOf(quietHours.from), minutesOf(quietHours.to)]
  const sinceFrom = (minute - from + 1440) % 1440
  const length = (to - from + 1440) % 1440
  return sinceFrom < length ? Math.floor(now / 60_000) * 60_000 + (length - sinceFrom) * 60_000 : now
}
