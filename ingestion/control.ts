import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import { z } from 'zod'
import { DataAppError, messageOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { FilesFailed, type Progress } from './ingest.ts'
import { interrupted, StoppedIntake } from './intake.ts'
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
  z.strictObject({
    kind: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    totals: totalsSchema,
  }),
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
  if (!isToken(request.headers.authorization ?? '', token)) {
    response.writeHead(401).end()
    return
  }
  const job = jobSchema.safeParse(await bodyOf(request))
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
    const known = error instanceof DataAppError
    if (!known) log.error({ err: error, job: job.data }, 'an ingest job failed')
    tell({
      kind: 'failed',
      code: known ? error.code : 'UNKNOWN',
      message: messageOf(error),
      hint: known ? error.hint : '',
      totals,
    })
  }
  response.end()
}

/** The instance's side of a question that has one answer. */
export async function answerQuestion(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  answer: (question: unknown) => Promise<unknown>,
): Promise<void> {
  const send = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (!isToken(request.headers.authorization ?? '', token)) {
    send(401, {})
    return
  }
  try {
    send(200, await answer(await bodyOf(request)))
  } catch (error) {
    const known = error instanceof DataAppError
    send(409, { code: known ? error.code : 'UNKNOWN', message: messageOf(error), hint: known ? error.hint : '' })
  }
}

const refusalSchema = z.strictObject({ code: z.string(), message: z.string(), hint: z.string() })

/** The command's side of a question. Rejects with the instance's coded error. */
export async function controlAsk(
  instance: { ingestionUrl: string; token: string },
  path: string,
  question: unknown,
): Promise<unknown> {
  const answer = await fetch(new URL(path, instance.ingestionUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${instance.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
  })
  const body: unknown = await answer.json()
  if (answer.ok) return body
  const refusal = refusalSchema.safeParse(body)
  if (!refusal.success)
    throw new DataAppError('CONTROL_REFUSED', `The running instance refused the question (${answer.status}).`)
  throw new DataAppError(codeOf(refusal.data.code), refusal.data.message, { hint: refusal.data.hint })
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
    source: /[/\\]|\.ya?ml$/.test(work.source) ? resolve(work.source) : work.source,
    mode: work.mode,
  }
  const answer = await fetch(new URL(controlPath, instance.ingestionUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${instance.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(job),
    signal: work.signal,
  })
  if (!answer.ok || answer.body === null)
    throw new DataAppError('CONTROL_REFUSED', `The running instance refused the job (${answer.status}).`, {
      hint: 'Is it of the same version as this command, and on the same DATAAPP_HOME?',
    })
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
          throw new StoppedIntake(new DataAppError(codeOf(news.code), news.message, { hint: news.hint }), news.totals)
      }
    }
  }
  throw lost()
}

function codeOf(text: string): Uppercase<string> {
  const upper = text.toUpperCase()
  return isUpper(upper) ? upper : 'UNKNOWN'
}

function isUpper(text: string): text is Uppercase<string> {
  return text === text.toUpperCase()
}

function isToken(header: string, token: string): boolean {
  const given = Buffer.from(header)
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > 100_000) return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
