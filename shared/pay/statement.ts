import { type MonthLines, type PayLine, type Segment, shareOf } from './facts.ts'
import { add, compare, type Fraction, fraction, least, one, rounded, subtract, times, zero } from './fraction.ts'
import type { Bonus, Commission, Plan } from './plan.ts'

/** A line's exact contribution to the amount a part is reckoned on, in cents as a fraction `n/d`. */
export type Contribution = { readonly line: string; readonly amount: Fraction }

export type PartKind = 'base' | 'commission' | 'bonus' | 'teamShare' | 'cap' | 'guaranteed'

/**
 * One amount of a statement: what rule gave it, the amount it was reckoned on (`on`, cents, exact), the tiers or steps used
 * and the lines behind it. `cents` is rounded half away from zero, once; a statement's total is the plain sum of its parts.
 */
export type Part = {
  readonly kind: PartKind
  readonly plan: string
  /** The rule's id in the plan; `base`, `teamShare`, `cap`, `guaranteed` for the plan's own. */
  readonly rule: string
  /** The month whose work it pays, `YYYY-MM`. */
  readonly month: string
  readonly from: string
  readonly to: string
  readonly cents: number
  readonly on: Fraction
  readonly steps: readonly Step[]
  readonly lines: readonly Contribution[]
  /** Lines left out of a margin because their cost is unknown. */
  readonly withoutCost: readonly string[]
}

/** A tier (or bonus step) that gave something: so much of the amount, at this rate. */
export type Step = { readonly from: Fraction; readonly amount: Fraction; readonly rate: Fraction }

export type Statement = {
  readonly person: string
  readonly month: string
  readonly cents: number
  readonly parts: readonly Part[]
}

/** Amounts of lines are millionths; pay is reckoned in cents. */
const microsPerCent = 10_000n

/**
 * What one segment of a person's month earns from `lines`, without team share and limits (see `payMonth`). The same
 * function serves a whole month and the month to date.
 */
export function ownParts(segment: Segment, month: string, lines: MonthLines, target: number | undefined): Part[] {
  const { plan } = segment
  const count = counter(segment, lines)
  return [
    part(segment, month, 'base', 'base', times(plan.base, segment.part)),
    ...plan.commissions.map(rule => commissionPart(segment, month, rule, count(rule))),
    ...plan.bonuses.flatMap(rule => bonusPart(segment, month, rule, count(rule), target)),
  ]
}

type Counted = { on: Fraction; lines: Contribution[]; withoutCost: string[] }

function counter({ plan, assignment, from, to }: Segment, lines: MonthLines) {
  const counts = (line: PayLine) =>
    line.day >= from && line.day <= to && (plan.returns === 'clawBack' || line.revenue >= 0)
  const own = (lines.ofPerson.get(assignment.person) ?? []).filter(counts)
  const team = [...new Set(assignment.manages)].flatMap(store => lines.ofStore.get(store) ?? []).filter(counts)
  return (rule: Commission | Bonus): Counted => {
    const lines: Contribution[] = []
    const withoutCost: string[] = []
    // Summed as whole numbers, apart by the shares' denominators: of these there are few, of lines many.
    const sums = new Map<bigint, bigint>()
    for (const line of rule.scope === 'own' ? own : team) {
      if (!concerns(rule, line)) continue
      if (rule.measure === 'margin' && line.cost === null) {
        withoutCost.push(line.id)
        continue
      }
      const value = rule.measure === 'revenue' ? BigInt(line.revenue) : BigInt(line.revenue) - BigInt(line.cost ?? 0)
      const share = rule.scope === 'own' ? shareOf(line, assignment.person) : one
      lines.push({ line: line.id, amount: fraction(value * share.n, share.d * microsPerCent) })
      sums.set(share.d, (sums.get(share.d) ?? 0n) + value * share.n)
    }
    const on = [...sums].reduce((sum, [d, n]) => add(sum, fraction(n, d * microsPerCent)), zero)
    return { on, lines, withoutCost }
  }
}

