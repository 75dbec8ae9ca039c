import { Command } from 'commander'
import { rejectedPath, replayPath } from '#ingestion/control.ts'
import {
  type List,
  type Listed,
  listRejected,
  listSchema,
  mostListed,
  type Question,
} from '#ingestion/rejected/list.ts'
import { replayedSchema, replayRejected } from '#ingestion/rejected/replay.ts'
import { namedForAnother } from '#ingestion/source/load.ts'
import { parseConfig } from '#shared/config.ts'
import { askInstance } from '#shared/control.ts'
import { DataAppError } from '#shared/error.ts'
import { runningInstance, withParts } from './home.ts'
import { wholeNumber } from './whole-number.ts'

type ListOptions = { source?: string; rule?: string; replayed?: true; limit: number; page: number; json?: true }

/** `dataapp rejected list|show|replay`: records that could not be used. */
export function rejectedCommand(): Command {
  const command = new Command('rejected').description('Records that could not be used')
  command
    .command('list')
    .description('List rejected records, newest first')
    .option('--source <name>', 'of this source only')
    .option('--rule <rule>', 'rejected by this rule only')
    .option('--replayed', 'also those that were replayed')
    .option('--limit <count>', 'how many at most', wholeNumber(1, mostListed), 1_000)
    .option('--page <number>', 'the first, second, … so many of them', wholeNumber(1, 1_000_000), 1)
    .option('--json', 'print one JSON document')
    .action(async (options: ListOptions) => {
      const { records, more } = await ask({
        id: null,
        source: options.source ?? null,
        rule: options.rule ?? null,
        replayed: options.replayed === true,
        limit: options.limit,
        page: options.page - 1,
      })
      if (options.json === true) console.log(JSON.stringify(records))
      else for (const record of records) console.log(lineOf(record))
      // On stderr, as the document on stdout is the list and nothing else.
      if (more) console.error(moreThan(options))
    })
  command
    .command('show')
    .description('Show one rejected record with its own text')
    .argument('<id>')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: { json?: true }) => {
      const { records } = await ask({ id, source: null, rule: null, replayed: true, limit: 1, page: 0 })
      const [record] = records
      if (record === undefined)
        throw new DataAppError('REJECTED_UNKNOWN', `There is no rejected record "${id}".`, {
          hint: '`dataapp rejected list` shows their ids.',
        })
      if (options.json === true) console.log(JSON.stringify(record))
      else console.log(`${lineOf(record)}\n${record.raw}`)
    })
  command
    .command('replay')
    .description('Read rejected records once more, after their source was corrected')
    .argument('[id]', 'one record only')
    .requiredOption('--source <name>', 'the source they belong to')
    .option('--json', 'print one JSON document')
    .action(async (id: string | undefined, options: { source: string; json?: true }) => {
      const result = await replay(options.source, id ?? null)
      if (options.json === true) console.log(JSON.stringify(result))
      else console.log(`${result.open} open, ${result.replayed} replayed, ${result.stillRejected} still rejected`)
    })
  return command
}

async function ask(question: Question): Promise<List> {
  const config = parseConfig(process.env)
  const instance = await runningInstance(config)
  if (instance === undefined) return withParts(config, parts => listRejected(parts, question))
  return listSchema.parse(await askInstance(new URL(rejectedPath, instance.ingestionUrl), instance.token, question))
}

/** Says that a list does not end here. */
function moreThan({ limit, page }: Pick<ListOptions, 'limit' | 'page'>): string {
  const shown = page === 1 ? `the latest ${limit}` : `records ${(page - 1) * limit + 1} to ${page * limit}`
  return `There are more: these are ${shown}. The next: --page ${page + 1}; more at once: --limit, up to ${mostListed}.`
}

async function replay(source: string, id: string | null) {
  const config = parseConfig(process.env)
  const named = namedForAnother(source)
  const instance = await runningInstance(config)
  if (instance === undefined) return withParts(config, parts => replayRejected(parts, { source: named, id }))
  const url = new URL(replayPath, instance.ingestionUrl)
  return replayedSchema.parse(await askInstance(url, instance.token, { source: named, id }))
}

function lineOf({ id, source, file, line, field, rule, message, replayedAt }: Listed): string {
  const where = `${source} ${file}:${line}`
  return `${id} ${where} ${field === '' ? '' : `${field}: `}${message} [${rule}]${replayedAt === null ? '' : ' (replayed)'}`
}
