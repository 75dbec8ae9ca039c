import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { type Bytes, fileBytes, unreadable } from './decode/bytes.ts'
import { openTable } from './decode/table.ts'
import { filesAt } from './files.ts'
import { fingerprint } from './fingerprint.ts'
import { StoppedIntake, takeIn } from './intake.ts'
import { besideFile, type Neighbour, readJoins } from './joins.ts'
import { type FileIdentity, openLedger } from './ledger.ts'
import { rowMapper } from './map/rows.ts'
import { wantedColumns } from './map/wanted.ts'
import { correctedTable, correctionsOf } from './rejected/corrections.ts'
import { fieldsOf } from './rejected/fields.ts'
import { findSource } from './source/load.ts'
import type { Source } from './source/schema.ts'
import { noTotals, seenBefore, sumTotals, type Totals } from './totals.ts'

export type { Totals } from './totals.ts'

/** What is told while work goes on: which file, and the totals of the whole work until now. */
export type Progress = { file: string; totals: Totals }

/** What a file reading needs besides the file: the parts, and how to report and stop. */
export type Work = {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
  /** `again` reads files that were taken in before once more, with a newer version. */
  mode: 'once' | 'again'
}

export type Intaking = Pick<Parts, 'config' | 'log' | 'bus' | 'settings' | 'vault'>

/**
 * Takes in a file or every file of a directory. Each file counts once, whatever it is called. Resolves with the totals of all files; a file that had to
 * be stopped rejects with its coded error after the others have been read.
 */
export async function ingestPath(parts: Intaking, options: Work & { path: string; source: string }): Promise<Totals> {
  const { source, family } = await findSource(parts.config, options.source)
  const jobs = isS3(options.path)
    ? await (await import('./s3/ingest-objects.ts')).s3Jobs(parts, options.path, source, family)
    : (await filesAt(resolve(options.path), source, family)).map(
        ({ path, source: owner }): Job =>
          work =>
            ingestFile(parts, owner, path, work),
      )
  const done: Totals[] = []
  const failures: DataAppError[] = []
  for (const job of jobs) {
    const onProgress = (progress: Progress) =>
      options.onProgress({ file: progress.file, totals: sumTotals([...done, progress.totals]) })
    try {
      done.push(await job({ ...options, onProgress }))
    } catch (error) {
      if (!(error instanceof DataAppError) || jobs.length === 1) throw error
      if (error instanceof StoppedIntake) done.push(error.totals)
      if (options.signal.aborted) throw error
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new FilesFailed(failures, sumTotals(done))
  return sumTotals(done)
}

/** Some files of a directory could not be read; the others were. */
export class FilesFailed extends DataAppError {
  readonly totals: Totals

  constructor(failures: readonly DataAppError[], totals: Totals) {
    super('FILES_FAILED', failures.map(failure => `${failure.message} [${failure.code}]`).join('\n  ✗ '), {
      hint: [...new Set(failures.map(failure => failure.hint))].join('\n'),
    })
    this.totals = totals
  }
}

/** Takes in one local file. */
export async function ingestFile(parts: Intaking, source: Source, path: string, work: Work): Promise<Totals> {
  const { found, print } = await printed(path).catch((error: unknown) => {
    throw systemCodeOf(error) === '' ? error : unreadable(path, error)
  })
  return ingestBytes(parts, source, fileBytes(path, found.size), print, besideFile(path), work)
}

async function printed(path: string): Promise<{ found: Stats; print: string }> {
  const found = await stat(path)
  return { found, print: await fingerprint(path, found.size, found.mtimeMs) }
}

/** Takes in one content, wherever its bytes come from. `print` tells it from any other content. */
export async function ingestBytes(
  parts: Intaking,
  source: Source,
  bytes: Bytes,
  print: string,
  neighbour: Neighbour,
  work: Work,
): Promise<Totals> {
  const { config, log, bus, settings } = parts
  const ledger = openLedger(settings)
  const identity: FileIdentity = {
    source: source.name,
    fingerprint: print,
    file: `${basename(bytes.name)}#${print.slice(0, 12)}`,
    place: bytes.name,
  }
  const entry = await ledger.begin(identity, work.mode)
  if (entry.state === 'done' && entry.totals !== undefined) return seenBefore(entry.totals)
  let columns: readonly string[] = []
  try {
    const corrections = await correctionsOf(parts, source.name, entry.file)
    const table = correctedTable(
      await openTable(bytes, source.format, wantedColumns(source), source.numbers.decimal),
      corrections.rows,
      (raw, columns) => fieldsOf(raw, source, columns),
    )
    columns = table.columns
    const joins = await readJoins(source, neighbour)
    const mapper = rowMapper(source, table.columns, joins, config, entry.version)
    const totals = await takeIn(table, mapper, {
      bus,
      log,
      source,
      file: entry.file,
      version: entry.version,
      rowsDone: entry.rowsDone,
      corrections: corrections.lines,
      rejectedShareLimit: config.DATAAPP_REJECTED_SHARE_LIMIT,
      checkpoint: rowsDone => ledger.checkpoint(identity, rowsDone),
      onProgress: totals => work.onProgress({ file: bytes.name, totals }),
      signal: work.signal,
    })
    await ledger.done(identity, totals, columns)
    return totals
  } catch (error) {
    if (error instanceof DataAppError && error.code !== 'INGEST_INTERRUPTED') {
      const totals = error instanceof StoppedIntake ? error.totals : noTotals
      await ledger.stopped(identity, totals, columns, `${error.code}: ${error.message}`)
    }
    throw error
  }
}

/** Reading one file or object. */
export type Job = (work: Work) => Promise<Totals>

function isS3(path: string): boolean {
  return path.startsWith('s3://')
}
