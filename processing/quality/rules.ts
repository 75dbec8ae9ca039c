import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf } from '#shared/error.ts'

const texts = z.enum(['store', 'sale', 'seller', 'customer', 'line', 'product'])
const amounts = z.enum(['quantity', 'unitPrice', 'discount', 'revenue', 'cost'])
const envelope = {
  rule: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'is small letters, digits and hyphens')
    .describe('Its name, in the counts'),
  sources: z.array(z.string()).optional().describe('Only for these sources; else for all'),
}
const turnsAway = z.enum(['reject', 'flag']).describe('reject: the line is kept aside; flag: it is loaded and counted')

/** One rule of a chain's quality file. Amounts are in the chain's currency or units. */
export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...envelope, kind: z.literal('required'), field: texts, severity: turnsAway }),
  z.strictObject({
    ...envelope,
    kind: z.literal('range'),
    field: amounts,
    min: z.number().optional(),
    max: z.number().optional(),
    severity: turnsAway,
  }),
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
    values: z.array(z.string()).min(1).describe('Service codes that are no product, for instance'),
    severity: turnsAway,
  }),
  z
    .strictObject({ ...envelope, kind: z.literal('unique'), field: texts, severity: turnsAway })
    .describe('No two lines of one sale have the same'),
  z
    .strictObject({ ...envelope, kind: z.literal('below-cost'), severity: turnsAway })
    .describe('Sold for less than it cost'),
  z.strictObject({
    ...envelope,
    kind: z.literal('letter-case'),
    field: texts,
    to: z.enum(['upper', 'lower']),
    severity: z.literal('correct'),
  }),
  z.strictObject({
    ...envelope,
    kind: z.literal('replace'),
    field: texts,
    values: z.record(z.string(), z.string()).describe('What comes → what it means'),
    severity: z.literal('correct'),
  }),
])
export const qualitySchema = z.strictObject({ version: z.literal(1), rules: z.array(ruleSchema) })
export type Rule = z.infer<typeof ruleSchema>

/** The chain's rules: `quality.yaml` in the data directory, else the ones that come with DataApp. A file that can't be used is `QUALITY_WRONG` with the place. */
export function readRules(config: Config): Rule[] {
  const own = join(config.DATAAPP_HOME, 'quality.yaml')
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
    throw wrong(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
  }
  const names = parsed.data.rules.map(rule => rule.rule)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw wrong(`two rules are called "${twice}"`)
  return parsed.data.rules
}
