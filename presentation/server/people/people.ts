import { z } from 'zod'
import { roles } from '#presentation/access.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Bounds } from '../person.ts'
import { Problem } from '../problem.ts'

const ids = z.array(z.string().min(1).max(200)).max(10_000)

/** What bounds somebody: a manager has stores, a seller has an id, an admin has neither. */
export const boundsSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('admin') }),
  z.strictObject({ role: z.literal('manager'), stores: ids }),
  z.strictObject({ role: z.literal('seller'), seller: z.string().min(1).max(200) }),
])

export const personInList = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(roles),
  stores: z.array(z.string()).nullable(),
  seller: z.string().nullable(),
  locked: z.boolean(),
  provider: z.boolean().meta({ description: 'Signs in at the company’s provider, which decides role and scope' }),
  password: z.boolean(),
  secondFactor: z.boolean(),
  createdAt: z.string(),
  signedInAt: z.string().nullable(),
})
export type PersonInList = z.infer<typeof personInList>

type Row = {
  id: string
  email: string
  name: string
  role: PersonInList['role']
  stores: string[] | null
  seller: string | null
  locked: boolean
  provider: boolean
  password: boolean
  second_factor: boolean
  created_at: Date
  signed_in_at: Date | null
}

/** Everybody who may sign in, or the one with this id. */
export async function listPeople(settings: Pick<Settings, 'query'>, id?: string): Promise<PersonInList[]> {
  const rows = await settings.query<Row>(
    `SELECT id, email, name, role, stores, seller, disabled_at IS NOT NULL AS locked, issuer IS NOT NULL AS provider,
            password IS NOT NULL AS password, totp_secret IS NOT NULL AS second_factor, created_at, signed_in_at
     FROM people WHERE $1::text IS NULL OR id = $1 ORDER BY lower(email)`,
    [id ?? null],
  )
  return rows.map(({ second_factor, created_at, signed_in_at, ...row }) => ({
    ...row,
    secondFactor: second_factor,
    createdAt: created_at.toISOString(),
    signedInAt: signed_in_at?.toISOString() ?? null,
  }))
}

export type Change = { name?: string | undefined; bounds?: Bounds | undefined; locked?: boolean | undefined }

/** Changes somebody; locking ends their sessions. Refuses what would leave nobody who can administer. */
export async function changePerson(settings: Settings, id: string, change: Change): Promise<void> {
  const { bounds, locked } = change
  await settings.transaction(async query => {
    const [row] = await query('SELECT id FROM people WHERE id = $1 FOR UPDATE', [id])
    if (row === undefined) throw noPerson()
    if (change.name !== undefined) await query('UPDATE people SET name = $2 WHERE id = $1', [id, change.name])
    if (bounds !== undefined)
      await query('UPDATE people SET role = $2, stores = $3, seller = $4 WHERE id = $1', [
        id,
        bounds.role,
        bounds.role === 'manager' ? [...bounds.stores] : null,
        bounds.role === 'seller' ? bounds.seller : null,
      ])
    if (locked !== undefined)
      await query('UPDATE people SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END WHERE id = $1', [
        id,
        locked,
      ])
    if (locked === true) await query('DELETE FROM sessions WHERE person = $1', [id])
    await refuseNoAdmin(query)
  })
}

export async function removePerson(settings: Settings, id: string): Promise<void> {
  await settings.transaction(async query => {
    const gone = await query('DELETE FROM people WHERE id = $1 RETURNING id', [id])
    if (gone.length === 0) throw noPerson()
    await refuseNoAdmin(query)
  })
}

export function noPerson(): Problem {
  return new Problem('not-found', 'Nobody has this id.')
}

async function refuseNoAdmin(query: Settings['query']): Promise<void> {
  const admins = await query(`SELECT id FROM people WHERE role = 'admin' AND disabled_at IS NULL FOR UPDATE`)
  if (admins.length === 0)
    throw new Problem('conflict', 'Nobody could administer any more. Make somebody else an administrator first.')
}
