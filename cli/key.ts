import { Command } from 'commander'
import { parseConfig } from '#shared/config.ts'
import { doJob, printResult } from './job.ts'

/** `dataapp key rotate`. */
export function keyCommand(): Command {
  const command = new Command('key').description('The keys that protect personal data')
  command
    .command('rotate')
    .description('New keys, and everything they protect encrypted again under them, while everything runs')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      printResult(await doJob(parseConfig(process.env), { job: 'key-rotate' }), options.json === true)
    })
  return command
}
