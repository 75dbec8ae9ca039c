import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { type Person, type PersonRow, personOf } from '../person.ts'
import { boundsOf } from './claims.ts'
import type { Told } from './provider.ts'

/** Why somebody whom the provider knows does not get in. */
export type Refused = 'no-role' | 'no-email' | 'unverified-email' | 'locked'
export type Provisioned =
  | { kind: 'in'; person: Person; change: 'created' | 'changed' | 'none' }
  | { kind: 'refused'; why: Refused; email: string }

const about = z.object({
  email: z.string().max(320).optional(),
  email_verified: z.boolean().optional(),
  name: z.string().max(200).optional(),
  preferred_username: z.string().max(200).optional(),
})

/**
 * Makes or updates the person whom the provider tells of: name, role and store scope follow its claims at every sign-in. Somebody who is here already with the
 * same e-mail is taken for the same person only when the provider has verified that address.
 */
export async function provision(settings: Settings, config: Config, told: Told): Promise<Provisioned> {
  const parsed = about.safeParse(told.claims)
  const {
    email,
    email_verified: verified = false,
    name,
    preferred_username: username,
  } = parsed.success ? parsed.data : {}
  const bounds = boundsOf(told.claims, config)
  const refused = (why: Refused): Provisioned => ({ kind: 'refused', why, email: email ?? '' })
  if (bounds === undefined) return refused('no-role')
  if (email === undefined || !/^[^\s@]+@[^\s@]+$/.test(email)) return refused('no-email')
  const stores = bounds.role === 'manager' ? [...bounds.stores] : null
  const seller = bounds.role === 'seller' ? bounds.seller : null
  const columns = 'id, email, name, role, stores, seller, locale, issuer, subject, disabled_at'
  type Row = PersonRow & { issuer: string | null; subject: string | null; disabled_at: Date | null }
  return settings.transaction(async query => {
    const found = await query<Row>(
      `SELECT ${columns} FROM people WHERE (issuer = $1 AND subject = $2) OR lower(email) = lower($3) FOR UPDATE`,
      [told.issuer, told.subject, email],
    )
    const bySubject = found.find(row => row.issuer === told.issuer && row.subject === told.subject)
    const byEmail = found.find(row => row.email.toLowerCase() === email.toLowerCase())
    const row = bySubject ?? byEmail
    if (row === undefined) {
      const [made] = await query<PersonRow>(
        `INSERT INTO people (id, email, name, role, stores, seller, issuer, subject)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id, email, name, role, stores, seller, locale`,
        [randomUUID(), email, name ?? username ?? email, bounds.role, stores, seller, told.issuer, told.subject],
      )
      if (made === undefined) throw new Error('a person was not stored')
      return { kind: 'in', person: personOf(made), change: 'created' } as const
    }
    if (row.disabled_at !== null) return refused('locked')
    if (bySubject === undefined && (!verified || row.subject !== null)) return refused('unverified-email')
    // An e-mail that somebody else has here stays theirs: this person keeps the one they had.
    const kept = byEmail !== undefined && byEmail.id !== row.id ? row.email : email
    const [updated] = await query<PersonRow>(
      `UPDATE people SET email = $2, name = $3, role = $4, stores = $5, seller = $6, issuer = $7, subject = $8
       WHERE id = $1 RETURNING id, email, name, role, stores, seller, locale`,
      [row.id, kept, name ?? row.name, bounds.role, stores, seller, told.issuer, told.subject],
    )
    if (updated === undefined) throw new Error('a person was not stored')
    const same = JSON.stringify(personOf(updated)) === JSON.stringify(personOf(row))
    return { kind: 'in', person: personOf(updated), change: same ? 'none' : 'changed' } as const
  })
}
