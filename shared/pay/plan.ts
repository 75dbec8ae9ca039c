import { z } from 'zod'
import { compare, type Fraction, fraction, parseFraction, times, zero } from './fraction.ts'

const day = z.iso.date()

/** An amount in the chain's currency as decimal text with up to two digits, parsed to cents. */
const money = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,2})?$/, 'must be an amount such as 1500.00')
  .transform(text => times(parsed(text), fraction(100)))

/** A rate in per cent as decimal text with up to six digits (`2.5` is two and a half per cent), parsed to a share of one. */
const percent = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,6})?$/, 'must be per cent such as 2.5')
  .transform(text => times(parsed(text), fraction(1, 100)))

const parsed = (text: string): Fraction => parseFraction(text) ?? zero

const id = z.string().min(1).max(60)

/** What is counted: the person's own credited lines, or all lines of the stores they manage. */
const counted = {
  measure: z.enum(['revenue', 'margin']),
  scope: z.enum(['own', 'team']).default('own'),
  /** Only lines of these categories. */
  categories: z.array(z.string()).min(1).optional(),
  /** All lines but those of these categories. */
  exceptCategories: z.array(z.string()).min(1).optional(),
}

const rising = (values: readonly Fraction[]): boolean =>
  values.every((value, i) => i === 0 || compare(values[i - 1] ?? zero, value) < 0)

const commission = z.strictObject({
  id,
  ...counted,
  /** `marginal`: each tier's rate on the part inside it. `total`: the rate of the tier reached, on everything. */
  how: z.enum(['marginal', 'total']),
  tiers: z
    .array(z.strictObject({ from: money, rate: percent }))
    .min(1)
    .refine(tiers => tiers[0]?.from.n === 0n, 'the first tier must begin at 0')
    .refine(tiers => rising(tiers.map(({ from }) => from)), 'tiers must rise'),
  cap: money.optional(),
})

const bonus = z.strictObject({
  id,
  ...counted,
  /** The highest step reached counts. `attainment` is per cent of the target of the month; a month without target has no bonus. */
  steps: z
    .array(z.strictObject({ attainment: percent, amount: money }))
    .min(1)
    .refine(steps => rising(steps.map(({ attainment }) => attainment)), 'steps must rise'),
})

/**
 * A remuneration plan. All amounts are for a whole month; a plan that holds for part of one counts base, tiers, targets,
 * bonuses and caps by its days.
 */
export const planSchema = z
  .strictObject({
    id,
    name: z.string().min(1),
    validFrom: day,
    /** The last day it holds; open without. */
    validTo: day.optional(),
    base: money,
    commissions: z.array(commission).default([]),
    bonuses: z.array(bonus).default([]),
    /** A manager's share of the commissions of the sellers in their stores. */
    teamShare: percent.optional(),
    /** The most that commissions, bonuses and team share may come to. */
    variableCap: money.optional(),
    /** The least that the month pays in all. */
    guaranteed: money.optional(),
    /** Returned lines take back what they earned, or leave it. */
    returns: z.enum(['clawBack', 'keep']).default('clawBack'),
  })
  .refine(plan => plan.validTo === undefined || plan.validFrom <= plan.validTo, 'validTo is before validFrom')
  .refine(plan => {
    const ids = [...plan.commissions, ...plan.bonuses].map(rule => rule.id)
    return new Set(ids).size === ids.length
  }, 'two rules have the same id')

export type Plan = z.output<typeof planSchema>
/** The plan as people write and store it: amounts and rates as text. */
export type PlanText = z.input<typeof planSchema>
export type Commission = Plan['commissions'][number]
export type Bonus = Plan['bonuses'][number]
