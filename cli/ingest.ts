import { Command } from 'commander'
import { controlIngest } from '#ingestion/control.ts'
import { FilesFailed, ingestPath, type Progress } from '#ingestion/ingest.ts'
import { StoppedIntake } from '#ingestion/intake.ts'
import type { Totals } from '#ingestion/totals.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { Unfinished } from './failure.ts'
import { runningInstance, withParts } from './home.ts'
import { progressBar } from './progress.ts'

type Options = { source: string; json?: true; again?: true }

/** `dataapp ingest`: takes in a file, a directory or an S3 prefix, in this process or through the instance that runs on this data directory. */
export function ingestCommand(): Command {
  return new Command('ingest')
    .description('Take in a file, a directory or an S3 prefix of sales or dimensions')
    .argument('<path>', 'a file, a directory, or s3://bucket/prefix')
    .requiredOption('--source <name>', 'the source that says how to read it: a name, or the path of a source file')
    .option('--json', 'print the totals as one JSON document')
    .option('--again', 'read files that were taken in before once more, for instance after the source changed')
    .action((path: string, options: Options) => ingest(parseConfig(process.env), path, options))
}

async function ingest(config: Config, path: string, options: Options): Promise<void> {
  const began = performance.now()
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const bar = progressBar(process.stderr)
  const work = {
    path,
    source: options.source,
    mode: options.again === true ? ('again' as const) : ('once' as const),
    signal: stop.signal,
    onProgress: ({ file, totals }: Progress) => bar.show(file, totals),
  }
  const report = (totals: Totals) => {
    bar.end()
    const seconds = secondsSince(began)
    console.log(options.json === true ? JSON.stringify(asDocument(totals, seconds)) : inWords(totals, seconds))
  }
  try {
    const instance = await runningInstance(config)
    report(
      instance === undefined
        ? await withParts(config, parts => ingestPath(parts, work))
        : await controlIngest(instance, work),
    )
  } catch (error) {
    bar.end()
    if (!(error instanceof StoppedIntake) && !(error instanceof FilesFailed)) throw error
    const seconds = secondsSince(began)
    if (options.json !== true) console.log(inWords(error.totals, seconds))
    throw new Unfinished(error, asDocument(error.totals, seconds))
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

const secondsSince = (began: number): number => Math.round(performance.now() - began) / 1000

function asDocument({ rows, accepted, rejected, duplicates, sales }: Totals, seconds: number): Record<string, number> {
  return { rows, accepted, rejected, duplicates, sales, seconds }
}

function inWords({ rows, accepted, rejected, duplicates, sales }: Totals, seconds: number): string {
  return `${rows} rows: ${accepted} accepted (${sales} sales), ${rejected} rejected, ${duplicates} duplicates, in ${seconds.toFixed(1)} s`
}
