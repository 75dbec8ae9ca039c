import type { Command } from 'commander'
import type { Tier } from '#shared/agreement.ts'
import { DataAppError, systemCodeOf } from '#shared/error.ts'

/** A command: the tier whose code does it (absent: any), and its module, which is loaded only when it is asked for. */
type Entry = { tier?: Tier; load: () => Promise<Command> }

/** All commands, in the order of the help. A machine of one tier carries those that need no other tier. */
const entries: Readonly<Record<string, Entry>> = {
  start: { load: async () => (await import('./start.ts')).startCommand() },
  config: { load: async () => (await import('./config.ts')).configCommand() },
  basket: { tier: 'processing', load: async () => (await import('./basket.ts')).basketCommand() },
  forecast: { tier: 'processing', load: async () => (await import('./forecast.ts')).forecastCommand() },
  ingest: { tier: 'ingestion', load: async () => (await import('./ingest.ts')).ingestCommand() },
  source: { tier: 'ingestion', load: async () => (await import('./source.ts')).sourceCommand() },
  rejected: { tier: 'ingestion', load: async () => (await import('./rejected.ts')).rejectedCommand() },
  user: { tier: 'presentation', load: async () => (await import('./user.ts')).userCommand() },
  lake: { tier: 'processing', load: async () => (await import('./lake.ts')).lakeCommand() },
  person: { tier: 'processing', load: async () => (await import('./person.ts')).personCommand() },
  key: { tier: 'processing', load: async () => (await import('./key.ts')).keyCommand() },
  doctor: { tier: 'processing', load: async () => (await import('./doctor.ts')).doctorCommand() },
  backup: { tier: 'processing', load: async () => (await import('./backup.ts')).backupCommand() },
  restore: { tier: 'processing', load: async () => (await import('./backup.ts')).restoreCommand() },
}

/** The command that is asked for; all that are here when the word is none of them (help, a slip of the pen). */
export async function commandsFor(word: string): Promise<Command[]> {
  const entry = Object.hasOwn(entries, word) ? entries[word] : undefined
  if (entry !== undefined) return [await carried(`\`dataapp ${word}\``, entry.tier, entry.load)]
  const loaded = await Promise.all(
    Object.values(entries).map(({ load }) =>
      load().catch((error: unknown) => {
        if (isAbsent(error)) return undefined
        throw error
      }),
    ),
  )
  return loaded.filter(command => command !== undefined)
}

/** Loads what a machine of one tier may not carry. Absent, it is said where to find it (`NOT_ON_THIS_MACHINE`). */
export async function carried<T>(what: string, tier: Tier | undefined, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!isAbsent(error)) throw error
    throw new DataAppError('NOT_ON_THIS_MACHINE', `${what} is not on this machine, which carries one tier only.`, {
      hint: tier === undefined ? 'Run it in a checkout.' : `Run it on the machine of the ${tier} tier.`,
      cause: error,
    })
  }
}

function isAbsent(error: unknown): boolean {
  return systemCodeOf(error) === 'ERR_MODULE_NOT_FOUND'
}
