import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import { consumerGroups as groups, topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { openBus } from '#shared/bus/open.ts'
import { forkModule } from '#shared/child.ts'
import { parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { encodeSale } from '#shared/records/sale.ts'
import { openSettings } from '#shared/settings/open.ts'
import { Engine } from '#shared/warehouse/embedded/supervisor.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { available, startKafka } from '../test/parts/kafka.ts'
import * as postgresPart from '../test/parts/postgres.ts'
import { followAnnounced } from './announced.ts'
import { generateSales, type Shape } from './generate.ts'
import { peer } from './peers/python.ts'
import { readMessages } from './reader.ts'

const shape: Shape = {
  lines: Number(process.env.BENCH_LINES ?? 500_000),
  stores: 200,
  products: 5_000,
  sellersPerStore: 8,
  customers: 20_000,
  linesPerSale: 8,
  days: 30,
  firstDay: '2024-05-01',
  seed: 1,
}
const preparedRows = 50_000
const engineBytes = 1_000_000_000
const openedSchema = z.object({ openBytes: z.number() })
const tookSchema = z.object({ mostBytes: z.number(), cpuSeconds: z.number() })
const peerResult = z.object({ lines: z.number(), seconds: z.number() })

/** Sale lines from real Kafka into the warehouse, cleaned, with every aggregate fresh: against `@clickhouse/client` alone and against Python, in one run on one machine. */
export async function run(): Promise<void> {
  const reason = available()
  if (reason !== undefined) return console.log(`load: skipped, ${reason}`)
  const home = temporaryHome()
  const kafka = await startKafka()
  // As in production: without Postgres here the settings database is inside the process and counts as its memory.
  const postgres = postgresPart.available() === undefined ? await postgresPart.startPostgres() : undefined
  const engine = new Engine({
    directory: `${home.config.DATAAPP_HOME}/warehouse`,
    database: 'dataapp',
    memoryBytes: engineBytes,
    log: silentLog,
  })
  try {
    await engine.up()
    const env = {
      DATAAPP_HOME: home.config.DATAAPP_HOME,
      PORT: '0',
      DATAAPP_BUS_BROKERS: kafka.brokers.join(','),
      DATAAPP_BUS_REPLICATION: '1',
      DATAAPP_BUS_PARTITIONS: '12',
      DATAAPP_WAREHOUSE_URL: engine.url,
      DATAAPP_WAREHOUSE_PASSWORD: engine.password,
      DATAAPP_LOG_LEVEL: 'silent',
      ...(postgres === undefined ? {} : { DATAAPP_SETTINGS_URL: postgres.url }),
    }
    const config = parseConfig(env)
    const settings = await openSettings(config)
    const [bus, warehouse] = await Promise.all([openBus(config, silentLog), openWarehouse(config, silentLog, settings)])
    // From here on the tier's own.
    await settings.close()
    await warehouse.run('CREATE DATABASE peer')
    for (const table of ['sale_lines', 'store_days', 'seller_days', 'product_days'])
      await warehouse.run(`CREATE TABLE peer.${table} AS ${table}`)
    const messages = await publishAll(bus)
    // The broker compiles how it serves fetches while it does: whoever reads first would pay for whoever comes after.
    await (await readMessages(bus, topics.sales, messages)).stop()

    await warehouse.run('CREATE TABLE bare AS sale_lines')
    const bare = await rate(() => insertPrepared(warehouse))
    await warehouse.run('DROP TABLE bare SYNC')
    batches.length = 0
    collectGarbage()

    const tier = await startTier(env)
    // To ask for its position again and again would take a tenth of a processor.
    const loaded = new Promise<void>(done => {
      followAnnounced(bus, 'bench-load', lines => {
        if (lines >= shape.lines) done()
      })
    })
    // The broker makes its topic of positions when the first group asks: once in its life, not in each load.
    await bus.lag(topics.sales, groups.sales)
    await tier.begin()
    // As for Python, the clock starts with the programme running and its consumers about to join.
    const begin = performance.now()
    await Promise.race([loaded, tier.failed])
    while ((await bus.lag(topics.sales, groups.sales)) > 0) await sleep(10)
    const ours = (shape.lines / (performance.now() - begin)) * 1000
    const took = await tier.stop()
    await checkSums(warehouse)

    const result = peerResult.safeParse(
      await peer(
        'load.py',
        ['kafka', 'pandas'],
        [kafka.brokers.join(','), topics.sales, String(messages), engine.url, engine.password],
      ),
    )
    console.log(`load: ${shape.lines} lines in ${messages} sales from Kafka ${kafka.version}`)
    console.log(`  @clickhouse/client alone, prepared batches: ${perSecond(bare)}`)
    console.log(
      `  processing, all aggregates fresh:           ${perSecond(ours)} = ${ratio(ours, bare)} of the client (goal 75 %)`,
    )
    console.log(
      `  Node ${megabytes(took.mostBytes)} at most (goal 512; ${megabytes(took.openBytes)} before it began), ${took.cpuSeconds.toFixed(1)} s of processor; engine capped at ${megabytes(engineBytes)}`,
    )
    if (result.success) {
      const theirs = result.data.lines / result.data.seconds
      console.log(
        `  Python, no encryption, no corrections:      ${perSecond(theirs)}; processing is ${(ours / theirs).toFixed(1)} times as fast (goal 5)`,
      )
    }
    await Promise.all([bus.close(), warehouse.close()])
  } finally {
    await engine.close()
    await kafka.stop()
    await postgres?.stop()
    home.remove()
  }
}

/** Processing with these settings in a process of its own, ready to begin. */
async function startTier(env: Record<string, string>) {
  const child = forkModule('./tiers/processing', import.meta.url, { env: { PATH: process.env.PATH, ...env } })
  const failed = once(child, 'exit').then(([code]): never => {
    throw new Error(`processing ended with ${code}`)
  })
  failed.catch(() => {})
  const answer = async () => {
    const [message]: unknown[] = await Promise.race([once(child, 'message'), failed])
    return message
  }
  const open = openedSchema.parse(await answer())
  return {
    failed,
    begin: async () => {
      child.send('begin')
      z.literal('running').parse(await answer())
    },
    stop: async () => {
      child.send('stop')
      return { ...open, ...tookSchema.parse(await answer()) }
    },
  }
}

async function publishAll(bus: Bus): Promise<number> {
  let messages = 0
  let batch: { key: string; value: Buffer }[] = []
  for (const sale of generateSales(shape)) {
    batch.push({ key: sale.store, value: Buffer.from(encodeSale(sale)) })
    messages++
    if (batch.length < 2_000) continue
    await bus.publish(topics.sales, batch)
    batch = []
  }
  await bus.publish(topics.sales, batch)
  return messages
}

async function insertPrepared(warehouse: Warehouse): Promise<void> {
  for (const rows of prepared())
    await warehouse.client.insert({ table: 'bare', values: rows, format: 'JSONCompactEachRow' })
}

const batches: (readonly (string | number)[])[][] = []

/** Rows made before the clock starts. */
function prepared() {
  if (batches.length > 0) return batches
  let rows: (readonly (string | number)[])[] = []
  for (const sale of generateSales(shape)) {
    const day = sale.soldAt.slice(0, 10)
    const soldAt = sale.soldAt.replace('T', ' ')
    for (const line of sale.lines) {
      const { quantity, unitPrice, discount, revenue, cost } = line
      const amounts = [quantity, unitPrice, discount, revenue, cost ?? 0].map(amount => amount / 1e6)
      rows.push([
        sale.store,
        day,
        sale.sale,
        line.line,
        soldAt,
        line.product,
        sale.seller,
        sale.customer,
        ...amounts,
        1,
        sale.source,
        sale.file,
        line.row,
        sale.version,
        0,
      ])
    }
    if (rows.length < preparedRows) continue
    batches.push(rows)
    rows = []
  }
  if (rows.length > 0) batches.push(rows)
  return batches
}

async function rate(work: () => Promise<void>): Promise<number> {
  prepared()
  const begin = performance.now()
  await work()
  return (shape.lines / (performance.now() - begin)) * 1000
}

async function checkSums(warehouse: Warehouse): Promise<void> {
  let expected = 0n
  for (const sale of generateSales(shape)) for (const line of sale.lines) expected += BigInt(line.revenue)
  for (const table of ['sale_lines', 'store_days', 'seller_days', 'product_days']) {
    const [row] = await warehouse.rows<{ sum: string }>(
      `SELECT toString(toInt128(sum(revenue) * 1000000)) AS sum FROM ${table} FINAL`,
    )
    if (row?.sum !== String(expected)) throw new Error(`${table} holds ${row?.sum} millionths instead of ${expected}`)
  }
}

/** What was made ready is dropped before the clock starts: collecting it would take a core from what is measured. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

const perSecond = (value: number) => `${Math.round(value).toLocaleString('en')} lines/s`
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
const ratio = (value: number, of: number) => `${Math.round((value / of) * 100)} %`
