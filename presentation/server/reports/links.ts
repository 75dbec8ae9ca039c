import { randomUUID } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import { type Person, type PersonRow, personOf } from '../person.ts'
import { Problem } from '../problem.ts'
import { digest, newSecret } from '../session.ts'
import { type Definition, definitionSchema } from './definition.ts'

export type Link = { id: string; open: boolean; expiresAt: string; createdAt: string }
/** What a link leads to: the report as it is now, and who made the link, as they are now. */
export type Followed = { report: string; definition: Definition; maker: Person; open: boolean }

/** Makes a link for some days and returns its secret, which is kept by its holder alone. */
export async function makeLink(
  settings: Settings,
  maker: Person,
  report: string,
  { days, open }: { days: number; open: boolean },
): Promise<Link & { secret: string }> {
  const secret = newSecret()
  const [row] = await settings.query<{ id: string; expires_at: Date; created_at: Date }>(
    `INSERT INTO report_links (id, report, maker, digest, open, expires_at)
     VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6)) RETURNING id, expires_at, created_at`,
    [randomUUID(), report, maker.id, digest(secret), open, days],
  )
  if (row === undefined) throw new Error('a link was not kept')
  return { id: row.id, open, expiresAt: row.expires_at.toISOString(), createdAt: row.created_at.toISOString(), secret }
}

export async function linksOf(settings: Settings, report: string): Promise<Link[]> {
  const rows = await settings.query<{ id: string; open: boolean; expires_at: Date; created_at: Date }>(
    'SELECT id, open, expires_at, created_at FROM report_links WHERE report = $1 AND expires_at > now() ORDER BY created_at DESC',
    [report],
  )
  return rows.map(row => ({
    id: row.id,
    open: row.open,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  }))
}

export async function dropLink(settings: Settings, report: string, id: string): Promise<void> {
  await settings.query('DELETE FROM report_links WHERE report = $1 AND id = $2', [report, id])
}

/**
 * What a link leads to. It ends when its time is over, when its maker is disabled or no longer reaches the report; an open one also when its maker is no admin any more.
 * Whatever the reason, the answer is the same.
 */
export async function followLink(settings: Settings, secret: string): Promise<Followed> {
  const [row] = await settings.query<PersonRow & { report: string; definition: unknown; open: boolean; owner: string }>(
    `SELECT p.id, p.email, p.name, p.role, p.stores, p.seller, p.locale, l.report, l.open, r.definition, r.owner
     FROM report_links l JOIN reports r ON r.id = l.report JOIN people p ON p.id = l.maker
     WHERE l.digest = $1 AND l.expires_at > now() AND p.disabled_at IS NULL
       AND (r.owner = l.maker OR EXISTS (SELECT 1 FROM report_shares s WHERE s.report = r.id
         AND ((s.kind = 'person' AND s.target = p.id) OR (s.kind = 'role' AND s.target = p.role))))`,
    [digest(secret)],
  )
  if (row === undefined || (row.open && row.role !== 'admin'))
    throw new Problem('gone', 'This link has ended. Ask who sent it for a new one.')
  const definition = definitionSchema.parse(row.definition)
  if (row.open && namesPeople(definition))
    throw new Problem('gone', 'This report now names people, so it is shown only after signing in.')
  return { report: row.report, definition, maker: personOf(row), open: row.open }
}

/** A link without sign-in never shows who sold what. */
export function namesPeople({ dimensions, filters }: Definition): boolean {
  return dimensions.includes('seller') || filters.sellers.length > 0
}
