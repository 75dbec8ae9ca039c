import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { ingestFile } from '#ingestion/ingest.ts'
import { parseSource } from '#ingestion/source/load.ts'
import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { openKafkaBus } from '#shared/bus/kafka/kafka-bus.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { available, startKafka } from '../test/parts/kafka.ts'
import { peer } from './peers/python.ts'

const rowCount = 500_000
const source = parseSource(
  `name: bench
format: { delimiter: ",", encoding: utf-8 }
dates: { format: "YYYY-MM-DD HH:mm:ss" }
sale: { id: sale, store: store, soldAt: date, seller: seller, customer: customer, product: product, quantity: quantity, unitPrice: price, revenue: total, cost: cost }
`,
  'bench',
)
const peerAnswer = z.object({ rows: z.number(), seconds: z.number() })

type Bench = { directory: string; config: Config; settings: Settings }

/** One 500,000-row CSV, validated, onto real Kafka with acks=all and idempotence, against kafka-python and against a bus that does nothing; and memory on 5 GB. */
export async function run(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-bench-'))
  const config = parseConfig({ DATAAPP_HOME: directory })
  const settings = await openSettings(config)
  try {
    await measureAll({ directory, config, settings })
  } finally {
    await settings.close()
    await rm(directory, { recursive: true })
  }
}

async function measureAll(bench: Bench): Promise<void> {
  // First, while nothing else has used memory in this process.
  await measureMemory(bench)
  const reason = available()
  const kafka = reason === undefined ? await startKafka() : undefined
  if (reason !== undefined) console.log(`Kafka: ${reason}`)
  try {
    const brokers = kafka?.brokers ?? []
    const bus = kafka === undefined ? undefined : await kafkaBus(brokers)
    for (const linesPerSale of [16, 4, 1]) {
      const path = join(bench.directory, `sales-${linesPerSale}.csv`)
      await writeSales(path, rowCount, linesPerSale)
      // The first pass warms up; the peer and ours then run one after the other on the same broker.
      if (linesPerSale === 16) await take(bench, path, noBus())
      const nothing = await take(bench, path, noBus())
      print(`${linesPerSale} lines a sale, onto a bus that does nothing`, nothing)
      if (bus === undefined) continue
      if (linesPerSale === 16) await take(bench, path, bus)
      const ours = await take(bench, path, bus)
      const script = linesPerSale === 16 ? await theirs(path, brokers[0] ?? '') : undefined
      const ratio =
        script === undefined
          ? ''
          : `, ${(ours / script).toFixed(1)} × the script (${Math.round(script)} rows/s); goal 12`
      print(
        `${linesPerSale} lines a sale, onto Kafka ${kafka?.version ?? ''}`,
        ours,
        `${((ours / nothing) * 100).toFixed(0)} % of the bus that does nothing; goal 60 %${ratio}`,
      )
    }
    await bus?.close()
  } finally {
    await kafka?.stop()
  }
}

async function kafkaBus(brokers: string[]): Promise<Bus> {
  const config = parseConfig({ DATAAPP_BUS_BROKERS: brokers.join(','), DATAAPP_BUS_REPLICATION: '1' })
  return openKafkaBus({ ...config, DATAAPP_BUS_BROKERS: brokers }, silentLog)
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

/** A file far larger than memory, made on the fly: the most this process ever held while it was read. */
async function measureMemory(bench: Bench): Promise<void> {
  const gigabytes = Number(process.env.BENCH_GIGABYTES ?? '5')
  const path = join(bench.directory, 'large.csv')
  await writeSales(path, Math.round((gigabytes * 1e9) / 77), 16)
  let most = 0
  const before = Math.round(process.memoryUsage().rss / 1e6)
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  const speed = await take(bench, path, noBus())
  clearInterval(timer)
  const size = (await stat(path)).size / 1e9
  print(
    `${size.toFixed(1)} GB, onto a bus that does nothing`,
    speed,
    `at most ${Math.round(most / 1e6)} MB of memory, ${before} before it began, settings database included; limit 300`,
  )
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

async function writeSales(path: string, rows: number, linesPerSale: number): Promise<void> {
  const out = createWriteStream(path)
  out.write('sale,store,date,seller,customer,product,quantity,price,total,cost\n')
  let text = ''
  for (let i = 0; i < rows; i++) {
    const sale = Math.floor(i / linesPerSale)
    const day = String((Math.floor(sale / 2_000) % 28) + 1).padStart(2, '0')
    const second = String(sale % 60).padStart(2, '0')
    const price = ((i * 7919) % 99_999) / 100
    const pieces = (i % 5) + 1
    text += `S${sale},${sale % 50},2024-03-${day} 12:${String(sale % 59).padStart(2, '0')}:${second},V${sale % 17},C${sale % 9973},P${(i * 31) % 4001},${pieces},${price.toFixed(2)},${(price * pieces).toFixed(2)},${(price * pieces * 0.6).toFixed(2)}\n`
    if (text.length > 1_000_000) {
      if (!out.write(text)) await new Promise<void>(done => out.once('drain', done))
      text = ''
    }
  }
  out.end(text)
  await finished(out)
}

function print(what: string, rowsPerSecond: number, more = ''): void {
  console.log(`${what}: ${Math.round(rowsPerSecond).toLocaleString('en')} rows/s${more === '' ? '' : ` (${more})`}`)
}
