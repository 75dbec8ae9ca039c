import { renderSVG } from 'uqr'
import { z } from 'zod'
import type { Config } from '#shared/config.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { audit } from '../audit.ts'
import { hashPassword } from '../password.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import type { Signed } from '../session.ts'
import { addressOf } from '../session-routes.ts'
import type { Doorkeeper } from '../signed.ts'
import { confirmCode, confirmPassword } from './credentials.ts'
import { refuseShort } from './reset.ts'
import { confirmSecondFactor, draftSecondFactor, removeSecondFactor, type SecretKeeper } from './second-factor.ts'
import { makeToken, revokeToken, revokeTokens, tokensOf } from './tokens.ts'
import { otpauthLink } from './totp.ts'

export type AccountParts = {
  settings: Settings
  secrets: SecretKeeper
  config: Config
  doorkeeper: Doorkeeper
  /** Ends the live connections of a session. */
  signedOut: (session: string) => void
}

const time = z.string().meta({ format: 'date-time' })
const secretText = z.string().min(1).max(1024)
export const sessionInList = z.object({
  id: z.string(),
  address: z.string(),
  agent: z.string(),
  openedBy: z.enum(['password', 'provider']),
  createdAt: time,
  seenAt: time,
  current: z.boolean(),
})
export const tokenInList = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: time,
  usedAt: time.nullable(),
  expiresAt: time.nullable(),
})
const accountSchema = z.object({
  email: z.string(),
  hasPassword: z.boolean(),
  secondFactor: z.object({ set: z.boolean(), required: z.boolean(), recoveryCodesLeft: z.number().int() }),
  sessions: z.array(sessionInList),
  tokens: z.array(tokenInList),
})
export type AccountView = z.infer<typeof accountSchema>
export type SessionInList = z.infer<typeof sessionInList>
export type TokenInList = z.infer<typeof tokenInList>

type SessionRow = {
  id: string
  address: string
  agent: string
  opened_by: 'password' | 'provider'
  created_at: Date
  seen_at: Date
}

