import { Command } from 'commander'
import { systemCodeOf } from '#shared/error.ts'
import { commandsFor } from './commands.ts'
import { sayFailure } from './failure.ts'

/** The `dataapp` command. Exit status 0 only when all of it worked; a known error is said in one message, an unknown one with its stack. With `--json`, stdout has one JSON document either way. */
export async function main(argv: string[]): Promise<void> {
  const [, , word = ''] = argv
  // A reader that has seen enough (`dataapp … | head`) is no failure, and no reason for a service to end.
  process.stdout.on('error', error => {
    if (systemCodeOf(error) !== 'EPIPE') process.exit(1)
    if (word !== 'start') process.exit(0)
  })
  const program = new Command('dataapp').description('The data platform of a retail chain')
  throwing(program).showHelpAfterError().showSuggestionAfterError()
  try {
    for (const command of await commandsFor(word)) program.addCommand(throwing(command))
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = sayFailure(error, argv)
  }
}

/** The command, made to throw where its arguments are wrong instead of ending the process. */
function throwing(command: Command): Command {
  command.exitOverride()
  for (const inner of command.commands) throwing(inner)
  return command
}
