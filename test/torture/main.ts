import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { archive } from '#processing/lake/archive.ts'
import { replay } from '#processing/lake/replay.ts'
import { groups } from '#processing/main.ts'
import { topics } from '#shared/agreement.ts'
import { openBus } from '#shared/bus/open.ts'
import { parseConfig } from '#shared/config.ts'
import { openLake } from '#shared/lake/lake.ts'
import { silentLog } from '#shared/log.ts'
import { encodeSale, type Sale } from '#shared/records/sale.ts'
import { Engine } from '#shared/warehouse/embedded/supervisor.ts'
import { openWarehouse } from '#shared/warehouse/open.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { generateSales, randomOf } from '../../bench/generate.ts'
import { temporaryHome } from '../parts/home.ts'
import { startKafka } from '../parts/kafka.ts'
import { startPostgres } from '../parts/postgres.ts'
import { tortureIngestion } from './ingestion.ts'
import { Truth } from './truth.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '300' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
})
const seconds = Number(values.seconds)
const seed = Number(values.seed)
const random = randomOf(seed)
const pick = (count: number) => Math.floor(random() * count)

const shape = {
  lines: 10_000_000,
  stores: 30,
  products: 200,
  sellersPerStore: 3,
  customers: 100,
  linesPerSale: 3,
  days: 60,
  firstDay: '2024-03-01',
  seed,
}

/**
 * Real Kafka, Postgres and two processing instances, killed at random together with the warehouse and the broker while sales, corrections, late and repeated messages
 * come in. At the end every aggregate, and a replay from the lake, must equal a plain recomputation.
 */
