import { type Response, Router } from 'express'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import type { Log } from '#shared/log.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { audit } from '../audit.ts'
import { Problem } from '../problem.ts'
import { openSession, sessionCookie } from '../session.ts'
import { addressOf, isSecure, sessionCookieOf } from '../session-routes.ts'
import { cookieOf, type Doorkeeper } from '../signed.ts'
import { callbackPath, type Provider, visitMinutes } from './provider.ts'
import { provision } from './provision.ts'
import { mailReset, mailsResets, useReset } from './reset.ts'

type OpenParts = {
  config: Config
  log: Log
  settings: Settings
  doorkeeper: Doorkeeper
  provider: Provider | undefined
  /** Ends the live connections of a person. */
  personChanged: (person: string) => void
}

export const resetAsked = z.strictObject({ email: z.string().min(3).max(320) })
export const resetUsed = z.strictObject({ secret: z.string().min(20).max(100), password: z.string().min(1).max(1024) })
const visitCookie = 'dataapp_visit'
const mostAsked = { perAddress: 10, minutes: 15 } as const

/** Doors that nobody has signed in for yet: the provider's, and the reset of a password. They stand outside the table of routes. */
export function openDoors(parts: OpenParts): Router {
  const { config, log, settings, doorkeeper, provider, personChanged } = parts
  const router = Router({ caseSensitive: true })

  router.post('/password-reset', async (request, response) => {
    const given = resetAsked.safeParse(request.body)
    if (!given.success) throw new Problem('bad-request', 'Send {"email": "…"} as application/json.')
    if (!mailsResets(config))
      throw new Problem('not-found', 'No mail is sent from here. An administrator makes the link.')
    const address = addressOf(request)
    await refuseTooMany(settings, address)
    const { email } = given.data
    await audit(settings, { person: null, action: 'password-reset-asked', subject: email, address })
    // Not awaited: neither the answer nor the time it takes tells whether somebody has this address.
    mailReset(settings, config, email).catch((error: unknown) => log.error({ err: error }, 'a reset was not mailed'))
    response.status(202).end()
  })

  router.put('/password-reset', async (request, response) => {
    const given = resetUsed.safeParse(request.body)
    if (!given.success) throw new Problem('bad-request', 'Send {"secret": "…", "password": "…"} as application/json.')
    const person = await useReset(settings, given.data.secret, given.data.password)
    doorkeeper.forget()
    personChanged(person)
    await audit(settings, { person, action: 'password-reset', address: addressOf(request) })
    response.status(204).end()
  })

  router.get('/session/provider', async (request, response) => {
    if (provider === undefined) throw new Problem('not-found', 'No provider is set up here.')
    const visit = await provider.leave().catch((error: unknown) => {
      log.error({ err: error }, 'the sign-in provider does not answer')
      return undefined
    })
    if (visit === undefined) return goHome(response, 'unreachable')
    // Lax, as the browser comes back from another site.
    response.cookie(visitCookie, visit.secret, {
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure(request, config),
      path: callbackPath,
      maxAge: visitMinutes * 60_000,
    })
    response.redirect(302, visit.to)
  })

  router.get('/session/provider/callback', async (request, response) => {
    if (provider === undefined) throw new Problem('not-found', 'No provider is set up here.')
    const address = addressOf(request)
    response.clearCookie(visitCookie, { path: callbackPath })
    const secret = cookieOf(request, visitCookie)
    const told = await provider
      .comeBack(secret ?? '', new URL(request.originalUrl, 'http://here'))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'a sign-in at the provider does not hold')
        return undefined
      })
    if (told === undefined) {
      await audit(settings, { person: null, action: 'sign-in-failed', address, details: { by: 'provider' } })
      return goHome(response, 'failed')
    }
    const result = await provision(settings, config, told)
    if (result.kind === 'refused') {
      const details = { by: 'provider', why: result.why }
      await audit(settings, { person: null, action: 'sign-in-failed', subject: result.email, address, details })
      return goHome(response, result.why)
    }
    const { person, change } = result
    doorkeeper.forget()
    if (change !== 'none') {
      const action = change === 'created' ? 'person-created' : 'person-changed'
      const details = { by: 'provider', role: person.role }
      await audit(settings, { person: person.id, action, subject: person.id, address, details })
      personChanged(person.id)
    }
    const visitor = { address, agent: request.get('user-agent') ?? '' }
    const session = await openSession(settings, person.id, visitor, 'provider')
    await audit(settings, { person: person.id, action: 'signed-in', address, details: { by: 'provider' } })
    response.cookie(sessionCookie, session, sessionCookieOf(request, config))
    goHome(response, undefined)
  })
  return router
}

/** Goes on by a page of our own: a redirect would still count as coming from the provider, and the session's cookie would not go along. */
function goHome(response: Response, failed: string | undefined): void {
  const to = failed === undefined ? '/' : `/?sign-in=${failed}`
  response
    .status(200)
    .type('html')
    .send(
      `<!doctype html><html lang="en"><head><title>DataApp</title><meta http-equiv="refresh" content="0;url=${to}"></head></html>`,
    )
}

async function refuseTooMany(settings: Settings, address: string): Promise<void> {
  const [counted] = await settings.query<{ asked: string }>(
    `SELECT count(*) AS asked FROM audit
     WHERE action = 'password-reset-asked' AND address = $1 AND at > now() - make_interval(mins => $2)`,
    [address, mostAsked.minutes],
  )
  if (Number(counted?.asked ?? 0) >= mostAsked.perAddress)
    throw new Problem('too-many', `Too many requests. Try again in ${mostAsked.minutes} minutes.`, {
      headers: { 'retry-after': String(mostAsked.minutes * 60) },
    })
}

/** What the sign-in page offers beside e-mail and password. */
export function signInOffers(
  config: Config,
  provider: Provider | undefined,
): { provider: string | null; mail: boolean } {
  return { provider: provider?.name ?? null, mail: mailsResets(config) }
}

export type SignInOffers = ReturnType<typeof signInOffers>