/** What everybody does with their own account. A program's token may look, never change: else a stolen one would outlive its end. */
export function accountRoutes({ settings, secrets, config, doorkeeper, signedOut }: AccountParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/account',
      door: 'account.own',
      summary: 'Own account: second factor, sessions and bearer tokens',
      answer: accountSchema,
      run: async ({ person, signed }) => {
        const [row] = await settings.query<{ has: boolean; set: boolean; left: number }>(
          `SELECT password IS NOT NULL AS has, totp_secret IS NOT NULL AS set, cardinality(recovery_codes) AS left
           FROM people WHERE id = $1`,
          [person.id],
        )
        const sessions = await settings.query<SessionRow>(
          `SELECT id, address, agent, opened_by, created_at, seen_at FROM sessions
           WHERE person = $1 AND expires_at > now() ORDER BY seen_at DESC`,
          [person.id],
        )
        return {
          email: person.email,
          hasPassword: row?.has ?? false,
          secondFactor: {
            set: row?.set ?? false,
            required: config.DATAAPP_SECOND_FACTOR === 'admins' && person.role === 'admin',
            recoveryCodesLeft: row?.left ?? 0,
          },
          sessions: sessions.map(session => sessionView(session, signed)),
          tokens: (await tokensOf(settings, person.id)).map(tokenView),
        }
      },
    }),
    route({
      method: 'put',
      path: '/account/password',
      door: 'account.own',
      summary: 'Change the own password; every other session ends, and with `tokens: "revoke"` every bearer token',
      body: z.strictObject({
        current: secretText,
        password: secretText,
        tokens: z.enum(['keep', 'revoke']).default('keep'),
      }),
      run: async ({ person, signed, body, request }) => {
        refuseToken(signed)
        refuseShort(body.password)
        await confirmPassword(settings, person, body.current, addressOf(request))
        const stored = await hashPassword(body.password)
        const revoked = await settings.transaction(async query => {
          await query('UPDATE people SET password = $2 WHERE id = $1', [person.id, stored])
          await query('DELETE FROM password_resets WHERE person = $1', [person.id])
          return body.tokens === 'revoke' ? revokeTokens(query, person.id) : 0
        })
        await endOthers(person.id, signed.id)
        const details = revoked > 0 ? { tokensRevoked: revoked } : {}
        await audit(settings, { person: person.id, action: 'password-changed', address: addressOf(request), details })
      },
    }),
    route({
      method: 'post',
      path: '/account/second-factor',
      door: 'account.own',
      summary: 'Begin a second factor: the secret for an authenticator app, as text, link and QR code',
      body: z.strictObject({ password: secretText }),
      answer: z.object({ secret: z.string(), link: z.string(), qr: z.string().meta({ description: 'SVG' }) }),
      run: async ({ person, signed, body, request }) => {
        refuseToken(signed)
        await confirmPassword(settings, person, body.password, addressOf(request))
        const secret = await draftSecondFactor(settings, secrets, person.id)
        const link = otpauthLink(secret, config.DATAAPP_CHAIN_NAME, person.email)
        return { secret, link, qr: renderSVG(link, { border: 2 }) }
      },
    }),
    route({
      method: 'put',
      path: '/account/second-factor',
      door: 'account.own',
      summary: 'Confirm the second factor with its first code; answers with the recovery codes, once',
      body: z.strictObject({ code: z.string().min(6).max(40) }),
      answer: z.object({ recoveryCodes: z.array(z.string()) }),
      run: async ({ person, signed, body, request }) => {
        refuseToken(signed)
        const recoveryCodes = await confirmSecondFactor(settings, secrets, person.id, body.code)
        await endOthers(person.id, signed.id)
        await audit(settings, { person: person.id, action: 'second-factor-set', address: addressOf(request) })
        return { recoveryCodes }
      },
    }),
    route({
      method: 'delete',
      path: '/account/second-factor',
      door: 'account.own',
      summary: 'Remove the own second factor',
      body: z.strictObject({ password: secretText, code: z.string().min(6).max(40) }),
      run: async ({ person, signed, body, request }) => {
        refuseToken(signed)
        await confirmPassword(settings, person, body.password, addressOf(request))
        await confirmCode(settings, secrets, person, body.code, addressOf(request))
        await removeSecondFactor(settings, person.id)
        doorkeeper.forget()
        await audit(settings, { person: person.id, action: 'second-factor-removed', address: addressOf(request) })
      },
    }),
    route({
      method: 'delete',
      path: '/account/sessions/:id',
      door: 'account.own',
      summary: 'End one of the own sessions',
      run: async ({ person, signed, params, request }) => {
        refuseToken(signed)
        const id = params.id
        const gone = await settings.query('DELETE FROM sessions WHERE id = $1 AND person = $2 RETURNING id', [
          id,
          person.id,
        ])
        if (gone.length === 0) throw new Problem('not-found', 'You have no such session.')
        doorkeeper.forget()
        signedOut(id)
        await audit(settings, { person: person.id, action: 'session-revoked', address: addressOf(request) })
      },
    }),
    route({
      method: 'post',
      path: '/account/tokens',
      door: 'account.own',
      summary: 'Make a bearer token for programs; its secret is shown this once',
      body: z.strictObject({
        name: z.string().trim().min(1).max(80),
        days: z.number().int().min(1).max(366).default(90),
      }),
      answer: z.object({ id: z.string(), token: z.string(), expiresAt: time }),
      status: 201,
      run: async ({ person, signed, body, request }) => {
        refuseToken(signed)
        const { id, token, expiresAt } = await makeToken(settings, person.id, body)
        const details = { name: body.name, days: body.days }
        await audit(settings, {
          person: person.id,
          action: 'token-created',
          subject: id,
          address: addressOf(request),
          details,
        })
        return { id, token, expiresAt: expiresAt.toISOString() }
      },
    }),
    route({
      method: 'delete',
      path: '/account/tokens/:id',
      door: 'account.own',
      summary: 'Revoke one of the own bearer tokens',
      run: async ({ person, signed, params, request }) => {
        refuseToken(signed)
        const id = params.id
        if (!(await revokeToken(settings, id, person.id))) throw new Problem('not-found', 'You have no such token.')
        doorkeeper.forget()
        await audit(settings, { person: person.id, action: 'token-revoked', subject: id, address: addressOf(request) })
      },
    }),
  ]

  async function endOthers(person: string, current: string): Promise<void> {
    const ended = await settings.query<{ id: string }>(
      'DELETE FROM sessions WHERE person = $1 AND id <> $2 RETURNING id',
      [person, current],
    )
    doorkeeper.forget()
    for (const { id } of ended) signedOut(id)
  }
}

export function sessionView(row: SessionRow, signed: Signed): SessionInList {
  const { id, address, agent } = row
  return {
    id,
    address,
    agent,
    openedBy: row.opened_by,
    createdAt: row.created_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    current: id === signed.id,
  }
}

export function tokenView(row: {
  id: string
  name: string
  created_at: Date
  used_at: Date | null
  expires_at: Date | null
}): TokenInList {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    usedAt: row.used_at?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
  }
}

function refuseToken(signed: Signed): void {
  if (signed.by === 'token')
    throw new Problem('forbidden', 'A token may not change the account it belongs to. Sign in with a browser.')
}
