import { setTimeout as sleep } from 'node:timers/promises'
import { openParts } from '#cli/parts.ts'
import { processing } from '#processing/main.ts'
import { topics } from '#shared/agreement.ts'
import { silentLog } from '#shared/log.ts'
import { encodeSale } from '#shared/records/sale.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { available, startKafka } from '../test/parts/kafka.ts'
import { followAnnounced } from './announced.ts'
import { generateSales } from './generate.ts'

const linesPerSale = 4
const linesPerSecond = 1_000
const seconds = Number(process.env.BENCH_SECONDS ?? 20)
/** As long again before it, on the day before: the broker and Node compile their hot paths first, and what a tier that has just started takes is not what it takes all day. */
const warmUpSeconds = seconds
const everyMs = 100

/** From a sale on the bus to its number in the warehouse and the news of it on `sales.changed`, at 1,000 lines a second, on the embedded bus and on Kafka. */
export async function run(): Promise<void> {
  await measure('embedded bus', {})
  const reason = available()
  if (reason !== undefined) return console.log(`latency on Kafka: skipped, ${reason}`)
  const kafka = await startKafka()
  try {
    await measure('Kafka', { DATAAPP_BUS_BROKERS: kafka.brokers.join(','), DATAAPP_BUS_REPLICATION: '1' })
  } finally {
    await kafka.stop()
  }
}

async function measure(name: string, env: Record<string, string>): Promise<void> {
  const home = temporaryHome(env)
  const { close, ...parts } = await openParts(home.config, silentLog)
  const tier = await processing(parts)
  const times: number[] = []
  const waiting: { at: number; lines: number; counts: boolean }[] = []
  let published = 0
  const news = followAnnounced(parts.bus, 'bench-latency', loaded => {
    const now = performance.now()
    for (let next = waiting[0]; next !== undefined && next.lines <= loaded; next = waiting[0]) {
      if (next.counts) times.push(now - next.at)
      waiting.shift()
    }
  })
  try {
    const shape = {
      stores: 50,
      products: 1_000,
      sellersPerStore: 4,
      customers: 500,
      days: 2,
      firstDay: '2024-05-01',
      seed: 3,
    }
    const sales = generateSales({ ...shape, lines: linesPerSecond * (warmUpSeconds + seconds), linesPerSale })
    const begin = performance.now()
    for (let tick = 0; tick < ((warmUpSeconds + seconds) * 1_000) / everyMs; tick++) {
      const batch = Array.from({ length: (linesPerSecond * everyMs) / 1_000 / linesPerSale }, () =>
        sales.next(),
      ).flatMap(next =>
        next.done === true ? [] : [{ key: next.value.store, value: Buffer.from(encodeSale(next.value)) }],
      )
      published += batch.length * linesPerSale
      waiting.push({ at: performance.now(), lines: published, counts: tick * everyMs >= warmUpSeconds * 1_000 })
      await parts.bus.publish(topics.sales, batch)
      await sleep(Math.max(0, begin + (tick + 1) * everyMs - performance.now()))
    }
    for (let patience = 0; waiting.length > 0 && patience < 600; patience++) await sleep(100)
    times.sort((a, b) => a - b)
    const at = (share: number) =>
      Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN)
    console.log(
      `latency, ${name}: p50 ${at(0.5)} ms (goal 250), p99 ${at(0.99)} ms (goal 1000), ${times.length} batches at ${linesPerSecond} lines/s after ${warmUpSeconds} s`,
    )
  } finally {
    await news.stop()
    await tier.stop()
    await close()
    home.remove()
  }
}
