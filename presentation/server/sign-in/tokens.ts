import { randomUUID } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import { digest, newSecret } from '../session.ts'

export type TokenRow = {
  id: string
  name: string
  created_at: Date
  used_at: Date | null
  expires_at: Date | null
}

/** Makes a bearer token for programs; it reaches what its person reaches. Its secret is returned once and kept as a digest. */
export async function makeToken(
  settings: Settings,
  person: string,
  { name, days }: { name: string; days: number },
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const id = randomUUID()
  // A prefix of its own lets scanners of repositories recognise a token that was left lying around.
  const token = `dataapp_${newSecret()}`
  const [row] = await settings.query<{ expires_at: Date }>(
    `INSERT INTO tokens (id, person, name, digest, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(days => $5)) RETURNING expires_at`,
    [id, person, name, digest(token), days],
  )
  return { id, token, expiresAt: row?.expires_at ?? new Date() }
}

export async function tokensOf(settings: Settings, person: string): Promise<TokenRow[]> {
  return settings.query<TokenRow>(
    'SELECT id, name, created_at, used_at, expires_at FROM tokens WHERE person = $1 ORDER BY created_at DESC',
    [person],
  )
}

/** Ends every token of this person; returns how many there were. */
export async function revokeTokens(query: Settings['query'], person: string): Promise<number> {
  return (await query('DELETE FROM tokens WHERE person = $1 RETURNING id', [person])).length
}

/** Ends a token of this person, or of anybody when no person is named. False when there is none. */
export async function revokeToken(settings: Settings, id: string, person: string | null): Promise<boolean> {
  const gone = await settings.query(
    'DELETE FROM tokens WHERE id = $1 AND ($2::text IS NULL OR person = $2) RETURNING id',
    [id, person],
  )
  return gone.length === 1
}
