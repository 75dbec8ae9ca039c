import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DataAppError, messageOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { type Job, jobSchema } from './jobs.ts'

export const jobPath = '/control/job'

/** The instance's side of a command's job: whoever has the data directory's token may ask. Blank lines keep the connection open while it works; the last line is the result. */
export async function answerJob(
  request: IncomingMessage,
  response: ServerResponse,
  { token, log, run }: { token: string; log: Log; run: (job: Job) => Promise<unknown> },
): Promise<void> {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return void response.writeHead(401).end()
  const job = jobSchema.safeParse(await bodyOf(request))
  if (!job.success) return void response.writeHead(400).end()
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const alive = setInterval(() => response.write('\n'), 5_000)
  try {
    response.write(JSON.stringify({ ok: true, result: await run(job.data) }))
  } catch (error) {
    const known = error instanceof DataAppError
    if (!known) log.error({ err: error, job: job.data.job }, 'a job failed')
    const { code, hint } = known ? error : { code: 'UNKNOWN', hint: '' }
    response.write(JSON.stringify({ ok: false, code, message: messageOf(error), hint }))
  } finally {
    clearInterval(alive)
    response.end('\n')
  }
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
