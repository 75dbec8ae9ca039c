import { z } from 'zod'
import { roles } from '#presentation/access.ts'
import { addPerson, setPassword, unknownPerson } from '#presentation/server/accounts.ts'
import type { Settings } from '#shared/settings/settings.ts'

const email = z.string()
const password = z.string()
const newPerson = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('admin'), email, name: z.string(), password }),
  z.strictObject({ role: z.literal('manager'), email, name: z.string(), password, stores: z.array(z.string()) }),
  z.strictObject({ role: z.literal('seller'), email, name: z.string(), password, seller: z.string() }),
])
const changes = {
  disable: `WITH disabled AS (UPDATE people SET disabled_at = now() WHERE lower(email) = lower($1) RETURNING id),
                 ended AS (DELETE FROM sessions WHERE person IN (SELECT id FROM disabled))
            SELECT id FROM disabled`,
  enable: 'UPDATE people SET disabled_at = NULL WHERE lower(email) = lower($1) RETURNING id',
  remove: 'DELETE FROM people WHERE lower(email) = lower($1) RETURNING id',
} as const

export const peoplePath = '/control/people'

/** What `dataapp user` may have done by the process that has the settings open: this one, or the instance that runs on the data directory. */
export const peopleJobSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('add'), person: newPerson }),
  z.strictObject({ do: z.literal('list') }),
  z.strictObject({ do: z.literal('password'), email, password }),
  z.strictObject({ do: z.enum(['disable', 'enable', 'remove']), email }),
])
export type PeopleJob = z.infer<typeof peopleJobSchema>

export const listedSchema = z.strictObject({
  email,
  name: z.string(),
  role: z.enum(roles),
  stores: z.array(z.string()).nullable(),
  seller: z.string().nullable(),
  disabled: z.boolean(),
})
export type ListedPerson = z.infer<typeof listedSchema>

/** Does it; returns everybody for `list`, else an empty list. Rejects with a coded error when it can't be done. */
export async function doPeopleJob(settings: Settings, job: PeopleJob): Promise<ListedPerson[]> {
  switch (job.do) {
    case 'add':
      await addPerson(settings, job.person)
      return []
    case 'list':
      return settings.query<ListedPerson>(
        'SELECT email, name, role, stores, seller, disabled_at IS NOT NULL AS disabled FROM people ORDER BY lower(email)',
      )
    case 'password':
      await setPassword(settings, job.email, job.password)
      return []
    case 'disable':
    case 'enable':
    case 'remove': {
      const changed = await settings.query<{ id: string }>(changes[job.do], [job.email])
      if (changed.length === 0) throw unknownPerson(job.email)
      return []
    }
  }
}
