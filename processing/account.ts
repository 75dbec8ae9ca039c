import type { Settings } from '#shared/settings/settings.ts'

/** With whom a seller signs in. */
export type Account = { email: string; name: string; role: string; created_at: Date; disabled_at: Date | null }

export const accountsOf = (settings: Settings, seller: string): Promise<Account[]> =>
  settings.query<Account>(
    'SELECT email, name, role, created_at, disabled_at FROM people WHERE seller = $1 ORDER BY email',
    [seller],
  )

/** Tables in which an account leaves something; a row of the first takes those of the others up to reports with it. */
export const accountTables = [
  'people',
  'sessions',
  'tokens',
  'password_resets',
  'reports',
  'report_versions',
  'alert_rules',
  'alert_webhooks',
  'alert_outbox',
  'sign_in_failures',
  'audit',
] as const

/**
 * Removes the accounts of a seller, with sessions, tokens, reports, rules of alerts and where those were posted, and takes their e-mail from where it stands besides. The audit trail
 * keeps what was done under an id that names nobody any more. Returns how many there were.
 */
export async function removeAccounts(settings: Settings, seller: string): Promise<number> {
  return settings.transaction(async query => {
    const gone = await query<{ id: string; email: string }>(
      'DELETE FROM people WHERE seller = $1 RETURNING id, lower(email) AS email',
      [seller],
    )
    const owners = gone.map(({ id }) => id)
    const emails = gone.map(({ email }) => email)
    if (emails.length === 0) return 0
    await query('DELETE FROM alert_rules WHERE owner = ANY($1)', [owners])
    await query('DELETE FROM alert_webhooks WHERE owner = ANY($1)', [owners])
    await query('DELETE FROM sign_in_failures WHERE account = ANY($1)', [emails])
    await query("UPDATE audit SET subject = '' WHERE lower(subject) = ANY($1)", [emails])
    await query("DELETE FROM alert_outbox WHERE channel = 'email' AND lower(target) = ANY($1)", [emails])
    return emails.length
  })
}

/** The roles of other accounts with this e-mail: a manager who also sells. */
export async function rolesOf(settings: Settings, email: string): Promise<string[]> {
  const rows = await settings.query<{ role: string }>('SELECT role FROM people WHERE lower(email) = lower($1)', [email])
  return rows.map(({ role }) => role)
}
