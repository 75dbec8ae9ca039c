import { DataAppError } from '#shared/error.ts'
import { add, compare, type Fraction, fraction, one, parseFraction, zero } from './fraction.ts'
import type { Plan } from './plan.ts'

/** A sale line as pay sees it. Amounts are whole millionths of the currency; `revenue` is negative on a return. */
export type PayLine = {
  readonly id: string
  /** `YYYY-MM-DD` in the chain's time zone. */
  readonly day: string
  readonly store: string
  readonly category: string
  readonly revenue: number
  /** null while unknown: such a line counts for revenue, not for margin, and is named in the part. */
  readonly cost: number | null
  /** Who is credited. Shares are text such as `1`, `0.5` or `1/3` and add up to one. */
  readonly credits: readonly { readonly person: string; readonly share: string }[]
}

/** Who is paid by which plan, from when until when (both days inside; open without `to`). */
export type Assignment = {
  readonly person: string
  readonly plan: string
  readonly from: string
  readonly to?: string
  /** Where the person sells: their commissions count for the team share of who manages it. */
  readonly store: string
  /** The stores whose lines are the person's team. */
  readonly manages: readonly string[]
}

/** Everything a month's pay is reckoned from. `targets` are whole millionths by `person|YYYY-MM`. */
export type PayFacts = {
  readonly plans: readonly Plan[]
  readonly assignments: readonly Assignment[]
  readonly lines: readonly PayLine[]
  readonly targets: ReadonlyMap<string, number>
}

export const targetKey = (person: string, month: string): string => `${person}|${month}`

/** The share of `person` in a line, exactly. Throws `PAY_SHARES` when the line's shares don't add up to one. */
export function shareOf(line: PayLine, person: string): Fraction {
  const [only] = line.credits
  if (line.credits.length === 1 && only?.share === '1') return only.person === person ? one : zero
  let sum = zero
  let own = zero
  for (const credit of line.credits) {
    const share = parseFraction(credit.share)
    if (share === undefined || share.n < 0n) throw badShares(line, `${credit.share} is not a share`)
    sum = add(sum, share)
    if (credit.person === person) own = add(own, share)
  }
  if (line.credits.length > 0 && compare(sum, one) !== 0) throw badShares(line, `they add up to ${sum.n}/${sum.d}`)
  return own
}

const badShares = (line: PayLine, why: string) =>
  new DataAppError('PAY_SHARES', `the shares of line ${line.id} must add up to one: ${why}`, {
    hint: 'Correct who is credited for this line.',
  })

/** Days of a month `YYYY-MM`. */
export const daysIn = (month: string): number =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate()

/** A run of days inside one month under one plan, and the share of the month's days it is. */
export type Segment = {
  readonly plan: Plan
  readonly assignment: Assignment
  readonly from: string
  readonly to: string
  readonly part: Fraction
}

/** Each person's plans in a month, in order. Throws `PAY_OVERLAP` where two hold on the same day, `PAY_PLAN_UNKNOWN`. */
export function segmentsOf({ plans, assignments }: PayFacts, month: string): Map<string, Segment[]> {
  const known = new Map(plans.map(plan => [plan.id, plan]))
  const found = new Map<string, Segment[]>()
  for (const assignment of assignments) {
    const plan = known.get(assignment.plan)
    if (!plan)
      throw new DataAppError(
        'PAY_PLAN_UNKNOWN',
        `${assignment.person} is assigned to plan ${assignment.plan}, which there is not`,
      )
    const segment = segmentIn(month, plan, assignment)
    if (segment) found.set(assignment.person, [...(found.get(assignment.person) ?? []), segment])
  }
  for (const segments of found.values()) {
    segments.sort((a, b) => (a.from < b.from ? -1 : 1))
    for (const [i, segment] of segments.entries()) refuseOverlap(segments[i - 1], segment)
  }
  return found
}

function segmentIn(month: string, plan: Plan, assignment: Assignment): Segment | undefined {
  const days = daysIn(month)
  const last = `${month}-${days}`
  const from = inOrder(`${month}-01`, plan.validFrom, assignment.from).at(-1) ?? last
  const to = inOrder(last, plan.validTo ?? last, assignment.to ?? last)[0] ?? last
  if (from > to) return undefined
  return { plan, assignment, from, to, part: fraction(Number(to.slice(8)) - Number(from.slice(8)) + 1, days) }
}

const inOrder = (...days: string[]): string[] => days.sort()

function refuseOverlap(before: Segment | undefined, segment: Segment): void {
  if (before === undefined || before.to < segment.from) return
  const { person } = segment.assignment
  throw new DataAppError(
    'PAY_OVERLAP',
    `${person} has two plans on ${segment.from}: ${before.plan.id} and ${segment.plan.id}`,
    { hint: 'End one the day before the other begins.' },
  )
}

/** The lines of a month up to a day, by who is credited and by store. */
export type MonthLines = {
  readonly ofPerson: ReadonlyMap<string, readonly PayLine[]>
  readonly ofStore: ReadonlyMap<string, readonly PayLine[]>
}

export function linesOf(lines: readonly PayLine[], month: string, until: string): MonthLines {
  const ofPerson = new Map<string, PayLine[]>()
  const ofStore = new Map<string, PayLine[]>()
  const put = (to: Map<string, PayLine[]>, key: string, line: PayLine) => {
    const list = to.get(key)
    if (list) list.push(line)
    else to.set(key, [line])
  }
  for (const line of lines) {
    if (!line.day.startsWith(month) || line.day > until) continue
    put(ofStore, line.store, line)
    for (const person of new Set(line.credits.map(credit => credit.person))) put(ofPerson, person, line)
  }
  return { ofPerson, ofStore }
}
