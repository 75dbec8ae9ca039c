import { z } from 'zod'
import { jobPath } from '#processing/control.ts'
import { type Job, runJob } from '#processing/jobs.ts'
import { consumerGroups } from '#shared/agreement.ts'
import type { Config } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import { controlToken, findRunning } from '#shared/home.ts'
import { withParts } from './home.ts'

const answerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ ok: z.literal(false), code: z.string(), message: z.string(), hint: z.string() }),
])

/** Has a job done by the instance that runs on this data directory, or in this process when none does. */
export async function doJob(config: Config, job: Job): Promise<unknown> {
  const url = findRunning(config)?.processing
  if (url === undefined) return withParts(config, parts => runJob(parts, consumerGroups.sales, job))
  const answer = await fetch(new URL(jobPath, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken(config)}`, 'content-type': 'application/json' },
    body: JSON.stringify(job),
  })
  if (!answer.ok)
    throw new DataAppError('CONTROL_REFUSED', `The running instance refused the job (${answer.status}).`, {
      hint: 'Is it of the same version as this command, and on the same DATAAPP_HOME?',
    })
  const result = answerSchema.parse(JSON.parse(await answer.text()))
  if (result.ok) return result.result
  throw new DataAppError(codeOf(result.code), result.message, { hint: result.hint })
}

/** Prints a result: one JSON document, or one line a field. */
export function printResult(result: unknown, json: boolean): void {
  if (json || typeof result !== 'object' || result === null) return void console.log(JSON.stringify(result))
  for (const [name, value] of Object.entries(result))
    console.log(`${name.padEnd(14)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
}

function codeOf(text: string): Uppercase<string> {
  const upper = text.toUpperCase()
  return isUpper(upper) ? upper : 'UNKNOWN'
}

function isUpper(text: string): text is Uppercase<string> {
  return text === text.toUpperCase()
}
