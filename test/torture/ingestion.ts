import { deepStrictEqual } from 'node:assert/strict'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { openBus } from '#shared/bus/open.ts'
import { silentLog } from '#shared/log.ts'
import { rejectedSchema } from '#shared/records/rejected.ts'
import { decodeSale } from '#shared/records/sale.ts'
import { openSettings } from '#shared/settings/open.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { startIngestionTier } from '../parts/ingestion-tier.ts'
import { type KioskFile, kioskFile, kioskSource, randomFrom } from '../parts/kiosk.ts'

export type IngestionStorm = { seed: number; kills: number; rowsPerFile: number }

/** What the storm did, and what was found on the bus after it. `told`: sales over HTTP that were answered with 202. */
export type Aftermath = {
  kills: { ingestion: number; broker: number }
  files: number
  rows: number
  told: number
  messages: number
  expected: Found
  found: Found
  /** `accepted + rejected + duplicates = rows` for each file, as the ledger has it. */
  ledger: Counted[]
  expectedLedger: Counted[]
}
export type Found = { lines: number; sales: number; cents: number; rejected: number }
type Counted = { rows: number; accepted: number; rejected: number; duplicates: number; sales: number }

const key = 'only-for-tests'
const tellers = 4

/**
 * The ingestion tier as it runs in the cloud, on a real broker, killed at random together with that broker while files come into its inbox and tills tell sales.
 * Afterwards the topics are read from their beginning and counted as processing does: the latest statement about a line is what counts.
 */
export async function stormOnIngestion({ seed, kills, rowsPerFile }: IngestionStorm): Promise<Aftermath> {
  const random = randomFrom(seed)
  const tier = await startIngestionTier()
  const settings = await openSettings(tier.config)
  const bus = await openBus(tier.config, silentLog)
  try {
    const home = tier.config.DATAAPP_HOME
    const inbox = join(home, 'inbox', 'kiosk')
    mkdirSync(inbox, { recursive: true })
    writeFileSync(join(home, 'sources', 'kiosk.yaml'), kioskSource)
    writeFileSync(join(home, 'http-keys'), `till ${key}\n`)
    const files: KioskFile[] = []
    const drop = () => {
      const file = kioskFile(random, rowsPerFile, files.length * rowsPerFile)
      files.push(file)
      const name = `kiosk-${files.length}.csv`
      writeFileSync(join(home, name), file.text)
      renameSync(join(home, name), join(inbox, name))
    }
    const counted = { ingestion: 0, broker: 0 }
    let over = false
    const telling = Array.from({ length: tellers }, (_, teller) => tell(`${tier.url}/v1/sales`, teller, () => over))
    const dropping = (async () => {
      while (!over) {
        if ((await ledgerOf(settings)).length >= files.length - 1) drop()
        await sleep(100)
      }
    })()
    for (let kill = 0; kill < kills; kill++) {
      await sleep(200 + random() * 3_000)
      // Each of the two at least once.
      const victim = kill < 2 ? (['ingestion', 'broker'] as const)[kill] : random() < 0.6 ? 'ingestion' : 'broker'
      if (victim === undefined) break
      counted[victim]++
      await (victim === 'ingestion' ? tier.killAndRestart() : tier.kafka.restart())
    }
    over = true
    await dropping
    const told = (await Promise.all(telling)).flat()
    while ((await ledgerOf(settings)).length < files.length) await sleep(200)
    const { found, messages } = await readBack(bus)
    const sum = (of: (file: KioskFile) => number) => files.reduce((total, file) => total + of(file), 0)
    return {
      kills: counted,
      files: files.length,
      rows: sum(file => file.rows),
      told: told.length,
      messages,
      expected: {
        lines: sum(file => file.lines) + told.length,
        sales: sum(file => file.sales) + told.length,
        cents: sum(file => file.cents) + told.reduce((total, cents) => total + cents, 0),
        rejected: sum(file => file.rejected),
      },
      found,
      ledger: await ledgerOf(settings),
      expectedLedger: files
        .map(({ rows, lines, rejected, duplicates, sales }) => ({ rows, accepted: lines, rejected, duplicates, sales }))
        .sort(byRows),
    }
  } finally {
    await bus.close()
    await settings.close()
    await tier.stop()
  }
}

