import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Config, parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { Engine } from '#shared/warehouse/embedded/supervisor.ts'
import { temporaryHome } from './home.ts'
import { type KafkaPart, available as kafkaAvailable, startKafka } from './kafka.ts'
import { ended, freePort } from './part.ts'
import { available as postgresAvailable, startPostgres } from './postgres.ts'

/** The ingestion tier as it runs on a machine of its own, in its own process: Kafka, Postgres and a warehouse by URL. */
export type IngestionTier = {
  config: Config
  url: string
  kafka: KafkaPart
  pid: () => number
  /** Ends it at once, as `kill -9` does, and starts it again. Resolves when it answers. */
  killAndRestart(): Promise<void>
  /** Ends it, what it works with, and removes its data. */
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Why it can't be started here, or undefined. */
export function available(): string | undefined {
  return kafkaAvailable() ?? postgresAvailable()
}

/** `packaged`: from what is put onto machines, without the loader of TypeScript and what that takes of memory. */
export async function startIngestionTier(
  env: Record<string, string> = {},
  from: 'checkout' | 'packaged' = 'checkout',
): Promise<IngestionTier> {
  const home = temporaryHome()
  const directory = home.config.DATAAPP_HOME
  const program = from === 'checkout' ? root : await unpackTier(join(directory, 'program'))
  const [kafka, postgres, port] = [await startKafka(), await startPostgres(), await freePort()]
  const engine = new Engine({
    directory: join(directory, 'warehouse'),
    database: 'dataapp',
    memoryBytes: 700_000_000,
    log: silentLog,
  })
  await engine.up()
  const settings = {
    DATAAPP_HOME: join(directory, 'home'),
    PORT: '0',
    DATAAPP_INGESTION_PORT: String(port),
    DATAAPP_LOG_LEVEL: 'fatal',
    DATAAPP_BUS_BROKERS: kafka.brokers.join(','),
    DATAAPP_BUS_REPLICATION: '1',
    DATAAPP_WAREHOUSE_URL: engine.url,
    DATAAPP_WAREHOUSE_PASSWORD: engine.password,
    DATAAPP_SETTINGS_URL: postgres.url,
    ...env,
  }
  mkdirSync(join(settings.DATAAPP_HOME, 'sources'), { recursive: true })
  const url = `http://127.0.0.1:${port}`
  let child = start(program, settings)
  await answering(url, child)
  return {
    config: parseConfig(settings),
    url,
    kafka,
    pid: () => child.pid ?? 0,
    async killAndRestart() {
      child.kill('SIGKILL')
      await ended(child)
      child = start(program, settings)
      await answering(url, child)
    },
    async stop() {
      child.kill('SIGKILL')
      await ended(child)
      await engine.close()
      await kafka.stop()
      await postgres.stop()
      home.remove()
    },
  }
}

async function unpackTier(folder: string): Promise<string> {
  const { contentOf } = await import('../../ami/package/artifact.ts')
  const { entries } = await contentOf(root, 'ingestion')
  for (const { path, content } of entries) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

function start(program: string, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [join(program, 'bin', 'dataapp.js'), 'start', 'ingestion'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return child
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the ingestion tier ended with ${child.exitCode}`)
    const answer = await fetch(`${url}/healthz`).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(100)
  }
}
