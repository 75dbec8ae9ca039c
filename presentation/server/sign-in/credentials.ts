import type { Settings } from '#shared/settings/settings.ts'
import { checkPassword } from '../password.ts'
import { type Person, type PersonRow, personOf } from '../person.ts'
import { Problem } from '../problem.ts'

export const throttle = { minutes: 15, perAccountAndAddress: 5, perAccount: 25, perAddress: 40 } as const

/**
 * Checks an e-mail and password. Failures are counted per account and per address; beyond the limit every attempt is refused until the
 * oldest ones are a quarter of an hour old. Whether the account exists can be told neither from the answer nor from the time it takes.
 */
export async function signIn(
  settings: Settings,
  given: { email: string; password: string },
  address: string,
): Promise<Person> {
  const account = given.email.trim().toLowerCase()
  await refuseTooMany(settings, account, address)
  const [row] = await settings.query<PersonRow & { password: string | null }>(
    `SELECT id, email, name, role, stores, seller, locale, password FROM people WHERE lower(email) = $1 AND disabled_at IS NULL`,
    [account],
  )
  const right = await checkPassword(given.password, row?.password ?? undefined)
  if (row === undefined || !right) {
    await settings.query('INSERT INTO sign_in_failures (account, address) VALUES ($1, $2)', [account, address])
    throw new Problem('wrong-credentials', 'No account has this e-mail with this password.')
  }
  await settings.query(
    'DELETE FROM sign_in_failures WHERE (account = $1 AND address = $2) OR at < now() - make_interval(mins => $3)',
    [account, address, throttle.minutes],
  )
  return personOf(row)
}

async function refuseTooMany(settings: Settings, account: string, address: string): Promise<void> {
  const [counted] = await settings.query<{ both: string; account: string; address: string }>(
    `SELECT count(*) FILTER (WHERE account = $1 AND address = $2) AS both,
            count(*) FILTER (WHERE account = $1) AS account,
            count(*) FILTER (WHERE address = $2) AS address
     FROM sign_in_failures
     WHERE (account = $1 OR address = $2) AND at > now() - make_interval(mins => $3)`,
    [account, address, throttle.minutes],
  )
  if (counted === undefined) return
  const tooMany =
    Number(counted.both) >= throttle.perAccountAndAddress ||
    Number(counted.account) >= throttle.perAccount ||
    Number(counted.address) >= throttle.perAddress
  if (tooMany) {
    throw new Problem('too-many', `Too many failed attempts. Try again in ${throttle.minutes} minutes.`, {
      headers: { 'retry-after': String(throttle.minutes * 60) },
    })
  }
}
