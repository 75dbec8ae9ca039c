import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import { qualityFile } from '#shared/chain-files.ts'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import { nearest } from '#shared/nearest.ts'
import { parseMicros } from '#shared/records/micros.ts'

const texts = z.enum(['store', 'sale', 'seller', 'customer', 'line', 'product'])
const amounts = z.enum(['quantity', 'unitPrice', 'discount', 'revenue', 'cost'])
const described = z.enum(['product', 'store', 'seller', 'customer'])
/** Amounts of a line end here, as whole units. */
const most = 9_007_199_254
const bound = z
  .number()
  .min(-most, `is less than a line can hold (-${most}); without it there is no bound`)
  .max(most, `is more than a line can hold (${most}); without it there is no bound`)
const decimal = z
  .string()
  .regex(/^\d+(\.\d{1,6})?$/, 'is not a decimal number in quotes, such as "5.12"')
  .refine(text => parseMicros(text) !== undefined, `is more than ${most}`)
  .refine(text => parseMicros(text) !== 0, 'is not above zero')
const envelope = {
  rule: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'is small letters, digits and hyphens')
    .describe('Its name, in the counts'),
  sources: z
    .array(z.string())
    .min(1, 'is empty: leave it out for all sources')
    .optional()
    .describe('Only for these sources; else for all'),
}
const turnsAway = z.enum(['reject', 'flag']).describe('reject: the line is kept aside; flag: it is loaded and counted')
const counts = z.literal('flag').describe('It is loaded and counted')
const corrects = z.literal('correct').describe('The new value is loaded; what came is kept beside it')

const isOpen = ({ min, max }: { min?: number | undefined; max?: number | undefined }): boolean =>
  min === undefined || max === undefined || min <= max

const kinds = [
  z.strictObject({ ...envelope, kind: z.literal('required'), field: texts, severity: turnsAway }),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('range'),
      field: amounts,
      min: bound.optional(),
      max: bound.optional(),
      severity: turnsAway,
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'min and max are both missing')
    .refine(isOpen, { path: ['min'], error: 'is more than max' }),
  z.strictObject({
    ...envelope,
    kind: z.literal('allowed'),
    field: texts,
    values: z.array(z.string()).min(1),
    severity: turnsAway,
  }),
  z.strictObject({
    ...envelope,
    kind: z.literal('forbidden'),
    field: texts,
    values: z.array(z.string()).min(1),
    severity: turnsAway,
  }),
  z
    .strictObject({ ...envelope, kind: z.literal('unique'), field: texts, severity: turnsAway })
    .describe('No two lines of one sale have the same'),
  z
    .strictObject({ ...envelope, kind: z.literal('known'), field: described, severity: turnsAway })
    .describe(
      'The product, store, seller or customer is described; nothing is judged while nothing of that kind is described',
    ),
  z
    .strictObject({ ...envelope, kind: z.literal('below-cost'), severity: turnsAway })
    .describe('Sold for less than it cost'),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('service'),
      values: z
        .array(z.string())
        .default([])
        .describe('Codes that are services beside those that their description marks'),
      severity: counts,
    })
    .describe('Postage, fees, manual entries: they count in revenue and are no products in recommendations'),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('return-without-sale'),
      by: z
        .array(z.enum(['store', 'product', 'customer']))
        .min(1)
        .default(['store', 'product', 'customer'])
        .describe('What sale and return have in common; the customer only where the return names one'),
      days: z.int().positive().max(3_660).default(90).describe('How long after the sale'),
      severity: counts,
    })
    .describe('A line of negative quantity without an earlier sale of the same'),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('duplicate'),
      of: z
        .array(z.enum(['store', 'soldAt', 'seller', 'customer', 'product', 'quantity', 'unitPrice', 'revenue']))
        .min(1)
        .describe('Lines of one day that agree in all of these are the same line told twice'),
      severity: counts,
    })
    .describe('Every line but the first of those that agree'),
  z
    .strictObject({ ...envelope, kind: z.literal('letter-case-twins'), field: texts, severity: counts })
    .describe('Codes that differ from a known one, or from another of the same month, only in case'),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('freshness'),
      hours: z
        .number()
        .positive()
        .max(87_600, 'is more than ten years')
        .describe('A source that brought nothing for longer is counted once a day'),
      severity: counts,
    })
    .describe('The source still brings sales'),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('volume'),
      min: z.number().nonnegative().describe('Share of the usual lines, 0.5 for half'),
      max: z.number().positive().optional().describe('Share of the usual lines, 3 for three times as many'),
      weeks: z
        .int()
        .min(2)
        .max(52)
        .default(8)
        .describe('The usual is the median of the same weekday in these weeks before'),
      severity: counts,
    })
    .refine(isOpen, { path: ['min'], error: 'is more than max' })
    .refine(({ min, max }) => max !== undefined || min <= 1, {
      path: ['min'],
      error: 'is more than 1: the usual itself would break it',
    })
    .describe('A finished day has about as many lines as the same weekday before'),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('letter-case'),
      field: texts,
      to: z
        .enum(['upper', 'lower', 'known'])
        .describe('known: as its description writes it, where there is exactly one'),
      severity: corrects,
    })
    .refine(({ to, field }) => to !== 'known' || described.options.some(name => name === field), {
      path: ['to'],
      error: `is known for a field that nothing describes; only ${described.options.join(', ')} are described`,
    }),
  z.strictObject({
    ...envelope,
    kind: z.literal('replace'),
    field: texts,
    values: z
      .record(z.string(), z.string())
      .refine(values => Object.keys(values).length > 0, 'is empty')
      .describe('What comes → what it means'),
    severity: corrects,
  }),
  z
    .strictObject({
      ...envelope,
      kind: z.literal('currency'),
      from: z.string().regex(/^[A-Z]{3}$/, 'is not a three-letter currency code such as USD'),
      rates: z
        .array(z.strictObject({ since: z.iso.date(), rate: decimal.describe("In the chain's currency, in quotes") }))
        .min(1)
        .superRefine((rates, context) => {
          const days = rates.map(({ since }) => since)
          const twice = days.find((day, index) => days.indexOf(day) !== index)
          if (twice !== undefined) context.addIssue({ code: 'custom', message: `has two rates since ${twice}` })
        })
        .describe('The rate of the day of sale holds; a line before the first rate is rejected'),
      severity: corrects,
    })
    .describe(
      "Money of these sources is in another currency: it becomes the chain's own, rounded half away from zero to six decimals",
    ),
] as const
const kindNames: string[] = kinds.map(({ shape }) => shape.kind.value)
/** One rule of a chain's quality file. Amounts are in the chain's currency or units. */
export const ruleSchema = z.discriminatedUnion('kind', kinds, {
  error: ({ code, input }) => {
    const { data } = z.object({ kind: z.string() }).safeParse(input)
    if (code !== 'invalid_union' || data === undefined) return undefined
    const near = nearest(data.kind, kindNames)
    return `"${data.kind}" is no kind of rule${near === undefined ? ` (${kindNames.join(', ')})` : ` (nearest: ${near})`}`
  },
})
export const qualitySchema = z.strictObject({ version: z.literal(1), rules: z.array(ruleSchema) })
export type Rule = z.infer<typeof ruleSchema>
export type RuleOf<Kind extends Rule['kind']> = Extract<Rule, { kind: Kind }>

