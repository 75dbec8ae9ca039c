import express, { Router } from 'express'
import { z } from 'zod'
import { type Door, mayPass } from '#presentation/access.ts'
import type { Config } from '#shared/config.ts'
import type { Log } from '#shared/log.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Answers } from './answers.ts'
import type { Ask } from './ask.ts'
import { sendText } from './encoding.ts'
import type { FiguresDesk } from './figures.ts'
import { keepableBody } from './keepable.ts'
import type { Live } from './live.ts'
import { openApi } from './openapi.ts'
import { noSuchPath, Problem } from './problem.ts'
import type { Route } from './route.ts'
import { isForeignOrigin } from './same-origin.ts'
import { sessionCookie } from './session.ts'
import { credentials, enter } from './session-routes.ts'
import { openDoors } from './sign-in/open-doors.ts'
import type { Provider } from './sign-in/provider.ts'
import type { SecretKeeper } from './sign-in/second-factor.ts'
import type { Doorkeeper } from './signed.ts'

type ApiParts = {
  log: Log
  secrets: SecretKeeper
  provider: Provider | undefined
  personChanged: (person: string) => void
  config: Config
  settings: Settings
  desk: FiguresDesk
  live: Live
  doorkeeper: Doorkeeper
  answers: Answers
  ask: Ask
}

const preferences = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).optional(),
  locale: z.enum(['pt-BR', 'en']).optional(),
})
const kept = { path: '/', sameSite: 'strict', httpOnly: true, maxAge: 365 * 86_400_000 } as const
/** What somebody can do who has to set a second factor first: that, and leave. */
const withoutSecondFactor: ReadonlySet<Door> = new Set(['session.own', 'account.own'])
const jsonType = 'application/json; charset=utf-8'

/** `/api/v1`: every route of the table behind its door, then the description of them all. */
export function api(parts: ApiParts, routes: readonly Route[]): Router {
  const router = Router({ caseSensitive: true })
  router.use((request, response, next) => {
    response.set('cache-control', 'no-store')
    if (!['GET', 'HEAD'].includes(request.method) && isForeignOrigin(request))
      throw new Problem('forbidden', "This request comes from another site's page.")
    next()
  })
  router.use(express.json({ limit: '256kb', type: 'application/json' }), keepableBody)

  router.post('/session', async (request, response) => {
    const given = credentials.safeParse(request.body)
    if (!given.success) throw new Problem('bad-request', 'Send {"email": "…", "password": "…"} as application/json.')
    const { view, secret, cookie } = await enter(parts, request, given.data)
    response.cookie(sessionCookie, secret, cookie).type(jsonType).send(JSON.stringify(view))
  })

  router.put('/preferences', (request, response) => {
    const given = preferences.safeParse(request.body)
    if (!given.success) throw new Problem('bad-request', 'Send {"theme": "system|light|dark", "locale": "pt-BR|en"}.')
    for (const [name, value] of Object.entries(given.data)) response.cookie(`dataapp_${name}`, value, kept)
    response.status(204).end()
  })

  const description = JSON.stringify(openApi(routes))
  router.get('/openapi.json', (request, response) => sendText(request, response, jsonType, description))

  router.use(openDoors(parts))
  for (const route of routes) mount(router, parts, route)
  router.use(noSuchPath)
  return router
}

function mount(router: Router, { desk, doorkeeper, answers, ask }: ApiParts, route: Route): void {
  router[route.method](route.path, async (request, response) => {
    const signed = await doorkeeper.atTheDoor(request)
    if (signed === undefined)
      throw new Problem('unauthorized', 'Sign in at POST /api/v1/session, or send a bearer token.', {
        headers: { 'www-authenticate': 'Bearer' },
      })
    const { person } = signed
    if (doorkeeper.lacksSecondFactor(signed) && !withoutSecondFactor.has(route.door))
      throw new Problem('second-factor-missing', 'Set a second factor in your account first.')
    if (!mayPass(person.role, route.door)) throw new Problem('forbidden', `The role ${person.role} may not do this.`)
    const run = () =>
      route.run({
        person,
        signed,
        query: request.query,
        body: request.body,
        params: singles(request.params),
        ask,
        request,
        response,
      })
    const text = async () => JSON.stringify(await run())
    if (route.keep === 'scope') {
      await sendText(
        request,
        response,
        jsonType,
        await answers.once(person, `${desk.today()} ${request.originalUrl}`, text),
      )
      return
    }
    const answer = await run()
    if (response.headersSent) return
    response.status(route.status)
    if (answer === undefined) response.end()
    else await sendText(request, response, jsonType, JSON.stringify(answer))
  })
}

function singles(params: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value : value.join('/')]),
  )
}
