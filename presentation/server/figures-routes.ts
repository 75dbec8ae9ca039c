import { z } from 'zod'
import type { FiguresDesk } from './figures.ts'
import {
  boundsSchema,
  day,
  type Filter,
  filterSchema,
  listSchema,
  overTimeSchema,
  pageSchema,
  periodSchema,
  rankingSchema,
  seriesSchema,
  summarySchema,
} from './figures-schema.ts'
import { linesFrom } from './kept-lines.ts'
import { lineSchema, linesOf } from './lines.ts'
import type { Person } from './person.ts'
import { type Route, route } from './route.ts'

/** What the first page shows before anything else: the figures of a period, over time, and the days that have any. */
export async function answerOverview(desk: FiguresDesk, person: Person, filter: Filter) {
  const definite = await desk.definite(person, filter)
  const [{ summary, series }, bounds] = await Promise.all([desk.overTime(person, definite), desk.bounds(person)])
  return { summary, series, data: { first: bounds?.from ?? null, last: bounds?.to ?? null } }
}

/** Everything the dashboard's first page and its filters ask for. */
export function figuresRoutes(desk: FiguresDesk): Route[] {
  const rankingRoute = (kind: 'stores' | 'sellers' | 'products') =>
    route({
      method: 'get',
      path: `/rankings/${kind}`,
      door: 'figures.read',
      summary: `${kind} of a period by revenue or margin, best or weakest first`,
      query: listSchema,
      answer: rankingSchema,
      keep: 'scope',
      run: async ({ person, query }) => desk.ranking(person, kind, await desk.definite(person, query), query),
    })
  return [
    route({
      method: 'get',
      path: '/summary',
      door: 'figures.read',
      summary: 'The main figures of a period and of the one it is compared with',
      query: filterSchema,
      answer: summarySchema,
      keep: 'scope',
      run: async ({ person, query }) => desk.summary(person, await desk.definite(person, query)),
    }),
    route({
      method: 'get',
      path: '/series',
      door: 'figures.read',
      summary: 'The figures over time',
      query: overTimeSchema,
      answer: seriesSchema,
      keep: 'scope',
      run: async ({ person, query }) => desk.series(person, await desk.definite(person, query)),
    }),
    route({
      method: 'get',
      path: '/lines',
      door: 'lines.read',
      summary: 'The sale lines behind an amount, latest first',
      query: pageSchema,
      answer: z.object({
        ...periodSchema.shape,
        items: z.array(lineSchema),
        more: z.boolean(),
        linesFrom: day.nullable().meta({
          description: 'Where the period begins before it: the first day of which lines are kept. Otherwise null',
        }),
      }),
      run: async ({ person, query, ask }) => {
        const definite = await desk.definite(person, query)
        const [items, kept] = await Promise.all([
          linesOf(ask, person, definite, { limit: query.limit + 1, offset: query.offset }),
          desk.kept(person),
        ])
        return {
          ...definite.period,
          items: items.slice(0, query.limit),
          more: items.length > query.limit,
          linesFrom: linesFrom(kept, definite.period),
        }
      },
    }),
    rankingRoute('stores'),
    rankingRoute('sellers'),
    rankingRoute('products'),
    route({
      method: 'get',
      path: '/overview',
      door: 'figures.read',
      summary: 'The main figures, the figures over time, and the first and last day that have any, in one answer',
      query: overTimeSchema,
      answer: z.object({
        summary: summarySchema,
        series: seriesSchema,
        data: boundsSchema,
      }),
      keep: 'scope',
      run: ({ person, query }) => answerOverview(desk, person, query),
    }),
    route({
      method: 'get',
      path: '/stores',
      door: 'stores.list',
      summary: 'The stores you may see',
      answer: z.object({
        items: z.array(
          z.object({ id: z.string(), name: z.string(), city: z.string(), region: z.string(), country: z.string() }),
        ),
      }),
      keep: 'scope',
      run: async ({ person }) => ({ items: await desk.stores(person) }),
    }),
  ]
}
