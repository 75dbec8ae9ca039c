import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { available, startIngestionTier } from '../test/parts/ingestion-tier.ts'
import { rowBytes, salesSource, writeSales } from './sales-file.ts'

const memoryLimitMb = 300

/**
 * The tier as it runs in the cloud, in a process of its own: the most it ever held while a file of `BENCH_GIGABYTES` (5; 0 leaves it out), made on the fly, went
 * through it onto Kafka.
 */
export async function run(): Promise<void> {
  const gigabytes = Number(process.env.BENCH_GIGABYTES ?? '5')
  if (gigabytes === 0) return
  const reason = process.platform === 'linux' ? available() : 'needs Linux, which keeps the most a process ever held'
  if (reason !== undefined) return console.log(`memory of the tier: ${reason}`)
  // The broker's disk must not fill up with what is measured here; the arenas are those of the machine's unit.
  const env = { DATAAPP_BUS_RETENTION_BYTES: String(500_000_000), MALLOC_ARENA_MAX: '2' }
  const tier = await startIngestionTier(env, 'packaged')
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
    const rate = (totals.accepted / (performance.now() - begin)) * 1000
    console.log(
      `${size.toFixed(1)} GB through the tier as it runs in the cloud, onto Kafka ${tier.kafka.version}: ${Math.round(rate).toLocaleString('en')} rows/s, at most ${mostHeldMb(tier.pid())} MB of memory, ${before} before it began; limit ${memoryLimitMb} MB`,
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
