import { createServer } from 'node:http'
import { join } from 'node:path'
import { answerQuestion } from '#shared/control.ts'
import { closeServer, healthRoutes, listen, localUrl } from '#shared/health.ts'
import { controlToken } from '#shared/home.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { answerControl, controlPath, rejectedPath, replayPath } from './control.ts'
import { followSources } from './following.ts'
import { salesDoor, salesPath } from './http/door.ts'
import { openKeys } from './http/keys.ts'
import { countTold } from './http/told-counts.ts'
import { watchInbox } from './inbox.ts'
import { ingestFile, ingestPath, type Work } from './ingest.ts'
import { openLimit } from './limit.ts'
import { answerReplays } from './rejected/asked.ts'
import { listRejected, questionSchema } from './rejected/list.ts'
import { replayRejected, replaySchema } from './rejected/replay.ts'
import { currentSources } from './source/current.ts'
import type { Source } from './source/schema.ts'
import type { Totals } from './totals.ts'

/** The tier: sales from anywhere, onto the bus. Files dropped into `inbox/<source>/`, sales told to `POST /v1/sales`, jobs of the command line. */
export async function ingestion(parts: Parts): Promise<Running & { url: string }> {
  const { config, log, metrics, bus } = parts
  const stopping = new AbortController()
  const counted = metrics.counter('dataapp_ingested_rows_total', 'Rows read, by what became of them', [
    'source',
    'outcome',
  ])
  const sources = currentSources(config, log)
  const token = controlToken(config)

  const quiet: Work = { mode: 'once', signal: stopping.signal, onProgress: () => {} }
  const report = (file: string, source: Source, totals: Totals) => {
    for (const outcome of ['accepted', 'rejected', 'duplicates'] as const)
      counted.inc({ source: source.name, outcome }, totals[outcome])
    log.info({ file, source: source.name, ...totals }, 'file taken in')
  }

  const limit = openLimit(config.DATAAPP_INGESTION_FILES)
  const inbox = watchInbox(join(config.DATAAPP_HOME, 'inbox'), sources, log, async ({ path, source }) => {
    report(path, source, await limit(() => ingestFile(parts, source, path, quiet)))
  })
  const followed = await followSources(sources, parts, report, quiet, limit)
  const replays = answerReplays(parts)

  const health = healthRoutes(metrics, [
    { name: 'bus', check: () => bus.ready() },
    { name: 'settings', check: () => parts.settings.ready() },
  ])
  const told = countTold(parts)
  const sales = salesDoor(parts, openKeys(config), told)
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url?.split('?')[0] === salesPath) void sales(request, response)
    else if (request.method === 'POST' && request.url === controlPath) {
      void answerControl(request, response, token, log, (job, signal, onProgress) =>
        ingestPath(parts, { ...job, signal: AbortSignal.any([signal, stopping.signal]), onProgress }),
      )
    } else if (request.method === 'POST' && request.url === rejectedPath)
      void answerQuestion(request, response, token, async body => listRejected(parts, questionSchema.parse(body)))
    else if (request.method === 'POST' && request.url === replayPath)
      void answerQuestion(request, response, token, async body => replayRejected(parts, replaySchema.parse(body)))
    else if (!health(request, response)) response.writeHead(404).end()
  })
  const wanted = config.DATAAPP_INGESTION_PORT ?? (config.PORT === 0 ? 0 : config.PORT + 1)
  const port = await listen(server, wanted, config.HOST, config.DATAAPP_INGESTION_PORT === undefined)

  return {
    url: localUrl(config.HOST, port),
    failed: Promise.race([inbox.failed, followed.failed, replays.failed]),
    async stop() {
      stopping.abort()
      await Promise.all([inbox.stop(), followed.stop(), replays.stop()])
      await closeServer(server)
      await told.stop()
    },
  }
}
