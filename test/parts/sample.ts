import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { RunningDataApp } from './dataapp.ts'

const linesOfSample = 57_851
const settleMs = 20_000
const summarySchema = z.object({ lines: z.number() })

/** The session cookie of a sample account. */
export async function cookieOf({ url, account }: RunningDataApp, role: string): Promise<string> {
  const { email, password } = account(role)
  const signed = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  return (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/** Resolves when the whole sample is in the API. */
export async function sampleLoaded(dataapp: RunningDataApp): Promise<void> {
  const cookie = await cookieOf(dataapp, 'admin')
  for (;;) {
    const answer = await fetch(`${dataapp.url}/api/v1/summary?from=2017-07-01&to=2020-05-31`, { headers: { cookie } })
    if (summarySchema.parse(await answer.json()).lines === linesOfSample) return
    await sleep(500)
  }
}

/** Resolves when insights of the sample have been computed. */
export async function sampleComputed(dataapp: RunningDataApp): Promise<void> {
  const cookie = await cookieOf(dataapp, 'admin')
  for (;;) {
    const answer = await fetch(`${dataapp.url}/api/v1/insights/projections?level=chain`, { headers: { cookie } })
    if (answer.ok && (await answer.text()).includes('"month":{')) return
    await sleep(500)
  }
}

/** As `sampleLoaded`, and once the insights of it have been computed: pages are measured after that. */
export async function sampleSettled(dataapp: RunningDataApp): Promise<void> {
  await sampleLoaded(dataapp)
  await sleep(settleMs)
}
