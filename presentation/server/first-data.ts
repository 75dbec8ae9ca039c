import type { Request } from 'express'
import type { Config } from '#shared/config.ts'
import type { Answers } from './answers.ts'
import type { FiguresDesk } from './figures.ts'
import { sessionView } from './session-routes.ts'
import type { Doorkeeper } from './signed.ts'

type Parts = { config: Config; desk: FiguresDesk; doorkeeper: Doorkeeper; answers: Answers }

/** The data that the page would ask for first anyway, sent along with it: who is signed in. */
export function firstData({ config, desk, doorkeeper }: Parts): (request: Request) => Promise<Record<string, unknown>> {
  return async request => {
    const signed = await doorkeeper.whoIs(request)
    return signed === undefined ? {} : { session: sessionView(signed.person, config, desk) }
  }
}
