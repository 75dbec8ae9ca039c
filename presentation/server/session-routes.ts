import type { Request } from 'express'
import { z } from 'zod'
import { roles } from '#presentation/access.ts'
import { preferencesSchema } from '#presentation/preferences.ts'
import type { Config } from '#shared/config.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { audit } from './audit.ts'
import type { FiguresDesk } from './figures.ts'
import { day } from './figures-schema.ts'
import type { Live } from './live.ts'
import type { Person } from './person.ts'
import { Problem } from './problem.ts'
import { type Route, route } from './route.ts'
import { closeSession, openSession, personOfSession, sessionCookie, sessionDays } from './session.ts'
import { signIn } from './sign-in/credentials.ts'
import type { SecretKeeper } from './sign-in/second-factor.ts'
import type { Doorkeeper } from './signed.ts'

export const credentials = z.strictObject({
  email: z.string().min(1).max(320),
  password: z.string().min(1).max(1024),
  code: z.string().max(40).optional().meta({ description: 'The second factor, where there is one' }),
})

export const sessionSchema = z.object({
  person: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    stores: z.array(z.string()).optional().meta({ description: "A manager's store scope" }),
    seller: z.string().optional().meta({ description: 'The seller whose lines a seller sees' }),
  }),
  chain: z.object({
    name: z.string(),
    currency: z.string(),
    timeZone: z.string(),
    locale: z.enum(['pt-BR', 'en']),
    today: day,
  }),
  preferences: preferencesSchema.meta({ description: 'How this person arranged their pages' }),
  heard: z.object({ epoch: z.string(), seq: z.number().int() }).meta({
    description:
      'The newest live news that answers asked from now on contain: told to `/ws`, nothing after it is missed',
  }),
  secondFactorMissing: z.boolean().optional().meta({ description: 'Nothing else is open before one is set' }),
})

export type SessionView = z.infer<typeof sessionSchema>

type ViewParts = { config: Config; desk: FiguresDesk; live: Live }

/** Who is signed in, and what the page must know about the chain. */
export function sessionView(person: Person, { config, desk, live }: ViewParts): SessionView {
  const { id, email, name, role } = person
  const bounds =
    person.role === 'manager'
      ? { stores: [...person.stores] }
      : person.role === 'seller'
        ? { seller: person.seller }
        : {}
  return {
    person: { id, email, name, role, ...bounds },
    chain: {
      name: config.DATAAPP_CHAIN_NAME,
      currency: config.DATAAPP_CURRENCY,
      timeZone: config.DATAAPP_TIME_ZONE,
      locale: person.locale ?? config.DATAAPP_LOCALE,
      today: desk.today(),
    },
    preferences: person.preferences ?? {},
    heard: live.heard,
  }
}

type SessionParts = {
  settings: Settings
  secrets: SecretKeeper
  config: Config
  desk: FiguresDesk
  live: Live
  doorkeeper: Doorkeeper
  signedOut: (session: string) => void
}

export function sessionRoutes({
  settings,
  config,
  desk,
  live,
  doorkeeper,
  signedOut,
}: Omit<SessionParts, 'secrets'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/session',
      door: 'session.own',
      summary: 'Who is signed in',
      answer: sessionSchema,
      run: async ({ person, signed }) => ({
        ...sessionView(person, { config, desk, live }),
        ...(doorkeeper.lacksSecondFactor(signed) ? { secondFactorMissing: true } : {}),
      }),
    }),
    route({
      method: 'put',
      path: '/account/preferences',
      door: 'account.own',
      summary: 'Keep how you arranged your pages',
      body: preferencesSchema,
      run: async ({ person, body }) => {
        await settings.query('UPDATE people SET preferences = $2 WHERE id = $1', [person.id, JSON.stringify(body)])
        doorkeeper.forget()
      },
    }),
    route({
      method: 'delete',
      path: '/session',
      door: 'session.own',
      summary: 'Sign out',
      run: async ({ signed, person, request, response }) => {
        if (signed.by === 'session') await closeSession(settings, signed.id)
        doorkeeper.forget()
        signedOut(signed.id)
        await audit(settings, { person: person.id, action: 'signed-out', address: addressOf(request) })
        response.clearCookie(sessionCookie, { path: '/' })
      },
    }),
  ]
}

/** `POST /api/v1/session` needs nobody signed in, so it stands outside the table of routes. */
export async function enter(
  { settings, secrets, config, desk, live, doorkeeper }: Omit<SessionParts, 'signedOut'>,
  request: Request,
  given: z.output<typeof credentials>,
): Promise<{
  view: SessionView
  secret: string
  cookie: SessionCookie
}> {
  const address = addressOf(request)
  const person = await signIn(settings, secrets, given, address).catch(async (error: unknown) => {
    if (!(error instanceof Problem && error.kind === 'code-needed'))
      await audit(settings, { person: null, action: 'sign-in-failed', subject: given.email.slice(0, 320), address })
    throw error
  })
  const secret = await openSession(settings, person.id, { address, agent: request.get('user-agent') ?? '' })
  await audit(settings, { person: person.id, action: 'signed-in', address })
  const view = sessionView(person, { config, desk, live })
  // Asked of the session itself: that a code was sent does not say that there is a second factor.
  const signed = await personOfSession(settings, secret)
  const missing = signed !== undefined && doorkeeper.lacksSecondFactor(signed)
  return {
    view: missing ? { ...view, secondFactorMissing: true } : view,
    secret,
    cookie: sessionCookieOf(request, config),
  }
}

export type SessionCookie = { httpOnly: true; sameSite: 'strict'; secure: boolean; path: '/'; maxAge: number }

/** Scripts and other sites never get it; behind TLS it never leaves without. */
export function sessionCookieOf(request: Request, config: Config): SessionCookie {
  const secure = isSecure(request, config)
  return { httpOnly: true, sameSite: 'strict', secure, path: '/', maxAge: sessionDays * 86_400_000 }
}

export function isSecure(request: Request, config: Config): boolean {
  return request.secure || (config.DATAAPP_PUBLIC_URL ?? '').startsWith('https:')
}

export function addressOf(request: Request): string {
  return request.ip ?? request.socket.remoteAddress ?? ''
}
