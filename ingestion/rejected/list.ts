import { z } from 'zod'
import type { Parts } from '#shared/parts.ts'
import { rejectedSchema } from '#shared/records/rejected.ts'
import { loadSql } from '#shared/sql.ts'

const listSql = loadSql('../queries/list-rejected.sql', import.meta.url)

/** The most records that one answer holds. */
export const mostListed = 100_000

/** What to list: of one source, of one rule, one by its id; with those that were replayed, or only those still open. `limit` is the size of a page, `page` counts from 0. */
export const questionSchema = z.strictObject({
  id: z.string().nullable(),
  source: z.string().nullable(),
  rule: z.string().nullable(),
  replayed: z.boolean(),
  limit: z.number().int().min(1).max(mostListed),
  page: z.number().int().min(0),
})
export type Question = z.infer<typeof questionSchema>

/** A rejected record as an operator sees it. */
export const listedSchema = rejectedSchema.omit({ v: true }).extend({ replayedAt: z.string().nullable() })
export type Listed = z.infer<typeof listedSchema>

/** A page of them, and whether there are more behind it. */
export const listSchema = z.strictObject({ records: z.array(listedSchema), more: z.boolean() })
export type List = z.infer<typeof listSchema>

type Row = { record: unknown; replayed_at: Date | null }

/** Rejected records, newest first, in plain: who runs commands on the data directory operates the chain's platform. */
export async function listRejected(
  { settings, vault }: Pick<Parts, 'settings' | 'vault'>,
  question: Question,
): Promise<List> {
  const { id, source, rule, replayed, limit, page } = question
  const found = await settings.query<Row>(listSql, [id, source, rule, replayed, limit + 1, limit * page])
  const rows = found.slice(0, limit)
  const records = rows.map(row => rejectedSchema.parse(row.record))
  const plain = await vault.reveal({ person: 'dataapp rejected', role: 'operator' }, records)
  return {
    records: plain.map(({ v: _, ...record }, i) => ({
      ...record,
      replayedAt: rows[i]?.replayed_at?.toISOString() ?? null,
    })),
    more: found.length > limit,
  }
}
