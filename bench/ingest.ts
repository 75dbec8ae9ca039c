import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ingestFile } from '#ingestion/ingest.ts'
import { parseSource } from '#ingestion/source/load.ts'
import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { openBus } from '#shared/bus/open.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { startIngestionTier, available as tierAvailable } from '../test/parts/ingestion-tier.ts'
import { available, startKafka } from '../test/parts/kafka.ts'
import { peer } from './peers/python.ts'
import { rowBytes, salesSource, writeSales } from './sales-file.ts'

const rowCount = 500_000
const linesPerSale = [16, 4, 1]
/** Of each the best counts: on a shared machine the others say what else ran. */
const takes = Number(process.env.BENCH_TAKES ?? '3')
const memoryLimitMb = 300
const source = parseSource(salesSource, 'bench')
const peerAnswer = z.object({ rows: z.number(), seconds: z.number() })

type Bench = { directory: string; config: Config; settings: Settings }

/**
 * One 500,000-row CSV, validated, onto real Kafka with acks=all and idempotence, against kafka-python on the same broker and against a bus that does nothing; then
 * the memory of the tier while it reads a file of `BENCH_GIGABYTES` (5; 0 leaves it out).
 */
export async function run(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-bench-'))
  const config = parseConfig({ DATAAPP_HOME: directory })
  const settings = await openSettings(config)
  try {
    await measureRates({ directory, config, settings })
  } finally {
    await settings.close()
    await rm(directory, { recursive: true })
  }
  const gigabytes = Number(process.env.BENCH_GIGABYTES ?? '5')
  if (gigabytes > 0) await measureMemory(gigabytes)
}

async function measureRates(bench: Bench): Promise<void> {
  const reason = available()
  const kafka = reason === undefined ? await startKafka() : undefined
  if (reason !== undefined) console.log(`Kafka: ${reason}`)
  try {
    const brokers = kafka?.brokers ?? []
    const bus = kafka === undefined ? undefined : await kafkaBus(brokers)
    for (const lines of linesPerSale) {
      const path = join(bench.directory, `sales-${lines}.csv`)
      await writeSales(path, rowCount, lines)
      const script = lines === 16 && bus !== undefined ? await theirs(path, brokers[0] ?? '') : undefined
      const nothing: number[] = []
      const kafkaRates: number[] = []
      // In turn, so that both meet the same machine; the first of each warms up.
      for (let n = 0; n <= takes; n++) {
        nothing.push(await take(bench, path, noBus()))
        if (bus !== undefined) kafkaRates.push(await take(bench, path, bus))
      }
      print(`${lines} lines a sale, onto a bus that does nothing`, best(nothing))
      if (bus === undefined) continue
      const ratio =
        script === undefined
          ? ''
          : `, ${(best(kafkaRates) / script).toFixed(1)} × the script (${Math.round(script)} rows/s); goal 12`
      print(
        `${lines} lines a sale, onto Kafka ${kafka?.version ?? ''}`,
        best(kafkaRates),
        `${((best(kafkaRates) / best(nothing)) * 100).toFixed(0)} % of the bus that does nothing${lines === 16 ? '; goal 60 %' : ''}${ratio}`,
      )
    }
    await bus?.close()
  } finally {
    await kafka?.stop()
  }
}

/** The best but the first. */
function best(rates: readonly number[]): number {
  return Math.max(...rates.slice(1))
}

function kafkaBus(brokers: string[]): Promise<Bus> {
  return openBus(parseConfig({ DATAAPP_BUS_BROKERS: brokers.join(','), DATAAPP_BUS_REPLICATION: '1' }), silentLog)
}

async function theirs(path: string, broker: string): Promise<number | undefined> {
  const answer = await peer('ingest.py', ['kafka'], [path, broker, topics.sales])
  if (answer === undefined) return undefined
  const { rows, seconds } = peerAnswer.parse(answer)
  return rows / seconds
}

/** Rows a second for one file, ledger and fingerprint included. */
async function take({ config, settings }: Bench, path: string, bus: Bus): Promise<number> {
  const begin = performance.now()
  const totals = await ingestFile({ config, settings, bus, log: silentLog }, source, path, {
    mode: 'again',
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  if (totals.accepted !== totals.rows) throw new Error(`${totals.rows - totals.accepted} rows were not accepted`)
  return (totals.rows / (performance.now() - begin)) * 1000
}

/** The tier as it runs in the cloud, in a process of its own: the most it ever held while a file far larger than its memory went through it onto Kafka. */
async function measureMemory(gigabytes: number): Promise<void> {
  const reason =
    process.platform === 'linux' ? tierAvailable() : 'needs Linux, which keeps the most a process ever held'
  if (reason !== undefined) return console.log(`memory of the tier: ${reason}`)
  // The broker's disk must not fill up with what is measured here.
  const tier = await startIngestionTier({ DATAAPP_BUS_RETENTION_BYTES: String(500_000_000) })
  const settings = await openSettings(tier.config)
  try {
    const home = tier.config.DATAAPP_HOME
    const inbox = join(home, 'inbox', 'bench')
    mkdirSync(inbox, { recursive: true })
    writeFileSync(join(home, 'sources', 'bench.yaml'), salesSource)
    const path = join(home, 'large.csv')
    await writeSales(path, Math.round((gigabytes * 1e9) / rowBytes), 16)
    const size = (await stat(path)).size / 1e9
    const before = mostHeldMb(tier.pid())
    const begin = performance.now()
    renameSync(path, join(inbox, 'large.csv'))
    const totals = await whenDone(settings)
    print(
      `${size.toFixed(1)} GB through the tier as it runs in the cloud, onto Kafka ${tier.kafka.version}`,
      (totals.accepted / (performance.now() - begin)) * 1000,
      `at most ${mostHeldMb(tier.pid())} MB of memory, ${before} before it began; limit ${memoryLimitMb}`,
    )
  } finally {
    await settings.close()
    await tier.stop()
  }
}

async function whenDone(settings: Settings): Promise<{ accepted: number }> {
  for (;;) {
    const [row] = await settings.query<{ totals: { accepted: number } }>(
      "SELECT totals FROM ledger WHERE state <> 'reading'",
    )
    if (row !== undefined) return row.totals
    await sleep(250)
  }
}

function mostHeldMb(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(found?.[1] ?? Number.NaN) / 1000)
}

function noBus(): Bus {
  return {
    kind: 'kafka',
    publish: async () => {},
    consume() {
      throw new Error('nothing to consume')
    },
    lag: async () => 0,
    ready: async () => {},
    close: async () => {},
  }
}

function print(what: string, rowsPerSecond: number, more = ''): void {
  console.log(`${what}: ${Math.round(rowsPerSecond).toLocaleString('en')} rows/s${more === '' ? '' : ` (${more})`}`)
}
