import { type Day, firstDayOf, type Month, monthOf } from '#shared/day.ts'
import type { KeptLines } from '../kept-lines.ts'

export const reasons = ['notBegun', 'beforeFirstSale', 'linesRemoved'] as const

/** Why a month that isn't closed has no amount, and since when there is one. */
export type Missing = { readonly why: (typeof reasons)[number]; readonly since: Day }

/** Nobody is paid for a month to come, nor for one before anything was sold; and what pay is reckoned from may be kept no longer. */
export function missingOf(month: Month, today: Day, { sold, from }: KeptLines): Missing | undefined {
  if (month > monthOf(today)) return { why: 'notBegun', since: firstDayOf(month) }
  if (sold !== undefined && month < monthOf(sold)) return { why: 'beforeFirstSale', since: sold }
  if (hasLost(month, from)) return { why: 'linesRemoved', since: from }
  return undefined
}

/** True when lines of that month may have been removed. */
export function hasLost(month: Month, from: Day | undefined): from is Day {
  return from !== undefined && firstDayOf(month) < from
}
