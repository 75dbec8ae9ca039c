import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ingestFile } from '#ingestion/ingest.ts'
import { parseSource } from '#ingestion/source/load.ts'
import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { openBus } from '#shared/bus/open.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { openVault, type Vault } from '#shared/crypto/vault.ts'
import { silentLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { available, startKafka } from '../test/parts/kafka.ts'
import { run as measureMemory } from './ingest-memory.ts'
import { peer } from './peers/python.ts'
import { salesSource, writeSales } from './sales-file.ts'

const rowCount = 500_000
const linesPerSale = [16, 4, 1]
/** Of each the best counts: on a shared machine the others say what else ran. */
const takes = Number(process.env.BENCH_TAKES ?? '3')
const source = parseSource(salesSource, 'bench')
const peerAnswer = z.object({ rows: z.number(), seconds: z.number() })

type Bench = { directory: string; config: Config; settings: Settings; vault: Vault }

/**
 * One 500,000-row CSV, validated, onto real Kafka with acks=all and idempotence, against kafka-python on the same broker and against a bus that does nothing; then
 * the memory of the tier (`ingest-memory`).
 */
export async function run(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-bench-'))
  const config = parseConfig({ DATAAPP_HOME: directory })
  const settings = await openSettings(config)
  try {
    const vault = await openVault(config, settings, silentLog)
    await measureRates({ directory, config, settings, vault })
  } finally {
    await settings.close()
    await rm(directory, { recursive: true })
  }
  await measureMemory()
}

async function measureRates(bench: Bench): Promise<void> {
  const reason = available()
  const kafka = reason === undefined ? await startKafka() : undefined
  if (reason !== undefined) console.log(`Kafka: ${reason}`)
  try {
    const brokers = kafka?.brokers ?? []
    const bus = kafka === undefined ? undefined : await kafkaBus(brokers)
    // The script finds the topic there, made as ours is.
    await bus?.ready()
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
async function take({ config, settings, vault }: Bench, path: string, bus: Bus): Promise<number> {
  const begin = performance.now()
  const totals = await ingestFile({ config, settings, vault, bus, log: silentLog }, source, path, {
    mode: 'again',
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  if (totals.accepted !== totals.rows) throw new Error(`${totals.rows - totals.accepted} rows were not accepted`)
  return (totals.rows / (performance.now() - begin)) * 1000
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
