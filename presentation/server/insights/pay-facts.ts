import { z } from 'zod'
import { addMonths, type Day, firstDayOf, lastDayOf, type Month } from '#shared/day.ts'
import { groupBy } from '#shared/group.ts'
import type { ClosedMonth } from '#shared/pay/closing.ts'
import { creditsOf } from '#shared/pay/credits.ts'
import { defaultPlans } from '#shared/pay/default-plan.ts'
import { type Assignment, type PayFacts, type PayLine, targetKey } from '#shared/pay/facts.ts'
import { fraction } from '#shared/pay/fraction.ts'
import { type Plan, planSchema } from '#shared/pay/plan.ts'
import { parseMicros } from '#shared/records/micros.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { type Ask, question } from '../ask.ts'
import type { Bounds, Person } from '../person.ts'

export type LineRow = {
  store: string
  day: Day
  sale: string
  line: string
  seller: string
  product: string
  name: string
  category: string
  revenue: string
  cost: string | null
}

const questions = {
  lines: question<{ from: string; to: string; team: readonly string[] }, LineRow>('insights/pay-lines'),
  homes: question<{ from: string; to: string }, { seller: string; store: string }>('insights/home-stores'),
  targets: question<{ from: string; to: string }, { seller: string; month: string; amount: string }>(
    'insights/pay-targets',
  ),
  firstSold: question<{ name: string }, { day: string }>('insights/first-sold'),
  storesSold: question<Record<string, never>, { first: string; lines: string }>('bounds'),
}

export const assignmentSchema = z.strictObject({
  person: z.string().min(1).max(200),
  plan: z.string().min(1).max(60),
  from: z.iso.date(),
  to: z.iso.date().optional(),
  store: z.string().max(200),
  manages: z.array(z.string()).max(2_000).default([]),
})

/** Whose pay: a seller by the id that sales know them by, a manager by the id they sign in with. */
export type Payee = { readonly id: string; readonly bounds: Bounds }

/** The bounds of a payee as somebody who asks: pay counts all that is theirs, whoever looks at it. */
const asking = ({ id, bounds }: Payee): Person => ({ id, email: '', name: '', locale: undefined, ...bounds })

async function plansOf(settings: Settings): Promise<readonly Plan[]> {
  const rows = await settings.query<{ plan: unknown }>('SELECT plan FROM pay_plans ORDER BY id')
  const own = rows.map(({ plan }) => planSchema.parse(plan))
  const written = new Set(own.map(plan => plan.id))
  return [...own, ...defaultPlans.filter(plan => !written.has(plan.id))]
}

/** Where sellers sold most in the half-year up to the end of a month, or to another day. */
export async function homesOf(
  ask: Ask,
  person: Person,
  month: Month,
  { to = lastDayOf(month), sellers = [] }: { to?: Day; sellers?: readonly string[] } = {},
): Promise<ReadonlyMap<string, string>> {
  const half = { from: firstDayOf(addMonths(month, -5)), to }
  const rows = await ask(person, questions.homes, { stores: [], sellers }, half)
  return new Map(rows.map(row => [row.seller, row.store]))
}

/** The first day on which somebody, or the stores that they manage, sold anything; undefined when none did. */
export async function firstSoldOf(ask: Ask, payee: Payee): Promise<Day | undefined> {
  const person = asking(payee)
  if (payee.bounds.role !== 'seller') {
    const [row] = await ask(person, questions.storesSold, { stores: [] }, {})
    return row === undefined || row.lines === '0' ? undefined : row.first
  }
  const [row] = await ask(person, questions.firstSold, { stores: [] }, { name: payee.bounds.seller })
  return row === undefined || row.day === '' ? undefined : row.day
}

/** What one person's pay is reckoned from. `factsIn` has the facts for reckoning an earlier month again, `isHome`: they sold something in the half-year up to the end of the month. */
export type PayFound = {
  facts: PayFacts
  factsIn: (month: Month) => PayFacts
  rows: LineRow[]
  assigned: boolean
  isHome: boolean
}

type Sources = { settings: Settings; ask: Ask }

