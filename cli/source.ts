import { access, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { openDatabase, readableTables } from '#ingestion/postgres/table.ts'
import { draftText } from '#ingestion/source/draft.ts'
import { inferSource } from '#ingestion/source/infer.ts'
import { findSource, parseSource, readShelf } from '#ingestion/source/load.ts'
import { type PreviewRow, previewFile } from '#ingestion/source/preview.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { DataAppError, forPerson } from '#shared/error.ts'

/** `dataapp source …`: drafting, checking and trying out source files. */
export function sourceCommand(): Command {
  const command = new Command('source').description('Source files: how an export becomes sales')
  command.addCommand(inferCommand())
  command.addCommand(checkCommand())
  command.addCommand(previewCommand())
  command.addCommand(listCommand())
  command.addCommand(tablesCommand())
  return command
}

function inferCommand(): Command {
  return new Command('infer')
    .description('Draft a source file from an export')
    .argument('<file>', 'an export of the chain')
    .option('--out <path>', 'write the draft there instead of to the terminal')
    .option('--name <name>', 'the name of the source')
    .option('--json', 'print one JSON document: the name, the YAML and the open questions')
    .action(async (file: string, options: { out?: string; name?: string; json?: true }) => {
      const draft = await inferSource(file, parseConfig(process.env).DATAAPP_CURRENCY)
      const named = options.name === undefined ? draft : { ...draft, name: options.name }
      const text = draftText(named)
      if (options.out !== undefined) await writeNew(options.out, text)
      if (options.json === true)
        console.log(
          JSON.stringify({ name: named.name, yaml: text, questions: named.questions, problems: problemsIn(text) }),
        )
      else if (options.out === undefined) process.stdout.write(text)
      else console.log(`${options.out}: ${named.questions.length} open question(s)`)
    })
}

function checkCommand(): Command {
  return new Command('check')
    .description('Say what is wrong with a source file, or with any of them')
    .argument('[source]', 'a name, or the path of a source file; left out: all of this installation')
    .argument('[file]', 'an export to hold it against')
    .option('--json', 'print one JSON document')
    .action(async (name: string | undefined, file: string | undefined, options: { json?: true }) => {
      const config = parseConfig(process.env)
      if (name === undefined) return checkAll(config, options.json === true)
      const { source } = await findSource(config, name)
      if (file !== undefined) {
        const { rows } = await previewFile(source, resolve(file), 1_000, config)
        const bad = rows.filter(isBad)
        if (bad.length > rows.length * config.DATAAPP_REJECTED_SHARE_LIMIT)
          throw new DataAppError(
            'SOURCE_DOES_NOT_FIT',
            `${bad.length} of the first ${rows.length} rows of ${file} can't be used with "${source.name}". ${sayRow(bad[0])}`,
            {
              hint: `\`dataapp source preview ${file} --source ${name}\` shows row by row what maps.`,
            },
          )
      }
      if (options.json === true) console.log(JSON.stringify({ name: source.name, path: source.path, problems: [] }))
      else console.log(`${source.name}: in order (${source.path})`)
    })
}

/** Every source of the installation. Rejects with all that is wrong, after the others were named (`SOURCES_WRONG`); as JSON it is all in one document. */
async function checkAll(config: Config, json: boolean): Promise<void> {
  const { sources, broken } = await readShelf(config)
  if (json)
    console.log(
      JSON.stringify([
        ...sources.map(({ name, path }) => ({ name, path, problems: [] })),
        ...broken.map(({ name, path, error }) => ({ name, path, problems: [error.message] })),
      ]),
    )
  else for (const { name, path } of sources) console.log(`${name}: in order (${path})`)
  if (broken.length === 0) return
  const wrong = new DataAppError('SOURCES_WRONG', broken.map(({ error }) => error.message).join('\n  ✗ '), {
    hint: 'The other sources work. All keys: docs/sources.md.',
  })
  if (!json) throw wrong
  // The document says what is wrong, beside what is in order.
  console.error(forPerson(wrong))
  process.exitCode = 1
}

function previewCommand(): Command {
  return new Command('preview')
    .description('Show the first rows of an export as a source reads them')
    .argument('<file>', 'an export')
    .requiredOption('--source <name>', 'a name, or the path of a source file')
    .option('--rows <count>', 'how many rows', '10')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: { source: string; rows: string; json?: true }) => {
      const config = parseConfig(process.env)
      const { source } = await findSource(config, options.source)
      const preview = await previewFile(source, resolve(file), Number(options.rows) || 10, config)
      if (options.json === true) console.log(JSON.stringify(preview))
      else for (const row of preview.rows) console.log(sayRow(row))
    })
}

function listCommand(): Command {
  return new Command('list')
    .description('List the sources that this installation knows')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      const { sources, broken } = await readShelf(parseConfig(process.env))
      for (const { name, error } of broken) console.error(`${name}: ✗ ${error.message}`)
      const shown = sources.map(({ name, description, path, belongsTo }) => ({
        name,
        description: description ?? '',
        path,
        belongsTo: belongsTo ?? null,
      }))
      if (options.json === true) console.log(JSON.stringify(shown))
      else for (const { name, description, path } of shown) console.log(`${name.padEnd(26)} ${description} (${path})`)
    })
}

function tablesCommand(): Command {
  return new Command('tables')
    .description('List the tables and views of a Postgres or Supabase database that can be read')
    .argument('<variable>', "the environment variable with the database's URL")
    .option('--json', 'print one JSON document')
    .action(async (variable: string, options: { json?: true }) => {
      const client = await openDatabase(variable)
      try {
        const tables = await readableTables(client)
        if (options.json === true) console.log(JSON.stringify(tables))
        else for (const { table, kind, columns } of tables) console.log(`${table} (${kind}): ${columns.join(', ')}`)
      } finally {
        await client.end()
      }
    })
}

function isBad(row: PreviewRow): boolean {
  return 'problem' in row && row.problem.rule !== 'skipped'
}

function sayRow(row: PreviewRow | undefined): string {
  if (row === undefined) return ''
  if ('problem' in row) {
    const { field, rule, message } = row.problem
    return `line ${row.line}: ✗ ${field === '' ? '' : `${field}: `}${message} [${rule}] ${row.raw}`
  }
  if ('described' in row) return `line ${row.line}: ${row.described}`
  return `line ${row.line}: ${Object.entries(row.sale)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')}`
}

function problemsIn(text: string): string[] {
  try {
    parseSource(text, 'draft')
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  )
  if (exists)
    throw new DataAppError('FILE_EXISTS', `${path} is there already.`, {
      hint: 'Choose another name, or move it away: a draft never replaces a source file.',
    })
  await writeFile(path, text)
}
