import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Topic } from '#shared/agreement.ts'
import type { Bus, Message } from '#shared/bus/bus.ts'
import { type Config, parseConfig } from '#shared/config.ts'
import { openVault } from '#shared/crypto/vault.ts'
import { silentLog } from '#shared/log.ts'
import { openMetrics } from '#shared/metrics.ts'
import { type Rejected, rejectedSchema } from '#shared/records/rejected.ts'
import { decodeSale, type Sale, type SaleLine } from '#shared/records/sale.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { ingestFile, type Work } from './ingest.ts'
import type { Draft } from './source/draft.ts'
import { inferSource } from './source/infer.ts'
import { parseSource } from './source/load.ts'
import type { Source } from './source/schema.ts'
import type { Totals } from './totals.ts'

/** A bus that keeps what it is given in memory: for tests of ingestion alone. */
export type MemoryBus = Bus & {
  published: (topic: Topic) => Message[]
  /** Called before each batch is kept; throwing refuses it. */
  before: (topic: Topic, messages: readonly Message[]) => void
}

function memoryBus(): MemoryBus {
  const kept = new Map<Topic, Message[]>()
  const bus: MemoryBus = {
    kind: 'embedded',
    before: () => {},
    published: topic => kept.get(topic) ?? [],
    async publish(topic, messages) {
      bus.before(topic, messages)
      kept.set(topic, [...(kept.get(topic) ?? []), ...messages])
    },
    consume() {
      throw new Error('this bus has no consumers')
    },
    lag: async () => 0,
    ready: async () => {},
    close: async () => {},
  }
  return bus
}

/** A data directory of its own with the settings database, a bus in memory, and ways to take texts in. `open`: how the settings are opened there. */
export async function workbench(open: (config: Config) => Promise<Settings>) {
  const home = await mkdtemp(join(tmpdir(), 'dataapp-ingestion-'))
  const config: Config = parseConfig({ DATAAPP_HOME: home })
  const settings = await open(config)
  const bench = {
    home,
    config,
    settings,
    log: silentLog,
    metrics: openMetrics(),
    bus: memoryBus(),
    vault: await openVault(config, settings, silentLog),
    /** Begins with an empty bus and ledger. */
    async clear() {
      bench.bus = memoryBus()
      await settings.query('DELETE FROM ledger')
      await settings.query('DELETE FROM arrival_days')
    },
    async write(name: string, content: string | Buffer): Promise<string> {
      const path = join(home, name)
      await writeFile(path, content)
      return path
    },
    async take(source: Source, name: string, content: string | Buffer, work: Partial<Work> = {}): Promise<Totals> {
      return ingestFile(bench, source, await bench.write(name, content), { ...quietWork(), ...work })
    },
    async draft(name: string, content: string | Buffer): Promise<Draft> {
      return inferSource(await bench.write(name, content), config.DATAAPP_CURRENCY)
    },
    sales: () => salesOn(bench.bus),
    lines: () => linesOn(bench.bus),
    rejected: () => rejectedOn(bench.bus),
    async close() {
      await settings.close()
      await rm(home, { recursive: true, force: true })
    },
  }
  return bench
}

export function quietWork(): Work {
  return { mode: 'once', signal: new AbortController().signal, onProgress: () => {} }
}

/** A source from YAML, as a test writes it. */
export function source(yaml: string): Source {
  return parseSource(`name: test\n${yaml}`, 'test.source.yaml')
}

function salesOn(bus: MemoryBus): Sale[] {
  return bus.published('sales').map(message => {
    const decoded = decodeSale(message.value.toString('utf8'))
    if (!decoded.ok) throw new Error(decoded.message)
    return decoded.sale
  })
}

/** The effect of all messages: the latest statement about each line. */
function linesOn(bus: MemoryBus): Map<string, SaleLine & { store: string; sale: string; soldAt: string }> {
  const lines = new Map<string, SaleLine & { store: string; sale: string; soldAt: string; version: number }>()
  for (const { store, sale, soldAt, version, lines: own } of salesOn(bus)) {
    for (const line of own) {
      const key = JSON.stringify([store, sale, line.line])
      if ((lines.get(key)?.version ?? 0) <= version) lines.set(key, { ...line, store, sale, soldAt, version })
    }
  }
  return lines
}

function rejectedOn(bus: MemoryBus): Rejected[] {
  return bus
    .published('sales.rejected')
    .map(message => rejectedSchema.parse(JSON.parse(message.value.toString('utf8'))))
}