async function torture(): Promise<void> {
  console.log(`torture: seed ${seed}, ${seconds} s (npm run torture -- --seed ${seed} --seconds ${seconds})`)
  const home = temporaryHome()
  const [kafka, postgres] = await Promise.all([startKafka(), startPostgres()])
  const directory = join(home.config.DATAAPP_HOME, 'warehouse')
  const engine = new Engine({ directory, database: 'dataapp', memoryBytes: 700_000_000, log: silentLog })
  await engine.up()
  const env = {
    DATAAPP_HOME: home.config.DATAAPP_HOME,
    PORT: '0',
    DATAAPP_PROCESSING_PORT: '0',
    DATAAPP_LOG_LEVEL: 'error',
    DATAAPP_BUS_BROKERS: kafka.brokers.join(','),
    DATAAPP_BUS_REPLICATION: '1',
    DATAAPP_BUS_PARTITIONS: '6',
    DATAAPP_WAREHOUSE_URL: engine.url,
    DATAAPP_WAREHOUSE_PASSWORD: engine.password,
    DATAAPP_SETTINGS_URL: postgres.url,
  }
  const config = parseConfig(env)
  const warehouse = await openWarehouse(config, silentLog)
  const bus = await openBus(config, silentLog)
  const instances: ChildProcess[] = []
  const start = (index: number) => {
    const command = [join(root, 'bin', 'dataapp.js'), 'start', 'processing']
    const child = spawn(process.execPath, command, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    instances[index] = child
  }
  start(0)
  start(1)
  const truth = new Truth()
  const past: Sale[] = []
  const counts: Record<string, number> = {}
  try {
    const sales = generateSales(shape)
    let version = 1_700_000_000_000_000
    const publish = (some: readonly Sale[]) =>
      bus.publish(
        topics.sales,
        some.map(sale => ({ key: sale.store, value: Buffer.from(encodeSale(sale)) })),
      )
    const state = async (some: readonly Sale[]) => {
      for (const sale of some) truth.state(sale)
      past.push(...some)
      await publish(some)
    }
    const actions: Record<string, () => Promise<void>> = {
      sell: async () => {
        const some: Sale[] = []
        for (let left = 50 + pick(300); left > 0; left--) {
          const next = sales.next()
          if (next.done !== true) some.push({ ...next.value, version: ++version })
        }
        await state(some)
      },
      repeat: async () => publish(past.slice(pick(past.length)).slice(0, 200)),
      correct: async () => {
        const some = Array.from({ length: Math.min(past.length, 1 + pick(20)) }, () => past[pick(past.length)])
        const distinct = [...new Map(some.flatMap(sale => (sale === undefined ? [] : [[sale.sale, sale]]))).values()]
        await state(
          distinct.map(sale => ({
            ...sale,
            version: ++version,
            extent: 'whole' as const,
            soldAt: random() < 0.3 ? `2024-0${3 + pick(2)}-1${pick(9)}T12:00:00` : sale.soldAt,
            lines: sale.lines.slice(pick(2)),
          })),
        )
      },
      'kill an instance': async () => {
        const index = pick(2)
        instances[index]?.kill('SIGKILL')
        start(index)
      },
      'kill the warehouse': async () => {
        if (engine.pid !== undefined) process.kill(engine.pid, 'SIGKILL')
      },
      'kill the broker': () => kafka.restart(),
    }
    const weights = ['sell', 'sell', 'sell', 'sell', 'repeat', 'repeat', 'correct', 'correct']
    const ends = Date.now() + seconds * 1000
    for (let step = 0; Date.now() < ends; step++) {
      const harm = ['kill an instance', 'kill the warehouse', 'kill the broker']
      const name = (step % 12 === 11 ? harm[pick(harm.length)] : weights[pick(weights.length)]) ?? 'sell'
      counts[name] = (counts[name] ?? 0) + 1
      await actions[name]?.()
      await sleep(pick(300))
    }
    console.log(
      `  ${Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')}`,
    )
    await drained()
    await compare(warehouse, truth, 'after the storm')
    const lake = openLake(config)
    await archive(warehouse, lake, new AbortController().signal)
    for (const table of ['sale_lines', 'sale_days', 'store_days', 'seller_days', 'product_days'])
      await warehouse.run(`TRUNCATE TABLE ${table}`)
    await replay(warehouse, lake, '2024-01-01', '2024-12-31')
    await compare(warehouse, truth, 'after a replay from the lake')
  } finally {
    for (const child of instances) child.kill('SIGKILL')
    await bus.close()
    await warehouse.close()
    await engine.close()
    await kafka.stop()
    await postgres.stop()
    home.remove()
  }

  async function drained(): Promise<void> {
    const patience = Date.now() + 240_000
    while ((await bus.lag(topics.sales, groups.sales)) > 0) {
      if (Date.now() > patience) throw new Error('processing did not catch up in four minutes')
      for (const [index, child] of instances.entries()) if (child.exitCode !== null) start(index)
      await sleep(500)
    }
  }
}

async function compare(warehouse: Warehouse, truth: Truth, when: string): Promise<void> {
  const expected = truth.days()
  for (const table of ['sale_lines', 'store_days', 'seller_days', 'product_days']) {
    const count = table === 'sale_lines' ? 'count()' : 'sum(lines)'
    const rows = await warehouse.rows<{ key: string; count: string; micros: string }>(
      `SELECT concat(store, ' ', toString(day)) AS key, toString(${count}) AS count, toString(toInt128(sum(revenue) * 1000000)) AS micros
       FROM ${table} FINAL GROUP BY key HAVING ${count} > 0`,
    )
    const wrong = rows.filter(({ key, count: found, micros }) => {
      const right = expected.get(key)
      return right === undefined || String(right.lines) !== found || String(right.revenue) !== micros
    })
    if (wrong.length > 0 || rows.length !== expected.size)
      throw new Error(
        `${table} ${when}: ${rows.length} days instead of ${expected.size}, wrong: ${JSON.stringify(wrong.slice(0, 5))}`,
      )
  }
  const lines = [...expected.values()].reduce((sum, day) => sum + day.lines, 0)
  console.log(`  equal to the cent ${when}: ${lines} lines on ${expected.size} days of stores`)
}

if (values.only === 'ingestion') await tortureIngestion({ seed, kills: Number(values.kills), rowsPerFile: 100_000 })
else await torture()
