import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { addPerson } from '../accounts.ts'
import { type AuditAction, audit } from '../audit.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { addressOf } from '../session-routes.ts'
import { makeReset, resetHours, resetLink } from '../sign-in/reset.ts'
import { removeSecondFactor } from '../sign-in/second-factor.ts'
import type { Doorkeeper } from '../signed.ts'
import { boundsSchema, changePerson, listPeople, noPerson, personInList, removePerson } from './people.ts'

export type PeopleParts = {
  settings: Settings
  config: Config
  doorkeeper: Doorkeeper
  /** Ends the live connections of a person: they come back with what they may see now. */
  personChanged: (person: string) => void
}

const name = z.string().trim().min(1).max(200)
const linkSchema = z.object({ link: z.string(), expiresAt: z.string() })

/** People who may sign in, for administrators. */
export function peopleRoutes({ settings, config, doorkeeper, personChanged }: PeopleParts): Route[] {
  const changed = (person: string) => {
    doorkeeper.forget()
    personChanged(person)
  }
  const one = async (id: string) => {
    const [person] = await listPeople(settings, id)
    if (person === undefined) throw noPerson()
    return person
  }
  return [
    route({
      method: 'get',
      path: '/people',
      door: 'people.manage',
      summary: 'Everybody who may sign in',
      answer: z.object({ people: z.array(personInList) }),
      run: async () => ({ people: await listPeople(settings) }),
    }),
    route({
      method: 'post',
      path: '/people',
      door: 'people.manage',
      summary: 'Add somebody; they choose their password with a link (`/people/{id}/password-reset`)',
      body: z.strictObject({ email: z.string().max(320), name, bounds: boundsSchema }),
      answer: personInList,
      status: 201,
      run: async ({ person, body, request }) => {
        const added = await addPerson(settings, { email: body.email, name: body.name, ...body.bounds }).catch(told)
        const details = { ...body.bounds }
        const address = addressOf(request)
        await audit(settings, { person: person.id, action: 'person-created', subject: added.id, address, details })
        return one(added.id)
      },
    }),
    route({
      method: 'patch',
      path: '/people/:id',
      door: 'people.manage',
      summary: 'Change name, role and scope, or lock; locking ends every session',
      body: z.strictObject({ name: name.optional(), bounds: boundsSchema.optional(), locked: z.boolean().optional() }),
      answer: personInList,
      run: async ({ person, body, params, request }) => {
        const id = params.id
        const before = await one(id)
        if (before.provider && body.bounds !== undefined)
          throw new Problem('conflict', "The company's provider decides this person's role and scope.")
        await changePerson(settings, id, body)
        changed(id)
        const entry = { person: person.id, subject: id, address: addressOf(request) }
        const locking: AuditAction = body.locked === true ? 'person-locked' : 'person-unlocked'
        if (body.locked !== undefined && body.locked !== before.locked)
          await audit(settings, { ...entry, action: locking })
        const details = { ...(body.name === undefined ? {} : { name: true }), ...body.bounds }
        if (Object.keys(details).length > 0) await audit(settings, { ...entry, action: 'person-changed', details })
        return one(id)
      },
    }),
    route({
      method: 'delete',
      path: '/people/:id',
      door: 'people.manage',
      summary: 'Remove somebody, with their sessions and tokens; the audit trail stays',
      run: async ({ person, params, request }) => {
        const id = params.id
        if (id === person.id) throw new Problem('conflict', 'You can’t remove yourself.')
        await removePerson(settings, id)
        changed(id)
        await audit(settings, { person: person.id, action: 'person-removed', subject: id, address: addressOf(request) })
      },
    }),
    route({
      method: 'post',
      path: '/people/:id/password-reset',
      door: 'people.manage',
      summary: 'Make a link with which somebody sets their password, once',
      answer: linkSchema,
      status: 201,
      run: async ({ person, params, request }) => {
        const { id, locked } = await one(params.id)
        if (locked) throw new Problem('conflict', 'This person is locked. Unlock them first.')
        const secret = await makeReset(settings, id, resetHours.link)
        const address = addressOf(request)
        await audit(settings, { person: person.id, action: 'password-reset-link-made', subject: id, address })
        const base = config.DATAAPP_PUBLIC_URL ?? `${request.protocol}://${request.get('host') ?? ''}`
        return {
          link: resetLink(base, secret),
          expiresAt: new Date(Date.now() + resetHours.link * 3_600_000).toISOString(),
        }
      },
    }),
    route({
      method: 'delete',
      path: '/people/:id/second-factor',
      door: 'people.manage',
      summary: "Remove somebody's second factor, when the phone is lost; every session of theirs ends",
      run: async ({ person, params, request }) => {
        const { id } = await one(params.id)
        await removeSecondFactor(settings, id)
        await settings.query('DELETE FROM sessions WHERE person = $1', [id])
        changed(id)
        const address = addressOf(request)
        await audit(settings, { person: person.id, action: 'second-factor-removed', subject: id, address })
      },
    }),
  ]
}

function told(error: unknown): never {
  if (error instanceof DataAppError && error.code === 'PERSON_EXISTS')
    throw new Problem('conflict', 'Somebody with this e-mail is there already.')
  if (error instanceof DataAppError && error.code === 'PERSON_EMAIL')
    throw new Problem('bad-request', error.message, { errors: [{ field: 'body.email', message: error.message }] })
  throw error
}
