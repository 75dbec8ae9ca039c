import { randomUUID } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '#presentation/access.ts'
import { DataAppError } from '#shared/error.ts'
import { writePrivate } from '#shared/home.ts'
import type { Parts } from '#shared/parts.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { hashPassword, randomPassword, shortestPassword } from './password.ts'
import { type Bounds, type Person, type PersonRow, personOf } from './person.ts'
import { endAccess } from './sign-in/end-access.ts'

export type NewPerson = { email: string; name: string; password?: string | undefined } & Bounds
export type SampleAccount = { email: string; password: string; role: Role }

/** Adds somebody who may sign in. `PERSON_EXISTS` when the e-mail is taken, `PASSWORD_SHORT` when the password is too short. */
export async function addPerson(settings: Pick<Settings, 'query'>, person: NewPerson): Promise<Person> {
  const email = person.email.trim()
  if (!/^[^\s@]+@[^\s@]+$/.test(email))
    throw new DataAppError('PERSON_EMAIL', `${email} is not an e-mail address.`, {
      hint: 'Use the form name@shop.example.',
    })
  refuseShort(person.password)
  const password = person.password === undefined ? null : await hashPassword(person.password)
  const stores = person.role === 'manager' ? [...person.stores] : null
  const seller = person.role === 'seller' ? person.seller : null
  const [row] = await settings.query<PersonRow>(
    `INSERT INTO people (id, email, name, role, stores, seller, password) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (lower(email)) DO NOTHING
     RETURNING id, email, name, role, stores, seller, locale`,
    [randomUUID(), email, person.name, person.role, stores, seller, password],
  )
  if (row === undefined)
    throw new DataAppError('PERSON_EXISTS', `Somebody with the e-mail ${email} is there already.`, {
      hint: '`dataapp user list` shows everybody.',
    })
  return personOf(row)
}

/** Sets a password and ends every session and token of that person, and every link that could set another. `PERSON_UNKNOWN` when there is nobody. */
export async function setPassword(settings: Settings, email: string, password: string): Promise<void> {
  refuseShort(password)
  const stored = await hashPassword(password)
  await settings.transaction(async query => {
    const changed = await query<{ id: string }>(
      'UPDATE people SET password = $2 WHERE lower(email) = lower($1) RETURNING id',
      [email, stored],
    )
    const [person] = changed
    if (person === undefined) throw unknownPerson(email)
    await endAccess(query, { id: person.id, email })
  })
}

export function unknownPerson(email: string): DataAppError {
  return new DataAppError('PERSON_UNKNOWN', `Nobody has the e-mail ${email}.`, {
    hint: '`dataapp user list` shows everybody.',
  })
}

/** What the sample's manager and seller may see. */
export type SampleScope = { stores: string[]; seller: string }

/**
 * The sample chain's three accounts, made once with random passwords and kept in `sample-accounts.json` (mode 0600). Whoever finds the file can sign in: it
 * gets its name after the accounts are there. Undefined when somebody is there already.
 */
export async function createSampleAccounts(
  { settings, config }: Pick<Parts, 'settings' | 'config'>,
  { stores, seller }: SampleScope,
): Promise<SampleAccount[] | undefined> {
  const file = join(config.DATAAPP_HOME, 'sample-accounts.json')
  const draft = `${file}.draft`
  const [{ count } = { count: '0' }] = await settings.query<{ count: string }>('SELECT count(*) AS count FROM people')
  if (count !== '0') {
    // A crash may have come after the accounts and before the file had its name.
    if (existsSync(draft)) renameSync(draft, file)
    return undefined
  }
  const people: NewPerson[] = [
    { email: 'admin@grupox.example', name: 'Administração', role: 'admin', password: randomPassword() },
    { email: 'manager@grupox.example', name: 'Gerente', role: 'manager', stores, password: randomPassword() },
    { email: 'seller@grupox.example', name: 'Vendedor', role: 'seller', seller, password: randomPassword() },
  ]
  const accounts = people.map(({ email, password = '', role }) => ({ email, password, role }))
  writePrivate(draft, `${JSON.stringify(accounts, null, 2)}\n`)
  await settings.transaction(async query => {
    for (const person of people) await addPerson({ query }, person)
  })
  renameSync(draft, file)
  return accounts
}

function refuseShort(password: string | undefined): void {
  if (password !== undefined && password.length < shortestPassword)
    throw new DataAppError('PASSWORD_SHORT', `The password has fewer than ${shortestPassword} characters.`, {
      hint: 'A few words in a row are easy to remember and hard to guess.',
    })
}
