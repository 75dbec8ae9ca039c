import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '#shared/bus/bus.ts'
import { openEmbeddedBus } from '#shared/bus/embedded/embedded-bus.ts'
import { openKafkaBus } from '#shared/bus/kafka/kafka-bus.ts'
import { parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { available, startKafka } from '../test/parts/kafka.ts'
import { readMessages } from './reader.ts'

const MESSAGES = 500_000
const VALUE_BYTES = 120
const BATCH = 1_000

/** Messages a second through both buses, published by one and by eight at a time, against the disk's own rate of writing and syncing as much. */
export async function run(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-bench-'))
  try {
    const disk = await diskRate(join(directory, 'disk'))
    print('disk, one write and sync per 1,000', disk, disk)
    const embedded = await openEmbeddedBus({
      directory,
      retentionMs: 3_600_000,
      retentionBytes: 1024 ** 3,
      log: silentLog,
    })
    await measure('embedded', embedded, disk)
    await embedded.close()
    const reason = available()
    if (reason === undefined) await measureKafka(disk)
    else console.log(`Kafka: ${reason}`)
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function measureKafka(disk: number): Promise<void> {
  const kafka = await startKafka()
  try {
    for (const compression of ['none', 'gzip', 'lz4']) {
      const config = parseConfig({
        DATAAPP_BUS_BROKERS: kafka.brokers.join(','),
        DATAAPP_BUS_REPLICATION: '1',
        DATAAPP_BUS_COMPRESSION: compression,
      })
      const bus = await openKafkaBus({ ...config, DATAAPP_BUS_BROKERS: kafka.brokers }, silentLog)
      await measure(`Kafka ${kafka.version}, ${compression}`, bus, disk)
      await bus.close()
    }
  } finally {
    await kafka.stop()
  }
}

async function measure(name: string, bus: Bus, disk: number): Promise<void> {
  const batch = Array.from({ length: BATCH }, (_, index) => ({ key: `store-${index % 50}`, value: sale(index) }))
  for (const publishers of [1, 8]) {
    const begin = performance.now()
    let sent = 0
    const publish = async () => {
      while (sent < MESSAGES) {
        sent += BATCH
        await bus.publish('sales', batch)
      }
    }
    await Promise.all(Array.from({ length: publishers }, publish))
    print(`${name}: published by ${publishers}`, (sent / (performance.now() - begin)) * 1000, disk)
  }
  const total = MESSAGES * 2
  const begin = performance.now()
  await readMessages(bus, 'sales', total)
  print(`${name}: consumed`, (total / (performance.now() - begin)) * 1000, disk)
  console.log(`  memory of this process: ${Math.round(process.memoryUsage().rss / 1e6)} MB`)
}

async function diskRate(path: string): Promise<number> {
  const handle = await open(path, 'w')
  const bytes = Buffer.alloc(BATCH * (VALUE_BYTES + 20), 65)
  const begin = performance.now()
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    await handle.write(bytes)
    await handle.datasync()
  }
  const rate = (MESSAGES / (performance.now() - begin)) * 1000
  await handle.close()
  return rate
}

/** As large as a small sale, and as little alike. */
function sale(index: number): Buffer {
  return Buffer.from(
    `{"sale":"${index * 7919}","product":"p-${index % 997}","price":"${index % 89}.90"}`.padEnd(VALUE_BYTES),
  )
}

function print(what: string, rate: number, disk: number): void {
  const share = (rate / disk).toFixed(2)
  console.log(
    `${what.padEnd(40)} ${Math.round(rate).toLocaleString('en').padStart(10)} messages/s   ${share} of the disk`,
  )
}
