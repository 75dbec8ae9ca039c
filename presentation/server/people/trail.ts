import { z } from 'zod'
import type { Settings } from '#shared/settings/settings.ts'

export const trailEntry = z.object({
  at: z.string(),
  person: z.string().nullable().meta({ description: 'E-mail, or the id of somebody who was removed' }),
  action: z.string(),
  subject: z.string(),
  address: z.string(),
  details: z.record(z.string(), z.unknown()),
})
type Entry = z.infer<typeof trailEntry>
type Wanted = { page: number; action?: string | undefined; person?: string | undefined }
type Page = { entries: Entry[]; more: boolean }

const perPage = 100

/** Who did what to whom: sign-ins, changes of people, exports. */
export async function readAudit(settings: Settings, { page, action, person }: Wanted): Promise<Page> {
  const rows = await settings.query<Omit<Entry, 'at'> & { at: Date }>(
    `SELECT a.at, coalesce(p.email, a.person) AS person, a.action, coalesce(s.email, a.subject) AS subject, a.address, a.details
     FROM audit a LEFT JOIN people p ON p.id = a.person LEFT JOIN people s ON s.id = a.subject
     WHERE ($1::text IS NULL OR a.action = $1) AND ($2::text IS NULL OR a.person = $2 OR a.subject = $2)
     ORDER BY a.at DESC, a.id DESC LIMIT $3 OFFSET $4`,
    [action ?? null, person ?? null, perPage + 1, page * perPage],
  )
  return paged(rows.map(row => ({ ...row, at: row.at.toISOString() })))
}

/** Who saw which personal fields, and how many values; never the values. */
export async function readPersonalReads(settings: Settings, { page, person }: Wanted): Promise<Page> {
  const rows = await settings.query<{ at: Date; person: string; fields: string; count: number; refused: number }>(
    `SELECT r.at, coalesce(p.email, r.person) AS person, r.fields, r.count, r.refused
     FROM personal_reads r LEFT JOIN people p ON p.id = r.person
     WHERE $1::text IS NULL OR r.person = $1
     ORDER BY r.at DESC LIMIT $2 OFFSET $3`,
    [person ?? null, perPage + 1, page * perPage],
  )
  return paged(
    rows.map(({ at, person: who, fields, count, refused }) => ({
      at: at.toISOString(),
      person: who,
      action: 'people-seen',
      subject: fields,
      address: '',
      details: { count, refused },
    })),
  )
}

function paged(entries: Entry[]): Page {
  return { entries: entries.slice(0, perPage), more: entries.length > perPage }
}
