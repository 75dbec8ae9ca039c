import { z } from 'zod'
import { type Day, dayIn, type Month, monthOf } from '#shared/day.ts'
import { parseJson } from '#shared/json.ts'
import type { Adjustment } from '#shared/pay/closing.ts'
import { defaultPlanTexts } from '#shared/pay/default-plan.ts'
import { type Fraction, rounded } from '#shared/pay/fraction.ts'
import { planSchema } from '#shared/pay/plan.ts'
import { formatCents, type Part } from '#shared/pay/statement.ts'
import { parseMicros } from '#shared/records/micros.ts'
import { audit } from '../audit.ts'
import { moneyText } from '../figures-schema.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { addressOf } from '../session-routes.ts'
import { closeSlip, expectedPays, payeeOf, payIf, projectedPay, slipOf, slipsOf, timesOf } from './pay.ts'
import { assignmentSchema, homesOf, lineId, type Payee } from './pay-facts.ts'
import { missingOf, reasons } from './pay-missing.ts'
import type { InsightParts } from './routes.ts'

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'is not a month (YYYY-MM)')
const who = { month: month.optional(), person: z.string().max(200).optional() }
const partSchema = z.object({
  kind: z.string(),
  plan: z.string(),
  rule: z.string(),
  month: z.string(),
  from: z.string(),
  to: z.string(),
  amount: moneyText,
  on: moneyText.meta({ description: 'What it was reckoned on, rounded for show' }),
  steps: z.array(z.object({ from: moneyText, amount: moneyText, rate: z.string() })),
  lines: z.number().int().meta({ description: 'How many lines are behind it: /insights/pay/lines names them' }),
  withoutCost: z.number().int().meta({ description: 'Lines left out of a margin because their cost is unknown' }),
})
const adjustmentSchema = z.object({
  plan: z.string(),
  rule: z.string(),
  month: z.string(),
  amount: moneyText,
  lines: z.number().int(),
})
const missing = z
  .object({ why: z.enum(reasons), since: z.string() })
  .nullable()
  .meta({
    description:
      'Why a month that is not closed has no amount: it has not begun, nothing was sold yet (by the chain, or by the person), or its lines are no longer kept. `since`: the first day of which there is one',
  })
const interval = z.object({ amount: moneyText, lo: moneyText, hi: moneyText })
const slipSchema = z.object({
  person: z.string(),
  month: z.string(),
  closed: z.boolean(),
  amount: moneyText.nullable().meta({ description: 'Null where `missing` says why' }),
  missing,
  parts: z.array(partSchema),
  adjustments: z.array(adjustmentSchema),
  projected: interval
    .nullable()
    .meta({ description: 'The whole month, at the forecast of the days left and over its 80 % interval' }),
})