/**
 * Everything one person's pay is reckoned from: their (or their team's) lines from `from` to the end of `month`. `factsIn` has the facts for reckoning one of `earlier`
 * again: who was on a team then is no longer there once they sell elsewhere.
 */
export async function payFactsOf(
  sources: Sources,
  payee: Payee,
  from: Month,
  month: Month,
  earlier: readonly Month[] = [],
): Promise<PayFound> {
  const { ask } = sources
  const span = { from: firstDayOf(from), to: lastDayOf(month) }
  const person = asking(payee)
  const teams = payee.bounds.role === 'manager' ? earlier : []
  const [given, homes, before] = await Promise.all([
    givenOf(sources, span),
    homesOf(ask, person, month),
    Promise.all(teams.map(async of => [of, await homesOf(ask, person, of)] as const)),
  ])
  // A share of what sellers earn needs all they sold, also in stores that the manager doesn't see otherwise.
  const known = new Map(before)
  const team = teamOf(payee, [homes, ...known.values()], given.written)
  const rows = await ask(person, questions.lines, { stores: [] }, { ...span, team })
  const found = foundOf(payee, given, homes, rows)
  const factsIn = (of: Month): PayFacts => {
    const then = known.get(of)
    return then === undefined
      ? found.facts
      : { ...found.facts, assignments: assignmentsOf(payee, then, rows, given.written) }
  }
  return { ...found, factsIn }
}

/** As `payFactsOf`, of many sellers: each kind of fact is asked for once and divided among them. `since`: the first month of one of them. */
export async function payFactsOfSellers(
  sources: Sources,
  sellers: readonly string[],
  from: Month,
  month: Month,
): Promise<(seller: string, since?: Month) => PayFound> {
  const { ask } = sources
  const span = { from: firstDayOf(from), to: lastDayOf(month) }
  const whole = asking({ id: '', bounds: { role: 'admin' } })
  const [given, homes, rows] = await Promise.all([
    givenOf(sources, span),
    homesOf(ask, whole, month, { sellers }),
    ask(whole, questions.lines, { stores: [], sellers }, { ...span, team: [] }),
  ])
  const rowsOf = new Map<string, LineRow[]>()
  for (const row of rows)
    for (const person of new Set(creditsOf(row.seller).map(credit => credit.person))) {
      const own = rowsOf.get(person)
      if (own === undefined) rowsOf.set(person, [row])
      else own.push(row)
    }
  return (seller, since = from) => {
    const home = homes.get(seller)
    const first = firstDayOf(since)
    const own = (rowsOf.get(seller) ?? []).filter(({ day }) => day >= first)
    const found = foundOf(
      { id: seller, bounds: { role: 'seller', seller } },
      given,
      new Map(home === undefined ? [] : [[seller, home]]),
      own,
    )
    return { ...found, factsIn: () => found.facts }
  }
}

/** What is the same for everybody: plans, who has which, and targets. */
type Given = { plans: readonly Plan[]; written: readonly Assignment[]; targets: PayFacts['targets'] }

async function givenOf({ settings, ask }: Sources, span: { from: Day; to: Day }): Promise<Given> {
  const [plans, written, targets] = await Promise.all([
    plansOf(settings),
    writtenAssignments(settings),
    ask(asking({ id: '', bounds: { role: 'admin' } }), questions.targets, { stores: [] }, span),
  ])
  const amounts = new Map(targets.map(row => [targetKey(row.seller, row.month), parseMicros(row.amount) ?? 0]))
  return { plans, written, targets: amounts }
}

function foundOf(
  payee: Payee,
  { plans, written, targets }: Given,
  homes: ReadonlyMap<string, string>,
  rows: LineRow[],
): Omit<PayFound, 'factsIn'> {
  const assignments = assignmentsOf(payee, homes, rows, written)
  return {
    facts: { plans, assignments, lines: rows.map(payLine), targets },
    rows,
    assigned: written.some(one => one.person === payee.id),
    isHome: homes.has(payee.id),
  }
}

async function writtenAssignments(settings: Settings): Promise<Assignment[]> {
  const rows = await settings.query<{ assignment: unknown }>('SELECT assignment FROM pay_assignments')
  return rows.map(({ assignment }): Assignment => {
    const { to, ...rest } = assignmentSchema.parse(assignment)
    return to === undefined ? rest : { ...rest, to }
  })
}