/** Runs the storm and says what it did. Throws when anything was lost or counted twice. */
export async function tortureIngestion(storm: IngestionStorm): Promise<void> {
  const { seed, kills } = storm
  console.log(
    `torture of ingestion: seed ${seed} (npm run torture -- --only ingestion --seed ${seed} --kills ${kills})`,
  )
  const began = performance.now()
  const {
    kills: counted,
    files,
    rows,
    told,
    messages,
    expected,
    found,
    ledger,
    expectedLedger,
  } = await stormOnIngestion(storm)
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(`  ${counted.ingestion} kills of ingestion, ${counted.broker} of the broker in ${seconds} s`)
  console.log(
    `  ${files} files with ${rows} rows, ${told} sales over HTTP, ${messages} messages on the bus for ${expected.sales} sales`,
  )
  deepStrictEqual(found, expected)
  deepStrictEqual(ledger, expectedLedger)
  console.log(`  equal to the cent: ${found.lines} lines, ${found.sales} sales, ${found.rejected} rejected`)
}

/** One till: a sale after the other, each sent again until it is accepted. Resolves with the cents of each when it is over. */
async function tell(url: string, till: number, isOver: () => boolean): Promise<number[]> {
  const told: number[] = []
  while (!isOver()) {
    const cents = 100 + ((told.length * 7919 + till) % 9_900)
    const sale = `${till}-${told.length}`
    const body = {
      store: 'till',
      sale,
      soldAt: '2024-03-05T18:20:00',
      lines: [{ product: 'P', unitPrice: (cents / 100).toFixed(2) }],
    }
    for (;;) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined)
      await answer?.arrayBuffer().catch(() => undefined)
      if (answer?.status === 202) break
      await sleep(100)
    }
    told.push(cents)
    await sleep(2)
  }
  return told
}

async function ledgerOf(settings: Settings): Promise<Counted[]> {
  const rows = await settings.query<{ totals: Counted }>("SELECT totals FROM ledger WHERE state = 'done'")
  return rows
    .map(({ totals: { rows, accepted, rejected, duplicates, sales } }) => ({
      rows,
      accepted,
      rejected,
      duplicates,
      sales,
    }))
    .sort(byRows)
}

function byRows(a: Counted, b: Counted): number {
  return a.rows - b.rows || a.accepted - b.accepted || a.rejected - b.rejected
}

/** Everything on the topics, counted as processing counts it. */
async function readBack(bus: Bus): Promise<{ found: Found; messages: number }> {
  const lines = new Map<string, { version: number; micros: number }>()
  const sales = new Set<string>()
  const rejected = new Set<string>()
  let messages = 0
  await readAll(bus, topics.sales, value => {
    messages++
    const decoded = decodeSale(value)
    if (!decoded.ok) throw new Error(decoded.message)
    const { store, sale, version, lines: own } = decoded.sale
    sales.add(`${store} ${sale}`)
    for (const { line, revenue } of own) {
      const name = `${store} ${sale} ${line}`
      if ((lines.get(name)?.version ?? 0) <= version) lines.set(name, { version, micros: revenue })
    }
  })
  await readAll(bus, topics.rejected, value => {
    const { file, line } = rejectedSchema.parse(JSON.parse(value))
    rejected.add(`${file} ${line}`)
  })
  const micros = [...lines.values()].reduce((total, line) => total + line.micros, 0)
  return { found: { lines: lines.size, sales: sales.size, cents: micros / 10_000, rejected: rejected.size }, messages }
}

async function readAll(
  bus: Bus,
  topic: (typeof topics)['sales' | 'rejected'],
  take: (value: string) => void,
): Promise<void> {
  const group = crypto.randomUUID()
  const consumer = bus.consume({
    topic,
    group,
    from: 'earliest',
    maxMessages: 5_000,
    maxBytes: 4_000_000,
    handle: async batch => {
      for (const { value } of batch) take(value.toString('utf8'))
    },
  })
  while ((await Promise.race([bus.lag(topic, group), consumer.stopped.then(() => 0)])) > 0) await sleep(200)
  await consumer.stop()
}
