import { createInterface } from 'node:readline/promises'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { type Role, roles } from '#presentation/access.ts'
import { randomPassword } from '#presentation/server/password.ts'
import { parseConfig } from '#shared/config.ts'
import { askInstance } from '#shared/control.ts'
import { DataAppError } from '#shared/error.ts'
import { controlToken, findRunning, prepareHome } from '#shared/home.ts'
import { takeLock } from '#shared/lock.ts'
import { openSettings } from '#shared/settings/open.ts'
import { doPeopleJob, type ListedPerson, listedSchema, type PeopleJob, peoplePath } from './people.ts'

type AddOptions = { name?: string; role: Role; store?: string[]; seller?: string; password?: string; json?: boolean }
type NewPerson = Extract<PeopleJob, { do: 'add' }>['person']

/** `dataapp user add|list|password|disable|enable|remove`: people who may sign in, without the web page. */
export function userCommand(): Command {
  const command = new Command('user').description('People who may sign in')
  command
    .command('add <email>')
    .description('Add somebody; without --password-stdin a random password is made and printed once')
    .addOption(new Option('--role <role>', 'what they may do').choices([...roles]).makeOptionMandatory())
    .option('--name <name>', 'their name')
    .option('--store <id...>', "a manager's store scope")
    .option('--seller <id>', 'the seller whose lines a seller sees')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print one JSON document')
    .action(async (email: string, options: AddOptions & { passwordStdin?: boolean }) => {
      const password = options.passwordStdin === true ? await firstLine() : randomPassword()
      await ask({ do: 'add', person: personOf(email, password, options) })
      const shown = options.passwordStdin === true ? {} : { password }
      say(
        options,
        { email, role: options.role, ...shown },
        `${email} may sign in${shown.password === undefined ? '' : ` with ${password}`}`,
      )
    })
  command
    .command('list')
    .description('Everybody who may sign in')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: boolean }) => {
      const people = await ask({ do: 'list' })
      say(options, people, people.map(lineOf).join('\n') || 'Nobody yet: dataapp user add EMAIL --role admin')
    })
  command
    .command('password <email>')
    .description(
      'Set a new password, which ends their sessions and bearer tokens; without --password-stdin a random one is printed once',
    )
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print one JSON document')
    .action(async (email: string, options: { passwordStdin?: boolean; json?: boolean }) => {
      const password = options.passwordStdin === true ? await firstLine() : randomPassword()
      await ask({ do: 'password', email, password })
      const shown = options.passwordStdin === true ? {} : { password }
      say(
        options,
        { email, ...shown },
        `${email} has a new password${shown.password === undefined ? '' : `: ${password}`}`,
      )
    })
  for (const [name, what] of changes) {
    command
      .command(`${name} <email>`)
      .description(what)
      .option('--json', 'print one JSON document')
      .action(async (email: string, options: { json?: boolean }) => {
        await ask({ do: name, email })
        say(options, { email, [name]: true }, `${email}: done`)
      })
  }
  return command
}

const changes = [
  ['disable', 'Stop somebody from signing in, keeping the account'],
  ['enable', 'Let somebody sign in again'],
  ['remove', 'Remove somebody'],
] as const

function personOf(email: string, password: string, { role, name = email, store = [], seller }: AddOptions): NewPerson {
  switch (role) {
    case 'admin':
      return { email, name, password, role }
    case 'manager':
      return { email, name, password, role, stores: store }
    case 'seller':
      if (seller === undefined)
        throw new DataAppError('PERSON_SELLER', 'A seller needs the id that stands in the sales.', {
          hint: 'Add --seller ID.',
        })
      return { email, name, password, role, seller }
  }
}

/** Asks the instance that runs on this data directory, or does it in this process when none does. */
async function ask(job: PeopleJob): Promise<ListedPerson[]> {
  const config = parseConfig(process.env)
  const url = config.DATAAPP_SETTINGS_URL === undefined ? findRunning(config)?.people : undefined
  if (url !== undefined)
    return z.array(listedSchema).parse(await askInstance(new URL(peoplePath, url), controlToken(config), job))
  prepareHome(config)
  const lock = config.DATAAPP_SETTINGS_URL === undefined ? takeLock(config.DATAAPP_HOME) : undefined
  try {
    const settings = await openSettings(config)
    try {
      return await doPeopleJob(settings, job)
    } finally {
      await settings.close()
    }
  } finally {
    lock?.release()
  }
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) return line
  throw new DataAppError('PASSWORD_MISSING', 'Standard input held no password.', {
    hint: 'printf %s "$PASSWORD" | dataapp user …',
  })
}

function lineOf({ email, name, role, stores, seller, disabled }: ListedPerson): string {
  const bounds = stores === null ? (seller ?? 'everything') : `${stores.length} stores`
  return `${email}  ${name}  ${role} (${bounds})${disabled ? '  disabled' : ''}`
}

function say(options: { json?: boolean }, document: unknown, words: string): void {
  console.log(options.json === true ? JSON.stringify(document) : words)
}
