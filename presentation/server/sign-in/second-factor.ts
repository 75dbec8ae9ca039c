import { randomBytes } from 'node:crypto'
import type { Vault } from '#shared/crypto/vault.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { Problem } from '../problem.ts'
import { digest } from '../session.ts'
import { acceptedCounter, base32, newTotpSecret } from './totp.ts'

export type SecretKeeper = Pick<Vault, 'sealSecret' | 'openSecret'>

const recoveryCodes = 10

/** Whether this is the authenticator's code of now, or a recovery code. Either is good once: two requests with the same code don't both pass. */
export async function passesSecondFactor(
  settings: Settings,
  secrets: SecretKeeper,
  person: string,
  code: string,
): Promise<boolean> {
  const given = code.replace(/[\s-]/g, '').toUpperCase()
  if (!/^\d{6}$/.test(given)) return usesRecoveryCode(settings, person, given)
  const [row] = await settings.query<{ totp_secret: string | null; totp_counter: string | null }>(
    'SELECT totp_secret, totp_counter FROM people WHERE id = $1',
    [person],
  )
  const secret = await secrets.openSecret(row?.totp_secret ?? '')
  if (secret === undefined) return false
  const counter = acceptedCounter(secret, given, new Date(), Number(row?.totp_counter ?? -1))
  if (counter === undefined) return false
  const used = await settings.query(
    'UPDATE people SET totp_counter = $2 WHERE id = $1 AND coalesce(totp_counter, -1) < $2 RETURNING id',
    [person, counter],
  )
  return used.length === 1
}

/** A new secret that counts once its first code was given. */
export async function draftSecondFactor(settings: Settings, secrets: SecretKeeper, person: string): Promise<string> {
  const secret = newTotpSecret()
  await settings.query('UPDATE people SET totp_draft = $2 WHERE id = $1', [person, await secrets.sealSecret(secret)])
  return secret
}

/** Makes the drafted secret count, and returns the recovery codes: shown once, kept as digests. */
export async function confirmSecondFactor(
  settings: Settings,
  secrets: SecretKeeper,
  person: string,
  code: string,
): Promise<string[]> {
  const [row] = await settings.query<{ totp_draft: string | null }>('SELECT totp_draft FROM people WHERE id = $1', [
    person,
  ])
  const secret = await secrets.openSecret(row?.totp_draft ?? '')
  if (secret === undefined) throw new Problem('conflict', 'No second factor waits for its first code. Begin again.')
  const counter = acceptedCounter(secret, code.replace(/\s/g, ''), new Date(), -1)
  if (counter === undefined) throw new Problem('wrong-code', 'The code is not the one that the app shows now.')
  const codes = Array.from({ length: recoveryCodes }, () => base32(randomBytes(10)))
  const confirmed = await settings.query(
    `UPDATE people SET totp_secret = totp_draft, totp_draft = NULL, totp_counter = $2, recovery_codes = $3
     WHERE id = $1 AND totp_draft = $4 RETURNING id`,
    [person, counter, codes.map(digest), row?.totp_draft ?? ''],
  )
  if (confirmed.length === 0) throw new Problem('conflict', 'Another second factor was begun meanwhile. Begin again.')
  return codes.map(text => (text.match(/.{4}/g) ?? []).join('-'))
}

export async function removeSecondFactor(settings: Settings, person: string): Promise<void> {
  await settings.query(
    `UPDATE people SET totp_secret = NULL, totp_draft = NULL, totp_counter = NULL, recovery_codes = '{}' WHERE id = $1`,
    [person],
  )
}

async function usesRecoveryCode(settings: Settings, person: string, code: string): Promise<boolean> {
  const used = await settings.query(
    `UPDATE people SET recovery_codes = array_remove(recovery_codes, $2::text)
     WHERE id = $1 AND $2::text = ANY (recovery_codes) RETURNING id`,
    [person, digest(code)],
  )
  return used.length === 1
}
