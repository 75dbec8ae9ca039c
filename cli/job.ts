import { z } from 'zod'
import { jobPath } from '#processing/control.ts'
import { type Job, runJob } from '#processing/jobs.ts'
import type { Config } from '#shared/config.ts'
import { errorOf, notLetIn, postTo, refusalSchema } from '#shared/control.ts'
import { controlToken, findRunning } from '#shared/home.ts'
import { withParts } from './home.ts'

const answerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  refusalSchema.extend({ ok: z.literal(false) }),
])

/** Has a job done by the instance that runs on this data directory, or in this process when none does. */
export async function doJob(config: Config, job: Job): Promise<unknown> {
  const url = findRunning(config)?.processing
  if (url === undefined) return withParts(config, parts => runJob(parts, job))
  const answer = await postTo(new URL(jobPath, url), controlToken(config), job)
  if (!answer.ok) throw notLetIn(answer.status)
  const result = answerSchema.parse(await answer.json())
  if (result.ok) return result.result
  throw errorOf(result)
}

/** Prints a result: one JSON document, or one line a field. */
export function printResult(result: unknown, json: boolean): void {
  if (json || typeof result !== 'object' || result === null) return void console.log(JSON.stringify(result))
  for (const [name, value] of Object.entries(result))
    console.log(`${name.padEnd(14)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
}