const concerns = (rule: Commission | Bonus, { category }: PayLine): boolean =>
  (rule.categories?.includes(category) ?? true) && !(rule.exceptCategories?.includes(category) ?? false)

function commissionPart(segment: Segment, month: string, rule: Commission, counted: Counted): Part {
  const steps = tierSteps(rule, counted.on, segment.part)
  const earned = steps.reduce((sum, step) => add(sum, times(step.amount, step.rate)), zero)
  const amount = rule.cap ? least(earned, times(rule.cap, segment.part)) : earned
  return part(segment, month, 'commission', rule.id, amount, { ...counted, steps })
}

/** Which tiers an amount falls into. A negative amount (more returned than sold) is taken back at the first tier's rate. */
function tierSteps({ how, tiers }: Commission, on: Fraction, part: Fraction): Step[] {
  const scaled = tiers.map(({ from, rate }) => ({ from: times(from, part), rate }))
  const [first] = scaled
  if (!first || on.n === 0n) return []
  if (on.n < 0n) return [{ from: zero, amount: on, rate: first.rate }]
  if (how === 'total') {
    const reached = scaled.findLast(({ from }) => compare(on, from) >= 0) ?? first
    return [{ ...reached, amount: on }]
  }
  return scaled.flatMap(({ from, rate }, i) => {
    if (compare(on, from) <= 0) return []
    const next = scaled[i + 1]?.from
    return [{ from, amount: subtract(next ? least(on, next) : on, from), rate }]
  })
}

function bonusPart(segment: Segment, month: string, rule: Bonus, counted: Counted, target: number | undefined): Part[] {
  if (target === undefined || target <= 0) return []
  const goal = times(fraction(target, microsPerCent), segment.part)
  const reached = rule.steps.findLast(({ attainment }) => compare(counted.on, times(goal, attainment)) >= 0)
  const amount = reached ? times(reached.amount, segment.part) : zero
  const steps = reached ? [{ from: times(goal, reached.attainment), amount, rate: fraction(1) }] : []
  return [part(segment, month, 'bonus', rule.id, amount, { ...counted, steps })]
}

type Details = Partial<Pick<Part, 'on' | 'steps' | 'lines' | 'withoutCost'>>

/** A part of an exact amount in cents: the one place where pay is rounded. */
export function part(
  segment: Segment,
  month: string,
  kind: PartKind,
  rule: string,
  amount: Fraction,
  details: Details = {},
): Part {
  const { plan, from, to } = segment
  const cents = Number(rounded(amount))
  return {
    kind,
    plan: plan.id,
    rule,
    month,
    from,
    to,
    cents,
    on: zero,
    steps: [],
    lines: [],
    withoutCost: [],
    ...details,
  }
}

/** What a plan's limits add or take, given the segment's other parts. The limits themselves are rounded like any part. */
export function limitParts(segment: Segment, month: string, parts: readonly Part[]): Part[] {
  const { variableCap, guaranteed }: Plan = segment.plan
  const base = sumOf(parts.filter(({ kind }) => kind === 'base'))
  const variable = sumOf(parts) - base
  const most = variableCap ? Number(rounded(times(variableCap, segment.part))) : variable
  const over = Math.max(0, variable - most)
  const least = guaranteed ? Number(rounded(times(guaranteed, segment.part))) : base + variable - over
  const under = Math.max(0, least - (base + variable - over))
  const limit = (kind: 'cap' | 'guaranteed', cents: number) => part(segment, month, kind, kind, fraction(cents))
  return [...(over > 0 ? [limit('cap', -over)] : []), ...(under > 0 ? [limit('guaranteed', under)] : [])]
}

export const sumOf = (parts: readonly { readonly cents: number }[]): number =>
  parts.reduce((sum, { cents }) => sum + cents, 0)

/** Cents as decimal text with two digits. */
export const formatCents = (cents: number): string => {
  const size = Math.abs(cents)
  return `${cents < 0 ? '-' : ''}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`
}