/** Who may be on a manager's team: whoever is at home in their stores, by where they sell most or as written down. */
function teamOf(
  { bounds }: Payee,
  homes: readonly ReadonlyMap<string, string>[],
  written: readonly Assignment[],
): string[] {
  if (bounds.role !== 'manager') return []
  const assigned = written.filter(({ store }) => bounds.stores.includes(store)).map(({ person }) => person)
  return [...new Set([...homes.flatMap(of => [...of.keys()]), ...assigned])]
}

/** What is written down; for whom nothing is, the plans that DataApp comes with. */
function assignmentsOf(
  { id, bounds }: Payee,
  homes: ReadonlyMap<string, string>,
  rows: readonly LineRow[],
  own: readonly Assignment[],
): Assignment[] {
  const named = new Set(own.map(({ person }) => person))
  const sellers = new Set([
    ...homes.keys(),
    ...rows.flatMap(row => creditsOf(row.seller).map(({ person }) => person)),
    ...(bounds.role === 'seller' ? [id] : []),
  ])
  const others = [...sellers]
    .filter(seller => seller !== '' && !named.has(seller))
    .map(
      (person): Assignment => ({
        person,
        plan: 'default-seller',
        from: '2000-01-01',
        store: homes.get(person) ?? '',
        manages: [],
      }),
    )
  const manager: Assignment[] =
    bounds.role === 'manager' && !named.has(id)
      ? [{ person: id, plan: 'default-manager', from: '2000-01-01', store: '', manages: [...bounds.stores] }]
      : []
  return [...own, ...others, ...manager]
}

export const lineId = (row: Pick<LineRow, 'store' | 'sale' | 'line'>): string =>
  JSON.stringify([row.store, row.sale, row.line])

const payLine = (row: LineRow): PayLine => ({
  id: lineId(row),
  day: row.day,
  store: row.store,
  category: row.category,
  revenue: parseMicros(row.revenue) ?? 0,
  cost: row.cost === null ? null : (parseMicros(row.cost) ?? 0),
  credits: creditsOf(row.seller),
})

/** Big integers as text, so that a closed month is kept exactly as it was paid. */
export const frozen = (closed: ClosedMonth): string =>
  JSON.stringify(closed, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))

const big = z
  .string()
  .regex(/^-?\d+n$/)
  .transform(text => BigInt(text.slice(0, -1)))
const exact = z.object({ n: big, d: big }).transform(({ n, d }) => fraction(n, d))
const contribution = z.object({ line: z.string(), amount: exact })
const closedSchema = z.object({
  person: z.string(),
  month: z.string(),
  cents: z.number(),
  parts: z.array(
    z.object({
      kind: z.enum(['base', 'commission', 'bonus', 'teamShare', 'cap', 'guaranteed']),
      plan: z.string(),
      rule: z.string(),
      month: z.string(),
      from: z.string(),
      to: z.string(),
      cents: z.number(),
      on: exact,
      steps: z.array(z.object({ from: exact, amount: exact, rate: exact })),
      lines: z.array(contribution),
      withoutCost: z.array(z.string()),
    }),
  ),
  adjustments: z.array(
    z.object({
      plan: z.string(),
      rule: z.string(),
      month: z.string(),
      cents: z.number(),
      lines: z.array(contribution),
    }),
  ),
})

/** A month that was closed for each of some people, and the year of closed ones before it, latest first. Who has none is not there. */
export async function closedMonthsOf(
  settings: Settings,
  people: readonly string[],
  month: Month,
): Promise<ReadonlyMap<string, ClosedMonth[]>> {
  const rows = await settings.query<{ person: string; closed: unknown }>(
    `SELECT person, closed FROM
     (SELECT person, month, closed, row_number() OVER (PARTITION BY person ORDER BY month DESC) AS place FROM pay_closed WHERE person = ANY($1) AND month <= $2) AS c
     WHERE place <= 13 ORDER BY person, month DESC`,
    [[...people], month],
  )
  const found = groupBy(rows, ({ person }) => person)
  return new Map([...found].map(([person, of]) => [person, of.map(({ closed }) => closedSchema.parse(closed))]))
}
