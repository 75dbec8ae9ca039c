import { createHash, randomBytes } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import { type Person, type PersonRow, personOf } from './person.ts'

export const sessionCookie = 'dataapp_session'
export const sessionDays = 7

export type Visitor = { address: string; agent: string }
/** Who asks, and by what: a browser's session or a program's token. */
export type Signed = {
  person: Person
  by: 'session' | 'token'
  id: string
  /** Whether the company's provider vouches for who it is, or a second factor beside the password. */
  strong: boolean
}
export type OpenedBy = 'password' | 'provider'

const personColumns = 'p.id, p.email, p.name, p.role, p.stores, p.seller, p.locale, p.preferences'

/** What a secret is known by in the database. The secret itself is kept by its holder alone. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Opens a session and returns the cookie's secret. */
export async function openSession(
  settings: Settings,
  person: string,
  visitor: Visitor,
  by: OpenedBy = 'password',
): Promise<string> {
  const secret = newSecret()
  await settings.query(
    `INSERT INTO sessions (id, person, address, agent, expires_at, opened_by) VALUES ($1, $2, $3, $4, now() + make_interval(days => $5), $6)`,
    [digest(secret), person, visitor.address, visitor.agent.slice(0, 300), sessionDays, by],
  )
  await settings.query('UPDATE people SET signed_in_at = now() WHERE id = $1', [person])
  return secret
}

export async function closeSession(settings: Settings, id: string): Promise<void> {
  await settings.query('DELETE FROM sessions WHERE id = $1', [id])
}

/** The person behind a cookie's secret, or undefined when it is unknown, over, or its person disabled. */
export async function personOfSession(settings: Settings, secret: string): Promise<Signed | undefined> {
  const id = digest(secret)
  const [row] = await settings.query<PersonRow & { stale: boolean; strong: boolean }>(
    `SELECT ${personColumns}, s.opened_by = 'provider' OR p.totp_secret IS NOT NULL AS strong, s.seen_at < now() - interval '5 minutes' AS stale
     FROM sessions s JOIN people p ON p.id = s.person
     WHERE s.id = $1 AND s.expires_at > now() AND p.disabled_at IS NULL`,
    [id],
  )
  if (row === undefined) return undefined
  if (row.stale) {
    await settings.query(
      'UPDATE sessions SET seen_at = now(), expires_at = now() + make_interval(days => $2) WHERE id = $1',
      [id, sessionDays],
    )
  }
  return { person: personOf(row), by: 'session', id, strong: row.strong }
}

/** The person behind a bearer token, or undefined. */
export async function personOfToken(settings: Settings, secret: string): Promise<Signed | undefined> {
  const [row] = await settings.query<PersonRow & { token: string; stale: boolean; strong: boolean }>(
    `SELECT ${personColumns}, p.issuer IS NOT NULL OR p.totp_secret IS NOT NULL AS strong, t.id AS token, coalesce(t.used_at < now() - interval '5 minutes', true) AS stale
     FROM tokens t JOIN people p ON p.id = t.person
     WHERE t.digest = $1 AND (t.expires_at IS NULL OR t.expires_at > now()) AND p.disabled_at IS NULL`,
    [digest(secret)],
  )
  if (row === undefined) return undefined
  if (row.stale) await settings.query('UPDATE tokens SET used_at = now() WHERE id = $1', [row.token])
  return { person: personOf(row), by: 'token', id: row.token, strong: row.strong }
}

/** Which of these sessions and tokens still let somebody in, and as whom. */
export async function stillSigned(settings: Settings, ids: readonly string[]): Promise<Map<string, Signed>> {
  const rows = await settings.query<PersonRow & { by: Signed['by']; signed: string; strong: boolean }>(
    `WITH asked AS (SELECT DISTINCT jsonb_array_elements_text($1::jsonb) AS id)
     SELECT ${personColumns}, 'session' AS by, s.id AS signed, s.opened_by = 'provider' OR p.totp_secret IS NOT NULL AS strong
     FROM asked JOIN sessions s ON s.id = asked.id JOIN people p ON p.id = s.person
     WHERE s.expires_at > now() AND p.disabled_at IS NULL
     UNION ALL
     SELECT ${personColumns}, 'token', t.id, p.issuer IS NOT NULL OR p.totp_secret IS NOT NULL
     FROM asked JOIN tokens t ON t.id = asked.id JOIN people p ON p.id = t.person
     WHERE (t.expires_at IS NULL OR t.expires_at > now()) AND p.disabled_at IS NULL`,
    [JSON.stringify(ids)],
  )
  return new Map(
    rows.map(row => [row.signed, { person: personOf(row), by: row.by, id: row.signed, strong: row.strong }]),
  )
}
