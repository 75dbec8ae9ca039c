import type { Settings } from '#shared/settings/settings.ts'
import { revokeTokens } from './tokens.ts'

/** Ends what let a person in until their password was set: sessions, bearer tokens and links that set another. Guesses at the old one are forgotten, links that are over swept away. */
export async function endAccess(query: Settings['query'], { id, email }: { id: string; email: string }): Promise<void> {
  await query('DELETE FROM password_resets WHERE person = $1 OR expires_at < now()', [id])
  await query('DELETE FROM sessions WHERE person = $1', [id])
  await revokeTokens(query, id)
  await query('DELETE FROM sign_in_failures WHERE account = lower($1)', [email])
}
