import { Command } from 'commander'
import { z } from 'zod'
import { parseConfig } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import { doJob, printResult } from './job.ts'

/** `dataapp lake archive|replay`. */
export function lakeCommand(): Command {
  const command = new Command('lake').description('The history as Parquet files')
  command
    .command('archive')
    .description('Bring the lake up to date now; processing does it by itself every ten minutes')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      printResult(await doJob(parseConfig(process.env), { job: 'lake-archive' }), options.json === true)
    })
  command
    .command('replay')
    .description('Rebuild days of the warehouse from the lake and put them in place without downtime')
    .requiredOption('--from <day>', 'the first day, YYYY-MM-DD')
    .requiredOption('--to <day>', 'the last day, YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async ({ from, to, json }: { from: string; to: string; json?: true }) => {
      for (const day of [from, to])
        if (!z.iso.date().safeParse(day).success)
          throw new DataAppError('NO_DAY', `"${day}" is not a day.`, { hint: 'Write one that exists as 2024-05-31.' })
      if (from > to)
        throw new DataAppError('NO_SPAN', `${from} is after ${to}.`, {
          hint: '--from is the first day, --to the last.',
        })
      printResult(await doJob(parseConfig(process.env), { job: 'lake-replay', from, to }), json === true)
    })
  return command
}
