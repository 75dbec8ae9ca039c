import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { restore } from '#processing/backup.ts'
import { parseConfig } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import { withParts } from './home.ts'
import { doJob, printResult } from './job.ts'

/** `dataapp backup DIRECTORY`. */
export function backupCommand(): Command {
  return new Command('backup')
    .description(
      'Write settings, keys, source files, quality rules and the whole history into a new directory, while everything runs',
    )
    .argument('<directory>', 'a directory that is empty or not there yet; it holds the keys, so keep it safe')
    .option('--json', 'print one JSON document')
    .action(async (directory: string, options: { json?: true }) => {
      const job = { job: 'backup', directory: resolve(directory) } as const
      printResult(await doJob(parseConfig(process.env), job), options.json === true)
    })
}

/** `dataapp restore DIRECTORY`. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('Bring a backup into a new, empty data directory')
    .argument('<directory>', 'what `dataapp backup` wrote')
    .option('--json', 'print one JSON document')
    .action(async (directory: string, options: { json?: true }) => {
      const config = parseConfig(process.env)
      if (!existsSync(join(directory, 'backup.json')))
        throw new DataAppError('BACKUP_MISSING', `${directory} holds no finished backup.`, {
          hint: 'Name the directory that `dataapp backup` wrote.',
        })
      const ring = join(config.DATAAPP_HOME, 'keys.json')
      if (existsSync(ring))
        throw new DataAppError('RESTORE_NOT_EMPTY', `${config.DATAAPP_HOME} is in use already.`, {
          hint: 'Restore into a new DATAAPP_HOME.',
        })
      mkdirSync(config.DATAAPP_HOME, { recursive: true })
      if (existsSync(join(directory, 'keys.json'))) copyFileSync(join(directory, 'keys.json'), ring)
      printResult(await withParts(config, parts => restore(parts, resolve(directory))), options.json === true)
    })
}
