import { type PayFacts, type PayLine, segmentsOf } from './facts.ts'
import { payMonth, statementOf } from './month.ts'
import type { Part, Statement } from './statement.ts'

/** What is still to be sold in the month by the person (or their team), in whole millionths, with an interval. */
export type RevenueForecast = { readonly value: number; readonly lo: number; readonly hi: number }

export type Projection = {
  /** Earned so far. */
  readonly toDate: Statement
  /** Pay of the whole month in cents, at the forecast and as the least and most anywhere inside its interval. */
  readonly cents: number
  readonly lo: number
  readonly hi: number
  readonly parts: readonly Part[]
}

export type WhatIf = { readonly cents: number; readonly more: number; readonly parts: readonly Part[] }

/**
 * Projects a person's month from its days up to `until` and a forecast of the rest. The rest is taken to be sold in the
 * categories and at the margin of the person's lines in `facts` (this month's and those before): so pass lines far enough back.
 * Only the facts of the person and their team need be there. Tiers and steps make pay jump, so the interval looks at the forecast's interval throughout, not only at its ends.
 */
export function project(
  facts: PayFacts,
  person: string,
  month: string,
  until: string,
  rest: RevenueForecast,
): Projection | undefined {
  const toDate = statementOf(payMonth(facts, month, until), person)
  if (!toDate) return undefined
  const at = (revenue: number): Statement => statementWith(facts, person, month, until, revenue) ?? toDate
  const looks = Array.from({ length: 21 }, (_, i) => rest.lo + Math.round(((rest.hi - rest.lo) * i) / 20))
  const point = at(rest.value)
  const all = [point, ...looks.map(at)].map(({ cents }) => cents)
  return { toDate, cents: point.cents, lo: Math.min(...all), hi: Math.max(...all), parts: point.parts }
}

/** "What if I sell X more": the month to date with `extra` (whole millionths) sold on top, and what that adds in cents. */
export function whatIf(
  facts: PayFacts,
  person: string,
  month: string,
  until: string,
  extra: number,
): WhatIf | undefined {
  const now = statementOf(payMonth(facts, month, until), person)
  const then = statementWith(facts, person, month, until, extra)
  return now && then ? { cents: then.cents, more: then.cents - now.cents, parts: then.parts } : undefined
}

/** A person's whole month when `revenue` (whole millionths) is still sold after `until`, as `project` imagines it. Undefined when no plan holds for them. */
export function statementWith(
  facts: PayFacts,
  person: string,
  month: string,
  until: string,
  revenue: number,
): Statement | undefined {
  const known = facts.lines.filter(({ day }) => day <= until)
  const lines = [...known, ...imagined(facts, person, month, known, revenue)]
  return statementOf(payMonth({ ...facts, lines }, month), person)
}

/**
 * Lines that add up to `revenue`, divided over the categories as the known ones are, a manager's also over who sold them: what a team will sell raises the
 * commissions that a manager has a share of. Their ids begin with `?`.
 */
function imagined(
  facts: PayFacts,
  person: string,
  month: string,
  known: readonly PayLine[],
  revenue: number,
): PayLine[] {
  const segment = segmentsOf(facts, month).get(person)?.at(-1)
  if (!segment) return []
  const { manages } = segment.assignment
  const own = known.filter(({ credits }) => credits.some(credit => credit.person === person))
  const like = own.length > 0 ? own : known.filter(({ store }) => manages.includes(store))
  const alone: Seller = {
    store: manages[0] ?? segment.assignment.store,
    credits: [{ person, share: '1' }],
  }
  const mix = new Map<string, Mixed>()
  for (const { category, revenue: sold, cost, store, credits } of like) {
    const by: Seller = own.length > 0 ? alone : { store, credits }
    const key = JSON.stringify([category, by])
    const sum = mix.get(key) ?? { category, by, revenue: 0, priced: 0, cost: 0 }
    mix.set(key, {
      ...sum,
      revenue: sum.revenue + sold,
      priced: sum.priced + (cost === null ? 0 : sold),
      cost: sum.cost + (cost ?? 0),
    })
  }
  const sold = [...mix].filter(([, sum]) => sum.revenue > 0)
  const all = sold.reduce((total, [, sum]) => total + sum.revenue, 0)
  const line = (category: string, amount: number, cost: number | null, id = category, by = alone): PayLine => ({
    id: `?${id}`,
    day: segment.to,
    category,
    revenue: amount,
    cost,
    ...by,
  })
  if (all <= 0) return [line('', revenue, null)]
  let left = revenue
  return sold.map(([key, sum], i) => {
    // The last category takes what rounding left, so that the lines add up.
    const amount = i === sold.length - 1 ? left : Math.round((revenue * sum.revenue) / all)
    left -= amount
    const cost = sum.priced > 0 ? Math.round((amount * sum.cost) / sum.priced) : null
    return line(sum.category, amount, cost, key, sum.by)
  })
}

type Seller = Pick<PayLine, 'store' | 'credits'>
type Mixed = { category: string; by: Seller; revenue: number; priced: number; cost: number }
