import { createServer } from 'node:http'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { closeServer, healthRoutes, listen, localUrl } from '#shared/health.ts'
import { controlToken } from '#shared/home.ts'
import type { Parts } from '#shared/parts.ts'
import { answerJob, jobPath } from './control.ts'
import { type Job, runJob } from './jobs.ts'
import type { Lasting } from './lasting.ts'

/** What the tier answers: health, readiness and metrics to anybody, jobs to commands on this machine. It is ready when nothing stands in the way of `loading`. Resolves when it listens. */
export async function openDoor(
  parts: Parts,
  loading: readonly Pick<Lasting, 'obstacle'>[],
): Promise<{ url: string; close: () => Promise<void> }> {
  const { config, bus, warehouse, settings, metrics, log } = parts
  const token = controlToken(config)
  const health = healthRoutes(metrics, [
    { name: 'bus', check: () => bus.ready() },
    { name: 'warehouse', check: () => warehouse.ready() },
    { name: 'settings', check: () => settings.ready() },
    {
      name: 'loading',
      check: async () => {
        const [obstacle] = loading.flatMap(consumer => consumer.obstacle ?? [])
        if (obstacle !== undefined) throw obstacle
      },
    },
    {
      name: 'lag',
      check: async () => {
        const lag = await bus.lag(topics.sales, consumerGroups.sales)
        if (lag > config.DATAAPP_LAG_LIMIT)
          throw new Error(`${lag} messages behind; the limit is ${config.DATAAPP_LAG_LIMIT}`)
      },
    },
  ])
  const server = createServer((request, response) => {
    if (health(request, response)) return
    if (request.method !== 'POST' || request.url !== jobPath) return void response.writeHead(404).end()
    const run = (job: Job) => runJob(parts, job)
    answerJob(request, response, { token, log, run }).catch(error => {
      log.error({ err: error }, 'a job could not be answered')
      response.destroy()
    })
  })
  const wanted = config.DATAAPP_PROCESSING_PORT ?? (config.PORT === 0 ? 0 : config.PORT + 2)
  const port = await listen(server, wanted, config.HOST, config.DATAAPP_PROCESSING_PORT === undefined)
  return { url: localUrl(config.HOST, port), close: () => closeServer(server) }
}
