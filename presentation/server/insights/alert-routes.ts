import { z } from 'zod'
import { chainOwner } from '#shared/alerts/rule.ts'
import { type Alert, alertSchema, seenBy } from '#shared/records/alert.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'

const statuses = ['open', 'acknowledged', 'snoozed', 'resolved'] as const

const shownAlert = alertSchema.omit({ v: true, event: true }).extend({
  status: z.enum(statuses),
  resolvedAt: z.string().nullable(),
  snoozedUntil: z.string().nullable(),
})
export type ShownAlert = z.infer<typeof shownAlert>

const listQuery = z.strictObject({
  status: z.enum(['active', 'all']).default('active').meta({ description: 'Only what is not over, or everything' }),
  days: z.coerce.number().int().min(1).max(400).default(90),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  store: z.string().max(200).optional().meta({ description: 'Only what is about this store. Outside your scope: 403' }),
})

type Row = { alert: Alert; status: ShownAlert['status']; resolved_at: Date | null; snoozed_until: Date | null }

/** Alerts as the person may see them; what people say about them. */
export function alertRoutes({ settings }: { settings: Settings }): Route[] {
  return [
    route({
      method: 'get',
      path: '/insights/alerts',
      door: 'alerts.read',
      summary: 'Alerts within your scope, latest first, with the numbers that caused them and what could be done',
      query: listQuery,
      answer: z.object({ items: z.array(shownAlert) }),
      run: async ({ person, query }) => ({ items: (await alertsOf(settings, person, query)).slice(0, query.limit) }),
    }),
    route({
      method: 'post',
      path: '/insights/alerts/:id/acknowledge',
      door: 'alerts.read',
      summary: 'Somebody takes care of it: not told again, resolves by itself',
      answer: shownAlert,
      run: async ({ person, params }) => mark(settings, person, params.id, 'acknowledge', null),
    }),
    route({
      method: 'post',
      path: '/insights/alerts/:id/snooze',
      door: 'alerts.read',
      summary: 'Not now: told again after so many minutes if it is still so',
      body: z.strictObject({ minutes: z.number().int().min(5).max(43_200) }),
      answer: shownAlert,
      run: async ({ person, params, body }) =>
        mark(settings, person, params.id, 'snooze', new Date(Date.now() + body.minutes * 60_000)),
    }),
  ]
}

async function alertsOf(settings: Settings, person: Person, query: z.output<typeof listQuery>): Promise<ShownAlert[]> {
  const { store } = query
  if (store !== undefined && person.role === 'manager' && !person.stores.includes(store))
    throw new Problem('forbidden', 'This store is outside what you may see. GET /api/v1/stores lists yours.')
  const rows = await settings.query<Row>(
    `SELECT alert, status, resolved_at, snoozed_until FROM alert_firings
     WHERE owner IN ($1, $4) AND ($2 OR status <> 'resolved') AND at > now() - make_interval(days => $3)
     ORDER BY at DESC, id LIMIT 5000`,
    [person.id, query.status === 'all', query.days, chainOwner],
  )
  const seen = rows.flatMap(row => shown(row, person) ?? [])
  return store === undefined ? seen : seen.flatMap(alert => within(alert, store) ?? [])
}

/** What an alert says of one store; undefined where that is nothing. */
function within(alert: ShownAlert, store: string): ShownAlert | undefined {
  const breaches = alert.breaches.filter(({ subject }) => subject.store === store)
  return breaches.length === 0 ? undefined : { ...alert, breaches }
}

function shown(row: Row, person: Person): ShownAlert | undefined {
  const seen = seenBy(row.alert, person.id, person)
  if (seen === undefined) return undefined
  const text = (at: Date | null) => at?.toISOString() ?? null
  return { ...seen, status: row.status, resolvedAt: text(row.resolved_at), snoozedUntil: text(row.snoozed_until) }
}

/** Says it on the alert at once; the evaluation takes it in with its next round. */
async function mark(
  settings: Settings,
  person: Person,
  id: string,
  kind: 'acknowledge' | 'snooze',
  until: Date | null,
): Promise<ShownAlert> {
  return settings.transaction(async query => {
    const [row] = await query<Row>(
      // Held until this is written: one that resolves meanwhile would else stand as acknowledged for good.
      'SELECT alert, status, resolved_at, snoozed_until FROM alert_firings WHERE id = $1 FOR UPDATE',
      [id],
    )
    const seen = row && shown(row, person)
    if (row === undefined || seen === undefined) throw new Problem('not-found', 'There is no such alert in your scope.')
    if (row.status === 'resolved') throw new Problem('conflict', 'It is over already.')
    const status = kind === 'snooze' ? 'snoozed' : 'acknowledged'
    await query('INSERT INTO alert_marks (firing, kind, until) VALUES ($1, $2, $3)', [id, kind, until])
    await query(
      'UPDATE alert_firings SET status = $2, marked_by = $3, marked_at = now(), snoozed_until = $4 WHERE id = $1',
      [id, status, person.id, until],
    )
    return { ...seen, status, snoozedUntil: until?.toISOString() ?? null }
  })
}
