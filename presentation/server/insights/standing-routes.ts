import { z } from 'zod'
import { dayIn } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import { type Route, route } from '../route.ts'
import type { InsightParts } from './routes.ts'

const standing = loadSql('../queries/insights/standing.sql', import.meta.url)

/** Among fewer, a place would tell what a colleague sold. */
const fewest = 5

export type Standing = { place: number | null; of: number }

/** A seller's place this month, where it is good to hear: in the better half of enough people. Nobody else's amount or name goes out. */
export function standingRoutes({ warehouse, config }: InsightParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/insights/standing',
      door: 'insights.read',
      summary: 'Your place among the sellers of the chain this month, only where it is in the better half',
      answer: z.object({
        place: z.number().int().nullable().meta({ description: 'null in the other half, and for who does not sell' }),
        of: z.number().int(),
      }),
      keep: 'scope',
      run: async ({ person }) => {
        if (person.role !== 'seller') return { place: null, of: 0 }
        const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
        const rows = await warehouse.rows<{ seller: string; revenue: number }>(standing, { today })
        return standingOf(person.seller, rows)
      },
    }),
  ]
}

/** Who sold the same stands in the same place. */
export function standingOf(seller: string, rows: readonly { seller: string; revenue: number }[]): Standing {
  const own = rows.find(row => row.seller === seller)
  if (own === undefined || rows.length < fewest) return { place: null, of: rows.length }
  const place = rows.filter(({ revenue }) => revenue > own.revenue).length + 1
  return { place: place <= rows.length / 2 ? place : null, of: rows.length }
}
