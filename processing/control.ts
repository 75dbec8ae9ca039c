import type { IncomingMessage, ServerResponse } from 'node:http'
import { mayAsk, questionIn, refusalOf } from '#shared/control.ts'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { type Job, jobSchema } from './jobs.ts'

export const jobPath = '/control/job'

/** The instance's side of a command's job: whoever has the data directory's token may ask. Blank lines keep the connection open while it works; the last line is the result. */
export async function answerJob(
  request: IncomingMessage,
  response: ServerResponse,
  { token, log, run }: { token: string; log: Log; run: (job: Job) => Promise<unknown> },
): Promise<void> {
  if (!mayAsk(request, token)) return void response.writeHead(401).end()
  const job = jobSchema.safeParse(await questionIn(request))
  if (!job.success) return void response.writeHead(400).end()
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const alive = setInterval(() => response.write('\n'), 5_000)
  try {
    response.write(JSON.stringify({ ok: true, result: await run(job.data) }))
  } catch (error) {
    if (!(error instanceof DataAppError)) log.error({ err: error, job: job.data.job }, 'a job failed')
    response.write(JSON.stringify({ ok: false, ...refusalOf(error) }))
  } finally {
    clearInterval(alive)
    response.end('\n')
  }
}
