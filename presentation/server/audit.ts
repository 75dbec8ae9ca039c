import type { Settings } from '#shared/settings/settings.ts'

type Entry = {
  /** Who did it; null when nobody was signed in. */
  person: string | null
  action: AuditAction
  subject?: string
  address: string
  details?: Record<string, unknown>
}

export type AuditAction =
  | 'signed-in'
  | 'signed-out'
  | 'sign-in-failed'
  | 'session-revoked'
  | 'person-created'
  | 'person-changed'
  | 'person-removed'
  | 'person-locked'
  | 'person-unlocked'
  | 'password-changed'
  | 'password-reset-asked'
  | 'password-reset-link-made'
  | 'password-reset'
  | 'token-created'
  | 'token-revoked'
  | 'second-factor-set'
  | 'second-factor-removed'
  | 'people-seen'
  | 'data-exported'
  | 'rejected-replayed'
  | 'rejected-corrected'
  | 'plan-changed'
  | 'assignment-changed'
  | 'target-changed'

/** Writes one line of the audit trail. */
export async function audit(
  settings: Settings,
  { person, action, subject = '', address, details = {} }: Entry,
): Promise<void> {
  await settings.query('INSERT INTO audit (person, action, subject, address, details) VALUES ($1, $2, $3, $4, $5)', [
    person,
    action,
    subject,
    address,
    JSON.stringify(details),
  ])
}
