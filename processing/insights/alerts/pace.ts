import type { Reading } from '#shared/alerts/facts.ts'
import { type Day, daysBetween, lastDayOf, monthOf } from '#shared/day.ts'
import { earliestPart } from './usual.ts'

/**
 * The month so far beside its target, by a part (0 to 1) of a day. Every day of the month counts the same. Undefined without a target, and in the first hours of a
 * month: all who have not sold yet would be wholly behind.
 */
export function paceOf(day: Day, part: number, soFar: number, target: number | undefined): Reading['pace'] {
  const month = monthOf(day)
  const days = daysBetween(`${month}-01`, day) + part
  if (target === undefined || target <= 0 || days < earliestPart) return undefined
  return { soFar, target, due: days / Number(lastDayOf(month).slice(8)) }
}
