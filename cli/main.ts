import { Command } from 'commander'
import { DataAppError, forPerson, systemCodeOf } from '#shared/error.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { basketCommand } from './basket.ts'
import { configCommand } from './config.ts'
import { doctorCommand } from './doctor.ts'
import { forecastCommand } from './forecast.ts'
import { ingestCommand } from './ingest.ts'
import { keyCommand } from './key.ts'
import { lakeCommand } from './lake.ts'
import { personCommand } from './person.ts'
import { rejectedCommand } from './rejected.ts'
import { sourceCommand } from './source.ts'
import { startCommand } from './start.ts'
import { userCommand } from './user.ts'

/** The `dataapp` command. Exit status 0 only when all of it worked; a known error is said in one message, an unknown one with its stack. */
export async function main(argv: string[]): Promise<void> {
  // A reader that has seen enough (`dataapp … | head`) is no failure, and no reason for a service to end.
  process.stdout.on('error', error => {
    if (systemCodeOf(error) !== 'EPIPE') process.exit(1)
    if (argv[2] !== 'start') process.exit(0)
  })
  const program = new Command('dataapp').description('The data platform of a retail chain')
  program.showHelpAfterError().showSuggestionAfterError()
  for (const command of [
    startCommand(),
    configCommand(),
    basketCommand(),
    forecastCommand(),
    ingestCommand(),
    sourceCommand(),
    rejectedCommand(),
    userCommand(),
    lakeCommand(),
    personCommand(),
    keyCommand(),
    doctorCommand(),
    backupCommand(),
    restoreCommand(),
  ])
    program.addCommand(command)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = 1
    console.error(error instanceof DataAppError ? forPerson(error) : error)
  }
}