/** Pay: one's own, one's team's; what if; line by line; plans and closing for who manages them. */
export function payRoutes({ settings, config }: InsightParts): Route[] {
  const today = (): Day => dayIn(config.DATAAPP_TIME_ZONE, new Date())
  return [
    route({
      method: 'get',
      path: '/insights/pay',
      door: 'pay.read',
      summary: 'Pay of a month: as closed, or so far with adjustments of earlier months and what it will come to',
      query: z.strictObject(who),
      answer: slipSchema,
      run: async ({ person, query, ask }) => {
        const of = query.month ?? monthOf(today())
        const payee = await payeeOf({ settings, ask }, person, query.person, of)
        const times = await timesOf(ask, person, today())
        const { open, closed, missing } = await slipOf({ settings, ask }, payee, of, times)
        const none = { closed: false, amount: null, parts: [], adjustments: [], projected: null }
        if (missing !== undefined) return { person: payee.id, month: of, ...none, missing }
        const shown = closed ?? open
        if (shown === undefined) throw new Problem('not-found', 'No plan holds for this person in that month.')
        const ahead =
          of === monthOf(today()) && !closed ? await projectedPay({ settings, ask }, payee, today()) : undefined
        return {
          person: payee.id,
          month: of,
          closed: closed !== undefined,
          amount: formatCents(shown.cents),
          missing: null,
          parts: shown.parts.map(partText),
          adjustments: shown.adjustments.map(adjustmentText),
          projected: ahead
            ? { amount: formatCents(ahead.cents), lo: formatCents(ahead.lo), hi: formatCents(ahead.hi) }
            : null,
        }
      },
    }),
    route({
      method: 'get',
      path: '/insights/pay/lines',
      door: 'pay.read',
      summary: 'The sale lines behind one amount, each with what it counts for',
      query: z.strictObject({
        ...who,
        rule: z.string().max(60),
        limit: z.coerce.number().int().min(1).max(5_000).default(500),
      }),
      answer: z.object({
        items: z.array(
          z.object({
            day: z.string(),
            store: z.string(),
            sale: z.string(),
            line: z.string(),
            product: z.string(),
            name: z.string(),
            amount: moneyText,
          }),
        ),
      }),
      run: async ({ person, query, ask }) => {
        const of = query.month ?? monthOf(today())
        const payee = await payeeOf({ settings, ask }, person, query.person, of)
        const times = await timesOf(ask, person, today())
        const { open, closed, rows } = await slipOf({ settings, ask }, payee, of, times)
        const counted =
          (closed ?? open)?.parts.filter(part => part.rule === query.rule).flatMap(part => part.lines) ?? []
        const known = new Map(rows.map(row => [lineId(row), row]))
        return {
          items: counted.slice(0, query.limit).map(({ line, amount }) => {
            const row = known.get(line)
            const [store = '', sale = '', number = ''] = z.array(z.string()).safeParse(parseJson(line)).data ?? []
            return {
              day: row?.day ?? '',
              store,
              sale,
              line: number,
              product: row?.product ?? '',
              name: row?.name ?? '',
              amount: cents(amount),
            }
          }),
        }
      },
    }),
    route({
      method: 'get',
      path: '/insights/pay/what-if',
      door: 'pay.read',
      summary: 'What selling so much more this month would add',
      query: z.strictObject({
        person: who.person,
        extra: z.string().regex(/^\d{1,9}(\.\d{1,2})?$/, 'is not an amount'),
      }),
      answer: z.object({ amount: moneyText, more: moneyText }),
      run: async ({ person, query, ask }) => {
        const payee = await payeeOf({ settings, ask }, person, query.person, monthOf(today()))
        const answer = await payIf({ settings, ask }, payee, today(), parseMicros(query.extra) ?? 0)
        if (answer === undefined) throw new Problem('not-found', 'No plan holds for this person this month.')
        return { amount: formatCents(answer.cents), more: formatCents(answer.more) }
      },
    }),
    route({
      method: 'get',
      path: '/insights/pay/team',
      door: 'pay.read',
      summary: 'Pay of everybody within your scope in a month',
      query: z.strictObject({ month: who.month }),
      answer: z.object({
        month: z.string(),
        items: z.array(
          z.object({
            person: z.string(),
            name: z.string().meta({ description: "A manager's name; a seller's is with the figures" }),
            amount: moneyText,
            closed: z.boolean(),
          }),
        ),
        missing: missing.meta({ description: 'Why only people whose month is closed are here, as in /insights/pay' }),
      }),
      run: async ({ person, query, ask }) => {
        const of = query.month ?? monthOf(today())
        const names = await namesOfManagers(settings)
        const times = await timesOf(ask, person, today())
        const items = []
        for await (const { payee, slip } of slipsOf(
          { settings, ask },
          await payeesOf({ settings, ask }, person, of),
          of,
          times,
        )) {
          const paid = slip.closed ?? slip.open
          if (paid === undefined) continue
          const name = names.get(payee.id) ?? ''
          items.push({ person: payee.id, name, amount: formatCents(paid.cents), closed: slip.closed !== undefined })
        }
        return { month: of, items, missing: missingOf(of, times.today, times.kept) ?? null }
      },
    }),
    route({
      method: 'get',
      path: '/insights/pay/team/projections',
      door: 'pay.read',
      summary: 'What the pay of everybody within your scope should close at this month',
      answer: z.object({ month: z.string(), items: z.array(z.object({ person: z.string(), projected: moneyText })) }),
      run: async ({ person, ask }) => {
        const of = monthOf(today())
        const payees = await payeesOf({ settings, ask }, person, of)
        const items = []
        for await (const { payee, cents: expected } of expectedPays({ settings, ask }, payees, today()))
          items.push({ person: payee.id, projected: formatCents(expected) })
        return { month: of, items }
      },
    }),
    route({
      method: 'post',
      path: '/insights/pay/close',
      door: 'pay.manage',
      summary: 'Close a month that is over: it is frozen; what changes later is an adjustment in the next',
      body: z.strictObject({ month, person: z.string().max(200).optional() }),
      answer: z.object({ closed: z.number().int() }),
      run: async ({ person, body, ask }) => {
        if (body.month >= monthOf(today())) throw new Problem('conflict', 'That month is not over yet.')
        const all = await payeesOf({ settings, ask }, person, body.month)
        const chosen = body.person === undefined ? all : all.filter(({ id }) => id === body.person)
        const times = await timesOf(ask, person, today())
        let closed = 0
        for await (const { payee, slip } of slipsOf({ settings, ask }, chosen, body.month, times))
          if (await closeSlip(settings, payee, slip, body.month, person.id)) closed++
        return { closed }
      },
    }),
    route({
      method: 'get',
      path: '/insights/pay/plans',
      door: 'pay.manage',
      summary: 'Remuneration plans as they are written, and who has which',
      answer: z.object({
        plans: z.array(z.unknown()),
        assignments: z.array(assignmentSchema.extend({ id: z.string() })),
      }),
      run: async () => {
        const plans = await settings.query<{ id: string; plan: unknown }>('SELECT id, plan FROM pay_plans ORDER BY id')
        const rows = await settings.query<{ id: string; assignment: unknown }>(
          'SELECT id, assignment FROM pay_assignments ORDER BY id',
        )
        const written = new Set(plans.map(({ id }) => id))
        return {
          plans: [...plans.map(({ plan }) => plan), ...defaultPlanTexts.filter(({ id }) => !written.has(id))],
          assignments: rows.map(({ id, assignment }) => ({ id, ...assignmentSchema.parse(assignment) })),
        }
      },
    }),
    route({
      method: 'put',
      path: '/insights/pay/plans/:id',
      door: 'pay.manage',
      summary: 'Write a plan. For the past that is already closed, the difference is paid as an adjustment',
      body: z.looseObject({ id: z.string() }),
      answer: z.object({ id: z.string() }),
      run: async ({ person, params, body, request }) => {
        const checked = planSchema.safeParse(body)
        if (!checked.success || checked.data.id !== params.id)
          throw new Problem(
            'bad-request',
            checked.success ? 'The id in the path is another.' : z.prettifyError(checked.error),
          )
        await settings.query(
          'INSERT INTO pay_plans (id, plan, updated_by) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, updated_by = excluded.updated_by, updated_at = now()',
          [checked.data.id, JSON.stringify(body), person.id],
        )
        const address = addressOf(request)
        await audit(settings, { person: person.id, action: 'plan-changed', subject: checked.data.id, address })
        return { id: checked.data.id }
      },
    }),
    route({
      method: 'put',
      path: '/insights/pay/assignments/:id',
      door: 'pay.manage',
      summary: 'Say who is paid by which plan, from when until when',
      body: assignmentSchema,
      answer: z.object({ id: z.string() }),
      run: async ({ person, params, body, request }) => {
        const id = params.id
        const details = { person: body.person, plan: body.plan, from: body.from, to: body.to ?? '' }
        const address = addressOf(request)
        await audit(settings, { person: person.id, action: 'assignment-changed', subject: id, address, details })
        await settings.query(
          'INSERT INTO pay_assignments (id, person, assignment) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET person = excluded.person, assignment = excluded.assignment, updated_at = now()',
          [id, body.person, JSON.stringify(body)],
        )
        return { id }
      },
    }),
    route({
      method: 'delete',
      path: '/insights/pay/assignments/:id',
      door: 'pay.manage',
      summary: 'Forget an assignment',
      run: async ({ person, params, request }) => {
        const entry = { action: 'assignment-changed', subject: params.id, details: { removed: true } } as const
        await audit(settings, { ...entry, person: person.id, address: addressOf(request) })
        await settings.query('DELETE FROM pay_assignments WHERE id = $1', [params.id])
      },
    }),
  ]
}

