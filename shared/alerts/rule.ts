import { z } from 'zod'

export const metrics = ['revenue', 'margin', 'units', 'sales', 'averageTicket'] as const
export const channels = ['page', 'email', 'webhook'] as const

/** The owner of the ready-made rules: everybody within whose scope the cause lies is told. */
export const chainOwner = 'chain'

const percent = z.number().positive().max(100)
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00')

/** What must be the case. Percentages are positive: "20 % below" is 20. */
const condition = z.discriminatedUnion('kind', [
  /** Below the average of the days before, up to the same time of day. */
  z.strictObject({ kind: z.literal('belowAverage'), percent }),
  /** Below the same weekdays before, up to the same time of day. */
  z.strictObject({ kind: z.literal('weekdayFall'), percent }),
  /** Behind the part of the month's target that should be reached by now. */
  z.strictObject({ kind: z.literal('belowPace'), percent }),
  /** Margin in per cent of revenue below `percent`: 0 is "sold below cost". */
  z.strictObject({ kind: z.literal('marginBelow'), percent: z.number().min(-100).max(100).default(0) }),
  /** Below the forecast's interval. */
  z.strictObject({ kind: z.literal('forecastBroken'), interval: z.union([z.literal(80), z.literal(95)]).default(95) }),
  z.strictObject({ kind: z.literal('noSales'), days: z.int().positive().max(3650) }),
  z.strictObject({ kind: z.literal('dataLate'), minutes: z.int().positive() }),
])

export const ruleSchema = z.strictObject({
  id: z.string().min(1).max(80),
  /** The person whose rule it is, or `chainOwner`: one alert per cause and owner. */
  owner: z.string().min(1),
  name: z.string().min(1).max(200),
  on: z.boolean().default(true),
  metric: z.enum(metrics).default('revenue'),
  scope: z.strictObject({
    kind: z.enum(['chain', 'store', 'seller', 'product', 'category', 'source']),
    /** Only these; all that the owner may see without. */
    ids: z.array(z.string()).min(1).optional(),
    stores: z.array(z.string()).min(1).optional(),
  }),
  condition,
  /** How many alerts when several subjects break the rule: one each, one a store, one in all. */
  group: z.enum(['subject', 'store', 'rule']).default('store'),
  /** How long it must hold before it is told. */
  forMinutes: z.int().min(0).default(0),
  /** How long after it resolved it stays silent. */
  coolDownMinutes: z.int().min(0).default(60),
  channels: z.array(z.enum(channels)).min(1).default(['page']),
  /** Nothing but the page is told between these times of the chain's day; it is told when they end. */
  quietHours: z.strictObject({ from: clock, to: clock }).optional(),
})

export type Rule = z.output<typeof ruleSchema>
export type RuleText = z.input<typeof ruleSchema>
export type Condition = Rule['condition']
export type Metric = (typeof metrics)[number]
export type Channel = (typeof channels)[number]
