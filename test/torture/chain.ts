import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { Engine } from '#shared/warehouse/embedded/supervisor.ts'
import { temporaryHome } from '../parts/home.ts'
import { startKafka } from '../parts/kafka.ts'
import { freePort } from '../parts/part.ts'
import { startPostgres } from '../parts/postgres.ts'

const command = fileURLToPath(new URL('../../bin/dataapp.js', import.meta.url))
const key = 'only-for-tests-only-for-tests'

/**
 * The platform in processes of its own on real parts: a Kafka broker, Postgres, one warehouse that all share over HTTP, one ingestion and two processing
 * instances. Everything in `harm` ends at once, as `kill -9` does, and comes back by itself.
 */
export type TorturedChain = {
  config: Config
  /** `POST /v1/sales` until it is held durably, whatever happens to ingestion meanwhile. */
  tell: (sales: readonly unknown[]) => Promise<void>
  harm: Record<'the warehouse' | 'processing' | 'the broker' | 'ingestion', () => Promise<void>>
  /** Runs a `dataapp` command in a process of its own; it may be killed. */
  command: (args: readonly string[]) => ChildProcess
  /** Starts again what ended by itself. */
  tend: () => void
  stop: () => Promise<void>
}

export async function startTorturedChain(pick: (count: number) => number): Promise<TorturedChain> {
  const home = temporaryHome()
  const directory = home.config.DATAAPP_HOME
  const [kafka, postgres] = await Promise.all([startKafka(), startPostgres()])
  const engine = new Engine({
    directory: join(directory, 'warehouse'),
    database: 'dataapp',
    memoryBytes: 700_000_000,
    log: silentLog,
  })
  await engine.up()
  writeFileSync(join(directory, 'http-keys'), `till ${key}\n`, { mode: 0o600 })
  const port = await freePort()
  const env = {
    DATAAPP_HOME: directory,
    PORT: '0',
    DATAAPP_PROCESSING_PORT: '0',
    DATAAPP_INGESTION_PORT: String(port),
    DATAAPP_LOG_LEVEL: 'error',
    DATAAPP_SAMPLE: 'none',
    DATAAPP_BUS_BROKERS: kafka.brokers.join(','),
    DATAAPP_BUS_REPLICATION: '1',
    DATAAPP_BUS_PARTITIONS: '6',
    DATAAPP_WAREHOUSE_URL: engine.url,
    DATAAPP_WAREHOUSE_PASSWORD: engine.password,
    DATAAPP_SETTINGS_URL: postgres.url,
  }
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [command, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  const tiers = ['processing', 'processing', 'ingestion'] as const
  const children = tiers.map(tier => start('start', tier))
  const others = new Set<ChildProcess>()
  const kill = (index: number) => {
    children[index]?.kill('SIGKILL')
    children[index] = start('start', tiers[index] ?? 'processing')
  }
  return {
    config: parseConfig(env),
    tell: async sales => {
      for (;;) {
        const answer = await fetch(`http://127.0.0.1:${port}/v1/sales`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify(sales),
        }).catch(() => undefined)
        if (answer?.status === 202) return
        if (answer !== undefined && answer.status < 429) throw new Error(`${answer.status} ${await answer.text()}`)
        await new Promise(done => setTimeout(done, 200))
      }
    },
    harm: {
      'the warehouse': async () => {
        if (engine.pid !== undefined) process.kill(engine.pid, 'SIGKILL')
      },
      processing: async () => kill(pick(2)),
      'the broker': () => kafka.restart(),
      ingestion: async () => kill(2),
    },
    command: args => {
      const child = start(...args)
      others.add(child)
      child.once('exit', () => others.delete(child))
      return child
    },
    tend: () => {
      for (const [index, child] of children.entries()) if (child.exitCode !== null) kill(index)
    },
    stop: async () => {
      for (const child of [...children, ...others]) child.kill('SIGKILL')
      await engine.close()
      await kafka.stop()
      await postgres.stop()
      home.remove()
    },
  }
}