async function namesOfManagers(
  settings: Parameters<typeof payeeOf>[0]['settings'],
): Promise<ReadonlyMap<string, string>> {
  const rows = await settings.query<{ id: string; name: string }>("SELECT id, name FROM people WHERE role = 'manager'")
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Everybody whose pay somebody may see. */
async function payeesOf(sources: Parameters<typeof payeeOf>[0], person: Person, of: Month): Promise<Payee[]> {
  const homes = await homesOf(sources.ask, person, of)
  const sellers = [...homes.keys()].map((id): Payee => ({ id, bounds: { role: 'seller', seller: id } }))
  switch (person.role) {
    case 'seller':
      return sellers.filter(({ id }) => id === person.seller)
    case 'manager':
      return [{ id: person.id, bounds: { role: 'manager', stores: person.stores } }, ...sellers]
    case 'admin': {
      const managers = await sources.settings.query<{ id: string; stores: string[] }>(
        "SELECT id, stores FROM people WHERE role = 'manager' AND disabled_at IS NULL ORDER BY id",
      )
      return [...managers.map(({ id, stores }): Payee => ({ id, bounds: { role: 'manager', stores } })), ...sellers]
    }
  }
}

const cents = (amount: Fraction): string => formatCents(Number(rounded(amount)))

const partText = ({ kind, plan, rule, month: of, from, to, cents: amount, on, steps, lines, withoutCost }: Part) => ({
  kind,
  plan,
  rule,
  month: of,
  from,
  to,
  amount: formatCents(amount),
  on: cents(on),
  steps: steps.map(step => ({
    from: cents(step.from),
    amount: cents(step.amount),
    rate: String(Number(step.rate.n) / Number(step.rate.d)),
  })),
  lines: lines.length,
  withoutCost: withoutCost.length,
})

const adjustmentText = ({ plan, rule, month: of, cents: amount, lines }: Adjustment) => ({
  plan,
  rule,
  month: of,
  amount: formatCents(amount),
  lines: lines.length,
})
