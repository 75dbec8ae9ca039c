import { Command } from 'commander'
import { z } from 'zod'
import { rejectedPath, replayPath } from '#ingestion/control.ts'
import { type Listed, listedSchema, listRejected, type Question } from '#ingestion/rejected/list.ts'
import { replayedSchema, replayRejected } from '#ingestion/rejected/replay.ts'
import { namedForAnother } from '#ingestion/source/load.ts'
import { parseConfig } from '#shared/config.ts'
import { askInstance } from '#shared/control.ts'
import { DataAppError } from '#shared/error.ts'
import { runningInstance, withParts } from './home.ts'

type ListOptions = { source?: string; rule?: string; replayed?: true; limit: string; json?: true }

/** `dataapp rejected list|show|replay`: records that could not be used. */
export function rejectedCommand(): Command {
  const command = new Command('rejected').description('Records that could not be used')
  command
    .command('list')
    .description('List rejected records, newest first')
    .option('--source <name>', 'of this source only')
    .option('--rule <rule>', 'rejected by this rule only')
    .option('--replayed', 'also those that were replayed')
    .option('--limit <count>', 'how many at most', '1000')
    .option('--json', 'print one JSON document')
    .action(async (options: ListOptions) => {
      const records = await ask({
        id: null,
        source: options.source ?? null,
        rule: options.rule ?? null,
        replayed: options.replayed === true,
        limit: Number(options.limit) || 1000,
      })
      if (options.json === true) console.log(JSON.stringify(records))
      else for (const record of records) console.log(lineOf(record))
    })
  command
    .command('show')
    .description('Show one rejected record with its own text')
    .argument('<id>')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: { json?: true }) => {
      const [record] = await ask({ id, source: null, rule: null, replayed: true, limit: 1 })
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

async function ask(question: Question): Promise<Listed[]> {
  const config = parseConfig(process.env)
  const instance = await runningInstance(config)
  if (instance === undefined) return withParts(config, parts => listRejected(parts, question))
  return z
    .array(listedSchema)
    .parse(await askInstance(new URL(rejectedPath, instance.ingestionUrl), instance.token, question))
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
