import type { IncomingMessage, ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import { z } from 'zod'
import { errorOf, mayAsk, notLetIn, postTo, questionIn, refusalOf, refusalSchema } from '#shared/control.ts'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { FilesFailed, type Progress } from './ingest.ts'
import { interrupted, StoppedIntake } from './intake.ts'
import { namedForAnother } from './source/load.ts'
import { noTotals, type Totals } from './totals.ts'

/** What a command may ask of the running instance. */
const jobSchema = z.strictObject({
  path: z.string().min(1),
  source: z.string().min(1),
  mode: z.enum(['once', 'again']),
})
type Job = z.infer<typeof jobSchema>

const totalsSchema = z.strictObject({
  rows: z.number(),
  accepted: z.number(),
  rejected: z.number(),
  duplicates: z.number(),
  sales: z.number(),
})

/** What comes back, one JSON document a line: progress, then the end. */
const newsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), file: z.string(), totals: totalsSchema }),
  z.strictObject({ kind: z.literal('done'), totals: totalsSchema }),
  refusalSchema.extend({ kind: z.literal('failed'), totals: totalsSchema }),
])
type News = z.infer<typeof newsSchema>

export const controlPath = '/control/ingest'
export const rejectedPath = '/control/rejected'
export const replayPath = '/control/replay'

export type Ingesting = (job: Job, signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Totals>

/** The instance's side: runs the job and tells how it goes. A caller that goes away interrupts it; the ledger keeps how far it came. */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  log: Log,
  ingest: Ingesting,
): Promise<void> {
  if (!mayAsk(request, token)) {
    response.writeHead(401).end()
    return
  }
  const job = jobSchema.safeParse(await questionIn(request))
  if (!job.success) {
    response.writeHead(400).end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const tell = (news: News) => response.write(`${JSON.stringify(news)}\n`)
  let told = 0
  try {
    const totals = await ingest(job.data, gone.signal, progress => {
      if (Date.now() - told < 100) return
      told = Date.now()
      tell({ kind: 'progress', ...progress })
    })
    tell({ kind: 'done', totals })
  } catch (error) {
    const totals = error instanceof StoppedIntake || error instanceof FilesFailed ? error.totals : noTotals
    if (!(error instanceof DataAppError)) log.error({ err: error, job: job.data }, 'an ingest job failed')
    tell({ kind: 'failed', ...refusalOf(error), totals })
  }
  response.end()
}

type Instance = { ingestionUrl: string; token: string }
type Handed = {
  path: string
  source: string
  mode: 'once' | 'again'
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

/** The command's side: hands a job to the running instance and follows it. Rejects with the instance's coded error. */
export async function controlIngest(instance: Instance, work: Handed): Promise<Totals> {
  try {
    return await handOver(instance, work)
  } catch (error) {
    if (work.signal.aborted) throw interrupted(work.path)
    throw error instanceof TypeError ? lost(error) : error
  }
}

function lost(cause?: unknown): DataAppError {
  return new DataAppError('CONTROL_LOST', 'The running instance stopped while it was reading.', {
    hint: 'Run the command again: it goes on where the instance was.',
    cause,
  })
}

async function handOver(instance: Instance, work: Handed): Promise<Totals> {
  const isRemote = work.path.startsWith('s3://')
  const job: Job = {
    path: isRemote ? work.path : resolve(work.path),
    source: namedForAnother(work.source),
    mode: work.mode,
  }
  const answer = await postTo(new URL(controlPath, instance.ingestionUrl), instance.token, job, work.signal)
  if (!answer.ok || answer.body === null) throw notLetIn(answer.status)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of answer.body) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const news = newsSchema.parse(JSON.parse(line))
      switch (news.kind) {
        case 'progress':
          work.onProgress(news)
          break
        case 'done':
          return news.totals
        case 'failed':
          throw new StoppedIntake(errorOf(news), news.totals)
      }
    }
  }
  throw lost()
}
