import type { Request } from 'express'
import { overviewQuery, readable } from '#presentation/address.ts'
import type { Config } from '#shared/config.ts'
import type { Answers } from './answers.ts'
import type { FiguresDesk } from './figures.ts'
import { answerOverview } from './figures-routes.ts'
import { overTimeSchema } from './figures-schema.ts'
import type { Live } from './live.ts'
import type { Person } from './person.ts'
import { sessionView } from './session-routes.ts'
import type { SignInOffers } from './sign-in/open-doors.ts'
import type { Doorkeeper } from './signed.ts'

type Parts = {
  config: Config
  desk: FiguresDesk
  live: Live
  doorkeeper: Doorkeeper
  answers: Answers
  offers: SignInOffers
}

/** The data that the page would ask for first anyway, sent along with it: who is signed in and, for the first page, its figures. */
export function firstData({
  config,
  desk,
  live,
  doorkeeper,
  answers,
  offers,
}: Parts): (request: Request) => Promise<string> {
  const overview = async (person: Person, request: Request) => {
    const query = overviewQuery(readable(new URL(request.originalUrl, 'http://here').searchParams))
    const given = overTimeSchema.safeParse(valuesOf(new URLSearchParams(query)))
    if (!given.success) return '{}'
    const path = `/api/v1/overview${query}`
    const text = await answers.once(person, `${desk.today()} ${path}`, async () =>
      JSON.stringify(await answerOverview(desk, person, given.data)),
    )
    return `{${JSON.stringify(path)}:${text}}`
  }
  return async request => {
    const signed = await doorkeeper.atTheDoor(request)
    if (signed === undefined) return JSON.stringify({ offers })
    const session = sessionView(signed.person, { config, desk, live })
    if (doorkeeper.lacksSecondFactor(signed))
      return JSON.stringify({ session: { ...session, secondFactorMissing: true } })
    if (request.path !== '/') return JSON.stringify({ session })
    // What is kept is text already: it goes into the page as it is.
    const answers = await overview(signed.person, request).catch(() => '{}')
    return `{"session":${JSON.stringify(session)},"answers":${answers}}`
  }
}

/** As a request's query is read: what is said several times is a list. */
function valuesOf(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...query].map(([name, value]) => {
      const all = query.getAll(name)
      return [name, all.length === 1 ? value : all]
    }),
  )
}
