import { z } from 'zod'
import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { addMonths, firstDayOf } from '#shared/day.ts'
import { type Dimension, dimensionSchema } from '#shared/records/dimension.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { type Ask, question } from '../ask.ts'
import { audit } from '../audit.ts'
import type { Person } from '../person.ts'
import { type Route, route } from '../route.ts'
import { addressOf } from '../session-routes.ts'

type Parts = { settings: Settings; bus: Bus }
type Row = { id: string; seller: string; store: string; name: string; month: string; amount: string }

const ofMonth = question<{ month: string; before: string }, Row>('targets-of-month')
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'is not a month (YYYY-MM)')
const amount = z.string().regex(/^\d{1,12}(\.\d{1,2})?$/, 'is not an amount such as 50000.00')
const target = z.object({
  seller: z.string().meta({ description: 'Whose target it is; empty where it is a store’s' }),
  store: z.string(),
  name: z.string(),
  amount: z.string().nullable().meta({ description: 'null while there is none for the month' }),
  before: z.string().nullable().meta({ description: 'The target of the month before' }),
})
const given = z.strictObject({ seller: z.string().max(200), store: z.string().max(200), amount })
export type TargetView = z.infer<typeof target>

/** Targets of stores and sellers, month by month. They travel as what any source says of targets does: over the bus, the latest word counts. */
export function targetRoutes({ settings, bus }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/targets',
      door: 'pay.manage',
      summary: 'Targets of a month, beside those of the month before',
      query: z.strictObject({ month }),
      answer: z.object({ month, items: z.array(target) }),
      run: async ({ person, query, ask }) => ({
        month: query.month,
        items: besideBefore(await targetsOf(ask, person, query.month), query.month),
      }),
    }),
    route({
      method: 'put',
      path: '/targets',
      door: 'pay.manage',
      summary: 'Set targets of a month; those not named stay',
      body: z.strictObject({
        month,
        items: z
          .array(given.refine(({ seller, store }) => (seller === '') !== (store === ''), 'name a seller or a store'))
          .min(1)
          .max(5_000),
      }),
      run: async ({ person, body, ask, request }) => {
        const known = await targetsOf(ask, person, body.month)
        const first = firstDayOf(body.month)
        const version = Date.now() * 1_000
        const messages = body.items.map(({ seller, store, amount: wanted }) => {
          const before = known.find(row => row.month === first && row.seller === seller && row.store === store)
          const dimension: Dimension = dimensionSchema.parse({
            v: 1,
            kind: 'target',
            id: before?.id ?? idOf(first, seller, store),
            source: 'dashboard',
            version,
            attributes: { month: first, seller, store, amount: wanted },
          })
          return { key: `target:${dimension.id}`, value: Buffer.from(JSON.stringify(dimension)) }
        })
        await bus.publish(topics.dimensions, messages)
        await audit(settings, {
          person: person.id,
          action: 'target-changed',
          subject: body.month,
          address: addressOf(request),
          details: Object.fromEntries(body.items.slice(0, 50).map(one => [one.store || one.seller, one.amount])),
        })
      },
    }),
  ]
}

function targetsOf(ask: Ask, person: Person, of: string): Promise<Row[]> {
  return ask(person, ofMonth, { stores: [] }, { month: firstDayOf(of), before: firstDayOf(addMonths(of, -1)) })
}

/** The id that a source which names no other gives a target: its month and whose it is. */
function idOf(first: string, seller: string, store: string): string {
  return [first, seller, store].join(' ').trim()
}

function besideBefore(rows: readonly Row[], of: string): TargetView[] {
  const found = new Map<string, TargetView>()
  for (const row of rows) {
    const key = JSON.stringify([row.store, row.seller])
    const { seller, store, name } = row
    const item = found.get(key) ?? { seller, store, name, amount: null, before: null }
    const value = Number(row.amount).toFixed(2)
    found.set(key, row.month === firstDayOf(of) ? { ...item, amount: value } : { ...item, before: value })
  }
  return [...found.values()]
}
