import { execFile } from 'node:child_process'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { salesDoor, salesPath } from '#ingestion/http/door.ts'
import { countTold } from '#ingestion/http/told-counts.ts'
import { openBus } from '#shared/bus/open.ts'
import { closeServer, listen } from '#shared/health.ts'
import { silentLog } from '#shared/log.ts'
import { openMetrics } from '#shared/metrics.ts'
import { openSettings } from '#shared/settings/open.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { available, startKafka } from '../test/parts/kafka.ts'

const run_ = promisify(execFile)
const perSecond = Number(process.env.BENCH_REQUESTS ?? '2000')
const seconds = Number(process.env.BENCH_SECONDS ?? '8')
const key = 'bench'
const resultSchema = z.object({
  sent: z.number(),
  accepted: z.number(),
  perSecond: z.number(),
  p50: z.number(),
  p99: z.number(),
})
type Result = z.infer<typeof resultSchema>

/** Single-sale requests at a steady rate from one client in a process of its own, durable before 202, against a server that reads the body and says 202: on the embedded log and on Kafka. */
export async function run(): Promise<void> {
  const bare: RequestListener = (request, response) => {
    request.resume().on('end', () => response.writeHead(202).end('{}'))
  }
  await measure(bare, 1)
  const limit = await measure(bare, seconds)
  print('a bare server', limit)
  await onBus('the embedded log', {}, limit)
  const reason = available()
  if (reason !== undefined) return console.log(`Kafka: ${reason}`)
  const kafka = await startKafka()
  try {
    const env = { DATAAPP_BUS_BROKERS: kafka.brokers.join(','), DATAAPP_BUS_REPLICATION: '1' }
    await onBus(`Kafka ${kafka.version}`, env, limit)
  } finally {
    await kafka.stop()
  }
}

async function onBus(name: string, env: Record<string, string>, limit: Result): Promise<void> {
  const home = temporaryHome(env)
  const bus = await openBus(home.config, silentLog)
  const settings = await openSettings(home.config)
  const counts = countTold({ settings, config: home.config, log: silentLog })
  try {
    const door = salesDoor(
      { bus, config: home.config, log: silentLog, metrics: openMetrics() },
      { senderOf: given => (given === key ? 'bench' : undefined) },
      counts,
    )
    const listener: RequestListener = (request, response) => void door(request, response)
    // A short load warms up.
    await measure(listener, 2)
    const ours = await measure(listener, seconds)
    print(`POST /v1/sales onto ${name}`, ours)
    console.log(
      `  p99 ${(ours.p99 / limit.p99).toFixed(1)} × the bare server's; goal: at most 100 ms, ${perSecond} requests/s all accepted`,
    )
  } finally {
    await counts.stop()
    await settings.close()
    await bus.close()
    home.remove()
  }
}

async function measure(listener: RequestListener, forSeconds: number): Promise<Result> {
  const server = createServer(listener)
  const port = await listen(server, 0, '127.0.0.1', false)
  try {
    const till = join(import.meta.dirname, 'peers', 'till.ts')
    const url = `http://127.0.0.1:${port}${salesPath}`
    const args = [...process.execArgv, till, url, key, String(perSecond), String(forSeconds)]
    const { stdout } = await run_(process.execPath, args)
    return resultSchema.parse(JSON.parse(stdout))
  } finally {
    await closeServer(server)
  }
}

function print(what: string, result: Result): void {
  const { sent, accepted, perSecond: rate, p50, p99 } = result
  console.log(
    `${what}: ${accepted} of ${sent} accepted, ${Math.round(rate)} requests/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  )
}
