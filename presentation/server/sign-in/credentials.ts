import type { Settings } from '#shared/settings/settings.ts'
import { checkPassword } from '../password.ts'
import { type Person, type PersonRow, personOf } from '../person.ts'
import { Problem } from '../problem.ts'
import { passesSecondFactor, type SecretKeeper } from './second-factor.ts'

const throttle = { minutes: 15, perAccountAndAddress: 5, perAccount: 25, perAddress: 40 } as const

export type Credentials = { email: string; password: string; code?: string | undefined }
type Row = PersonRow & { password: string | null; totp_secret: string | null }

/**
 * Checks an e-mail and password, and the second factor where there is one. Failures are counted per account and per address; beyond the limit every attempt
 * is refused until the oldest ones are a quarter of an hour old. Whether the account exists can be told neither from the answer nor from the time it takes.
 */
export async function signIn(
  settings: Settings,
  secrets: SecretKeeper,
  given: Credentials,
  address: string,
): Promise<Person> {
  const row = await rowOf(settings, given, address)
  if (row.totp_secret !== null) {
    if (given.code === undefined || given.code === '')
      throw new Problem('code-needed', 'Send the code of the authenticator app, or a recovery code, as `code`.')
    await confirmCode(settings, secrets, row, given.code, address)
  }
  await settings.query(
    'DELETE FROM sign_in_failures WHERE (account = $1 AND address = $2) OR at < now() - make_interval(mins => $3)',
    [row.email.toLowerCase(), address, throttle.minutes],
  )
  return personOf(row)
}

/** Makes sure that it is still the person who sits there, before something that matters. Counted like a sign-in. */
export async function confirmPassword(
  settings: Settings,
  { email }: Person,
  password: string,
  address: string,
): Promise<void> {
  await rowOf(settings, { email, password }, address)
}

/** Makes sure that the second factor is at hand. Wrong codes count like wrong passwords: a million of them are soon tried. */
export async function confirmCode(
  settings: Settings,
  secrets: SecretKeeper,
  { id, email }: Pick<Person, 'id' | 'email'>,
  code: string,
  address: string,
): Promise<void> {
  if (await passesSecondFactor(settings, secrets, id, code)) return
  await countFailure(settings, email.toLowerCase(), address)
  throw new Problem('wrong-code', 'The code is wrong, late or used already.')
}

async function rowOf(settings: Settings, given: Credentials, address: string): Promise<Row> {
  const account = given.email.trim().toLowerCase()
  await refuseTooMany(settings, account, address)
  const [row] = await settings.query<Row>(
    `SELECT id, email, name, role, stores, seller, locale, password, totp_secret
     FROM people WHERE lower(email) = $1 AND disabled_at IS NULL`,
    [account],
  )
  const right = await checkPassword(given.password, row?.password ?? undefined)
  // Looked at again, right or wrong: of attempts that were sent all at once none had failed yet when they began.
  await refuseTooMany(settings, account, address)
  if (row !== undefined && right) return row
  await countFailure(settings, account, address)
  throw new Problem('wrong-credentials', 'No account has this e-mail with this password.')
}

async function countFailure(settings: Settings, account: string, address: string): Promise<void> {
  await settings.query('INSERT INTO sign_in_failures (account, address) VALUES ($1, $2)', [account, address])
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
