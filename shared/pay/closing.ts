import { add, subtract, zero } from './fraction.ts'
import { type Contribution, type Part, type Statement, sumOf } from './statement.ts'

/** What a later look at a closed month changed: paid in `paidIn`, for the work of `part.month`. */
export type Adjustment = {
  readonly plan: string
  readonly rule: string
  readonly month: string
  readonly cents: number
  /** The lines whose contribution changed, and by how much. */
  readonly lines: readonly Contribution[]
}

/** A month that was paid: frozen, never reckoned again. `adjustments` are those of earlier months paid with it. */
export type ClosedMonth = {
  readonly person: string
  readonly month: string
  readonly cents: number
  readonly parts: readonly Part[]
  readonly adjustments: readonly Adjustment[]
}

/** An open month with what earlier, closed ones still owe or are owed. */
export type OpenMonth = Statement & { readonly adjustments: readonly Adjustment[] }

/** Freezes an open month as it was paid. */
export const closeMonth = ({ person, month, cents, parts, adjustments }: OpenMonth): ClosedMonth => ({
  person,
  month,
  cents,
  parts,
  adjustments,
})

/**
 * The open month of `current`'s person with adjustments: for each closed month, its recomputation from today's facts
 * (`recomputed`, same person) less what was paid for it so far, then and in adjustments since. One adjustment a rule, so
 * that what was paid in all always equals what today's facts give. `cents` includes them.
 */
export function withAdjustments(
  current: Statement,
  closed: readonly ClosedMonth[],
  recomputed: readonly Statement[],
): OpenMonth {
  const own = closed.filter(({ person, month }) => person === current.person && month < current.month)
  const adjustments = own
    .map(({ month }) => month)
    .sort()
    .flatMap(month => {
      const now = recomputed.find(one => one.person === current.person && one.month === month)
      return adjustmentsOf(month, own, now?.parts ?? [])
    })
  return { ...current, adjustments, cents: sumOf(current.parts) + sumOf(adjustments) }
}

type Paid = Pick<Adjustment, 'plan' | 'rule' | 'month' | 'cents' | 'lines'>

function adjustmentsOf(month: string, closed: readonly ClosedMonth[], now: readonly Part[]): Adjustment[] {
  const paid: Paid[] = closed.flatMap(one => [...one.parts, ...one.adjustments]).filter(one => one.month === month)
  const keys = new Map([...now, ...paid].map(({ plan, rule }) => [JSON.stringify([plan, rule]), { plan, rule }]))
  return [...keys.values()].flatMap(({ plan, rule }) => {
    const ofRule = <T extends Paid>(list: readonly T[]) => list.filter(one => one.plan === plan && one.rule === rule)
    const cents = sumOf(ofRule(now)) - sumOf(ofRule(paid))
    if (cents === 0) return []
    return [{ plan, rule, month, cents, lines: changes(ofRule(now), ofRule(paid)) }]
  })
}

/** Line by line: what counts now less what counted when it was paid. */
function changes(now: readonly Paid[], paid: readonly Paid[]): Contribution[] {
  const byLine = new Map<string, Contribution['amount']>()
  for (const { line, amount } of now.flatMap(({ lines }) => lines))
    byLine.set(line, add(byLine.get(line) ?? zero, amount))
  for (const { line, amount } of paid.flatMap(({ lines }) => lines))
    byLine.set(line, subtract(byLine.get(line) ?? zero, amount))
  return [...byLine].filter(([, amount]) => amount.n !== 0n).map(([line, amount]) => ({ line, amount }))
}
