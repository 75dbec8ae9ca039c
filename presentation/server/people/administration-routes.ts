import { z } from 'zod'
import { type Config, showConfig } from '#shared/config.ts'
import { notedOldestRaw, retentionOf } from '#shared/retention.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { audit } from '../audit.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { addressOf } from '../session-routes.ts'
import { sessionInList, sessionView, tokenInList, tokenView } from '../sign-in/account-routes.ts'
import { revokeToken, type TokenRow } from '../sign-in/tokens.ts'
import type { Doorkeeper } from '../signed.ts'
import { readAudit, readPersonalReads, trailEntry } from './trail.ts'

type Parts = {
  settings: Settings
  warehouse: Warehouse
  config: Config
  doorkeeper: Doorkeeper
  signedOut: (session: string) => void
}

const owner = { person: z.string(), email: z.string() }
const sessions = z.object({ sessions: z.array(sessionInList.extend(owner)) })
const tokens = z.object({ tokens: z.array(tokenInList.extend(owner)) })
const trail = z.object({ entries: z.array(trailEntry), more: z.boolean() })
const inForce = z.object({
  settings: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Secrets are never shown, only whether they are set' }),
  retention: z
    .array(
      z.object({
        kind: z.enum(['lines', 'raw', 'rejected', 'audit', 'logs']),
        days: z.number().int(),
        oldest: z.string(),
        overdue: z.boolean(),
      }),
    )
    .meta({ description: "How long each kind of data is kept, and the day of its oldest; '' when there is none" }),
  sources: z.array(
    z.object({
      source: z.string(),
      files: z.number().int(),
      rows: z.number().int(),
      lastAt: z.string(),
      problem: z.string(),
    }),
  ),
})
export type SessionsView = z.infer<typeof sessions>
export type TokensView = z.infer<typeof tokens>
export type TrailView = z.infer<typeof trail>
export type InForceView = z.infer<typeof inForce>
type Owner = { person: string; email: string }

/** Sessions and tokens of everybody, the audit trail and the settings in force, for administrators. */
export function administrationRoutes({ settings, warehouse, config, doorkeeper, signedOut }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/sessions',
      door: 'sessions.manage',
      summary: 'Every open session',
      answer: sessions,
      run: async ({ signed }) => {
        const rows = await settings.query<Parameters<typeof sessionView>[0] & Owner>(
          `SELECT s.id, s.address, s.agent, s.opened_by, s.created_at, s.seen_at, s.person, p.email
           FROM sessions s JOIN people p ON p.id = s.person WHERE s.expires_at > now() ORDER BY s.seen_at DESC LIMIT 1000`,
        )
        return { sessions: rows.map(row => ({ ...sessionView(row, signed), ...ownerOf(row) })) }
      },
    }),
    route({
      method: 'delete',
      path: '/sessions/:id',
      door: 'sessions.manage',
      summary: "End somebody's session",
      run: async ({ person, params, request }) => {
        const id = params.id
        const [gone] = await settings.query<{ person: string }>('DELETE FROM sessions WHERE id = $1 RETURNING person', [
          id,
        ])
        if (gone === undefined) throw new Problem('not-found', 'There is no such session.')
        doorkeeper.forget()
        signedOut(id)
        const address = addressOf(request)
        await audit(settings, { person: person.id, action: 'session-revoked', subject: gone.person, address })
      },
    }),
    route({
      method: 'get',
      path: '/tokens',
      door: 'tokens.manage',
      summary: "Everybody's bearer tokens, without their secrets",
      answer: tokens,
      run: async () => {
        const rows = await settings.query<TokenRow & Owner>(
          `SELECT t.id, t.name, t.created_at, t.used_at, t.expires_at, t.person, p.email
           FROM tokens t JOIN people p ON p.id = t.person ORDER BY t.created_at DESC LIMIT 1000`,
        )
        return { tokens: rows.map(row => ({ ...tokenView(row), ...ownerOf(row) })) }
      },
    }),
    route({
      method: 'delete',
      path: '/tokens/:id',
      door: 'tokens.manage',
      summary: "Revoke somebody's bearer token",
      run: async ({ person, params, request }) => {
        const id = params.id
        if (!(await revokeToken(settings, id, null))) throw new Problem('not-found', 'There is no such token.')
        doorkeeper.forget()
        await audit(settings, { person: person.id, action: 'token-revoked', subject: id, address: addressOf(request) })
      },
    }),
    route({
      method: 'get',
      path: '/audit',
      door: 'audit.read',
      summary: 'The audit trail, newest first: sign-ins and changes, or personal data seen',
      query: z.strictObject({
        kind: z.enum(['actions', 'personal-reads']).default('actions'),
        page: z.coerce.number().int().min(0).max(10_000).default(0),
        action: z.string().max(60).optional(),
        person: z.string().max(60).optional(),
      }),
      answer: trail,
      run: ({ query }) => (query.kind === 'actions' ? readAudit(settings, query) : readPersonalReads(settings, query)),
    }),
    route({
      method: 'get',
      path: '/settings',
      door: 'settings.read',
      summary: 'Settings in force, retention and what came from which source',
      answer: inForce,
      run: async () => {
        const rows = await settings.query<{ source: string; files: string; rows: string; last: Date; problem: string }>(
          `SELECT source, count(*) AS files, sum(rows_done) AS rows, max(updated_at) AS last,
                  coalesce((array_agg(problem ORDER BY updated_at DESC))[1], '') AS problem
           FROM ledger GROUP BY source ORDER BY source`,
        )
        return {
          settings: showConfig(config),
          retention: await retentionOf({ config, warehouse, settings }, await notedOldestRaw(settings), new Date()),
          sources: rows.map(({ source, files, rows: done, last, problem }) => ({
            source,
            files: Number(files),
            rows: Number(done),
            lastAt: last.toISOString(),
            problem,
          })),
        }
      },
    }),
  ]
}

function ownerOf({ person, email }: Owner): Owner {
  return { person, email }
}
