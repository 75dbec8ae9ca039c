import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { inside } from './network.ts'
import type { Figures } from './portions.ts'

const summary = z.object({ revenue: z.string(), lines: z.number() })
/** All the days that the sample has. */
const [firstDay, lastDay] = ['2017-07-01', '2020-05-31']

/** The dashboard as a browser somewhere in the internet sees it: on port 80, signed in. */
export type Site = { figures(from?: string): Promise<Figures>; answers(): Promise<boolean> }

export async function signIn(
  space: string,
  url: string,
  folder: string,
  person: { email: string; password: string },
): Promise<Site> {
  const jar = join(folder, `cookies-${randomBytes(4).toString('hex')}`)
  const curl = (...args: string[]) => inside(space, 'curl', ['-fsS', '--max-time', '20', '-b', jar, '-c', jar, ...args])
  await curl('-H', 'content-type: application/json', '-d', JSON.stringify(person), `${url}/api/v1/session`)
  return {
    figures: async (from = firstDay) =>
      summary.parse(JSON.parse(await curl(`${url}/api/v1/summary?from=${from}&to=${lastDay}`))),
    answers: () =>
      curl(`${url}/healthz`).then(
        () => true,
        () => false,
      ),
  }
}