/** Rules whose findings are recounted from the standing lines, whatever corrections do to them. */
export type Flag = Extract<Rule, { severity: 'reject' | 'flag' }> & { severity: 'flag' }
export const isFlag = (rule: Rule): rule is Flag => rule.severity === 'flag'

/** Goes up when a kind comes to mean something else. */
const meaning = 5

/** Changes when the rules or their meaning do: findings of other rules are counted again. */
export function fingerprintOf(rules: readonly Rule[]): string {
  return createHash('sha256')
    .update(JSON.stringify([meaning, rules]))
    .digest('hex')
    .slice(0, 16)
}

/** The chain's rules: `quality.yaml` in the data directory, else the ones that come with DataApp. A file that can't be used is `QUALITY_WRONG` with the place. */
export function readRules(config: Config): Rule[] {
  const own = qualityFile(config)
  const path = existsSync(own) ? own : fileURLToPath(new URL('./default.yaml', import.meta.url))
  return parseRules(readFileSync(path, 'utf8'), path)
}

export function parseRules(text: string, path: string): Rule[] {
  const wrong = (what: string, cause?: unknown) =>
    new DataAppError('QUALITY_WRONG', `${path}: ${what}.`, { hint: 'What a rule looks like: docs/quality.md', cause })
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    throw wrong(messageOf(error), error)
  }
  const parsed = qualitySchema.safeParse(document)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw wrong(`${placeIn(document, issue?.path ?? [])} ${issue?.message ?? ''}`)
  }
  const names = parsed.data.rules.map(rule => rule.rule)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw wrong(`two rules are called "${twice}"`)
  return parsed.data.rules
}

const namesSchema = z.object({ rules: z.array(z.object({ rule: z.string() }).nullable().catch(null)) })

/** Where in the file something is wrong: by the name of the rule, where it has one. */
function placeIn(document: unknown, path: readonly PropertyKey[]): string {
  const [list, index, ...inside] = path
  const name = typeof index === 'number' ? namesSchema.safeParse(document).data?.rules[index]?.rule : undefined
  return list === 'rules' && name !== undefined
    ? `rule "${name}":${inside.map((key, at) => `${at === 0 ? ' ' : '.'}${String(key)}`).join('')}`
    : path.join('.')
}
