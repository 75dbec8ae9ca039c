import { z } from 'zod'
import { presets } from '#presentation/period.ts'
import { day } from '../figures-schema.ts'

export const metrics = ['revenue', 'cost', 'margin', 'marginShare', 'units', 'sales', 'lines', 'averageTicket'] as const
export type Metric = (typeof metrics)[number]

export const dimensions = [
  'day',
  'week',
  'month',
  'year',
  'store',
  'city',
  'region',
  'country',
  'seller',
  'category',
  'subcategory',
  'product',
] as const
export type Dimension = (typeof dimensions)[number]
export const timeDimensions = ['day', 'week', 'month', 'year'] as const satisfies readonly Dimension[]

const chosen = z.array(z.string().min(1).max(200)).max(200).default([])

/** What a report asks: nothing in it says who reads it, so the same report shows each reader their own scope. */
export const definitionSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    metrics: z.array(z.enum(metrics)).min(1).max(8),
    dimensions: z.array(z.enum(dimensions)).max(3).default([]),
    filters: z.strictObject({ stores: chosen, sellers: chosen, products: chosen, categories: chosen }).prefault({}),
    period: z
      .union([
        z.strictObject({ preset: z.enum(presets) }),
        z
          .strictObject({ from: day, to: day })
          .refine(({ from, to }) => from <= to, { message: 'from is after to', path: ['from'] }),
      ])
      .default({ preset: '30d' }),
    show: z.enum(['table', 'line', 'bar']).default('table'),
    sort: z.strictObject({ by: z.enum([...metrics, ...dimensions]), order: z.enum(['asc', 'desc']) }).optional(),
    limit: z.number().int().min(1).max(10_000).default(1_000),
  })
  .refine(given => new Set(given.metrics).size === given.metrics.length, {
    message: 'a metric is there twice',
    path: ['metrics'],
  })
  .refine(given => new Set(given.dimensions).size === given.dimensions.length, {
    message: 'a dimension is there twice',
    path: ['dimensions'],
  })
  .refine(
    ({ sort, ...given }) =>
      sort === undefined || [...given.metrics, ...given.dimensions].some(name => name === sort.by),
    {
      message: 'sorts by what the report does not show',
      path: ['sort'],
    },
  )

export type Definition = z.output<typeof definitionSchema>
