import { z } from 'zod'
import { againsts, grains, isDay, presets } from '#presentation/period.ts'

export const day = z
  .string()
  .refine(isDay, 'is not a day that exists, of the years 1970 to 2148 (YYYY-MM-DD)')
  .meta({ format: 'date', description: "A day in the chain's time zone, YYYY-MM-DD", example: '2020-05-31' })

export const moneyText = z
  .string()
  .regex(/^-?\d+\.\d{2}$/)
  .meta({ description: "Money in the chain's currency, a decimal text with two digits", example: '77548570.20' })

const ids = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform(given => (given === undefined || given === '' ? [] : typeof given === 'string' ? [given] : given))
  .pipe(z.array(z.string().max(200)).max(500))

const filterShape = {
  from: day
    .optional()
    .meta({ description: 'First day of the period. With `to`; without both, the preset or the last 30 days' }),
  to: day.optional().meta({ description: 'Last day of the period, inside it' }),
  preset: z.enum(presets).optional().meta({ description: 'A period by name instead of `from` and `to`' }),
  against: z
    .enum(againsts)
    .default('previous')
    .meta({ description: 'What to compare with: the period before, or a year earlier' }),
  store: ids.meta({ description: 'Only these stores. Outside your scope: 403' }),
  seller: ids.meta({ description: 'Only these sellers. Outside your scope: 403; a seller may name only themselves' }),
  product: ids.meta({ description: 'Only these products' }),
}

const bothOrNone = (given: { from?: string | undefined; to?: string | undefined }) =>
  (given.from === undefined) === (given.to === undefined)
const inOrder = (given: { from?: string | undefined; to?: string | undefined }) =>
  given.from === undefined || given.to === undefined || given.from <= given.to

/** The filters every page and endpoint of figures understands. */
export const filterSchema = z
  .strictObject(filterShape)
  .refine(bothOrNone, 'from and to come together')
  .refine(inOrder, 'from is after to')

/** The same for figures over time. */
export const overTimeSchema = z
  .strictObject({
    ...filterShape,
    grain: z.enum(grains).optional().meta({
      description: 'How finely it is drawn; without it, or where that makes too few or too many points, as usual',
    }),
  })
  .refine(bothOrNone, 'from and to come together')
  .refine(inOrder, 'from is after to')

export const listSchema = z
  .strictObject({
    ...filterShape,
    by: z.enum(['revenue', 'margin']).default('revenue'),
    order: z.enum(['desc', 'asc']).default('desc'),
    limit: z.coerce.number().int().min(1).max(1000).default(10),
  })
  .refine(bothOrNone, 'from and to come together')
  .refine(inOrder, 'from is after to')

export const pageSchema = z
  .strictObject({
    ...filterShape,
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  })
  .refine(bothOrNone, 'from and to come together')
  .refine(inOrder, 'from is after to')

export type Filter = z.output<typeof filterSchema> & Pick<z.output<typeof overTimeSchema>, 'grain'>
export type ListFilter = z.output<typeof listSchema>

/** Sums have a sale once for each product and seller; where lines can't be counted there is no number rather than a wrong one. */
const uncounted =
  'Null only where several products or sellers are asked for and sales would be counted on more than six million lines, or on some that are no longer kept'
const countedSales = z
  .number()
  .int()
  .nullable()
  .meta({ description: `Sales with such lines. ${uncounted}` })

const figureShape = {
  revenue: moneyText,
  cost: moneyText.meta({ description: 'Cost of the lines whose cost is known' }),
  margin: moneyText.meta({ description: 'Revenue of the lines whose cost is known, minus that cost' }),
  units: z.number().meta({ description: 'Pieces sold minus pieces returned' }),
  sales: countedSales,
  lines: z.number().int(),
  averageTicket: moneyText.nullable().meta({ description: `Revenue divided by sales. ${uncounted}` }),
}

const figuresSchema = z.object(figureShape)
export const periodSchema = z.object({ from: day, to: day })
export const summarySchema = z.object({
  ...periodSchema.shape,
  ...figureShape,
  comparison: z.object({ ...periodSchema.shape, ...figureShape }),
})
export const seriesSchema = z.object({
  ...periodSchema.shape,
  grain: z.enum(['day', 'week', 'month', 'year']),
  points: z.array(z.object({ day, ...figureShape })),
  comparison: z.array(z.object({ day, revenue: moneyText, margin: moneyText })).meta({
    description: 'The comparison period in as many buckets, first with first',
  }),
})
const rankedSchema = z.object({
  id: z.string(),
  name: z.string(),
  detail: z.string(),
  revenue: moneyText,
  margin: moneyText,
  units: z.number(),
  sales: countedSales,
  lines: z.number().int(),
  before: moneyText.meta({ description: 'Revenue in the comparison period' }),
})
export const rankingSchema = z.object({ ...periodSchema.shape, items: z.array(rankedSchema) })
export const boundsSchema = z.object({ first: day.nullable(), last: day.nullable() })

export type Figures = z.infer<typeof figuresSchema>
export type Summary = z.infer<typeof summarySchema>
export type Series = z.infer<typeof seriesSchema>
export type Ranked = z.infer<typeof rankedSchema>
export type Ranking = z.infer<typeof rankingSchema>
