import type { Metric, Rule } from './rule.ts'

/** What a rule can be about. `store` is where it belongs; '' for what belongs to no single store. */
export type Subject = { readonly kind: Rule['scope']['kind']; readonly id: string; readonly store: string }

/** One metric now and what it is held against; all of the same length of time (a day up to this minute, say). */
export type Reading = {
  readonly value: number
  readonly average?: number
  readonly sameWeekdays?: number
  readonly forecast?: { readonly value: number; readonly lo80: number; readonly lo95: number }
  /** The month so far, its target, and the part of the target that should be reached by now (0 to 1). */
  readonly pace?: { readonly soFar: number; readonly target: number; readonly due: number }
}

/** What is known of one subject. What is missing is unknown: it neither breaks a rule nor puts one right. */
export type SubjectFacts = {
  readonly subject: Subject
  readonly readings: Partial<Record<Metric, Reading>>
  /** Revenue and cost of the period, for `marginBelow`. */
  readonly margin?: { readonly revenue: number; readonly cost: number }
  /** Milliseconds since 1970. */
  readonly lastSaleAt?: number
  readonly lastDataAt?: number
}

/** What a round of evaluation looks at: all subjects, or only those that data just changed. */
export type Facts = {
  /** The chain's day the readings are of, `YYYY-MM-DD`, and its time zone. */
  readonly day: string
  readonly zone: string
  readonly subjects: readonly SubjectFacts[]
}

export const subjectKey = ({ kind, id, store }: Subject): string => `${kind}:${id}@${store}`
