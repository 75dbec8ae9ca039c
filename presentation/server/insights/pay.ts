import { setImmediate } from 'node:timers/promises'
import { chunks } from '#shared/chunks.ts'
import { addMonths, type Day, everyDay, type Month, monthOf } from '#shared/day.ts'
import { type ClosedMonth, closeMonth, type OpenMonth, withAdjustments } from '#shared/pay/closing.ts'
import type { PayFacts } from '#shared/pay/facts.ts'
import { payMonth, statementOf } from '#shared/pay/month.ts'
import { type Projection, project, type RevenueForecast, statementWith, whatIf } from '#shared/pay/project.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Ask } from '../ask.ts'
import { type KeptLines, keptLines } from '../kept-lines.ts'
import type { Bounds, Person } from '../person.ts'
import { Problem } from '../problem.ts'
import {
  closedMonthsOf,
  firstSoldOf,
  frozen,
  homesOf,
  type LineRow,
  type Payee,
  type PayFound,
  payFactsOf,
  payFactsOfSellers,
} from './pay-facts.ts'
import { hasLost, type Missing, missingOf } from './pay-missing.ts'
import { projectedRest, projectedRests } from './pay-projection.ts'

type Sources = { settings: Settings; ask: Ask }
/** The day it is, and since when there is anything. */
type Times = { today: Day; kept: KeptLines }

export async function timesOf(ask: Ask, person: Person, today: Day): Promise<Times> {
  return { today, kept: await keptLines(ask, person, today) }
}

/** Whose pay a person may look at: their own; a manager also that of sellers at home in their stores. Anybody else's is refused. */
export async function payeeOf(
  { settings, ask }: Sources,
  person: Person,
  wanted: string | undefined,
  month: Month,
): Promise<Payee> {
  switch (person.role) {
    case 'seller':
      if (wanted !== undefined && wanted !== person.seller)
        throw new Problem('forbidden', 'A seller sees only their own pay.')
      return { id: person.seller, bounds: { role: 'seller', seller: person.seller } }
    case 'manager':
      if (wanted === undefined || wanted === person.id)
        return { id: person.id, bounds: { role: 'manager', stores: person.stores } }
      if (!(await homesOf(ask, person, month, { to: everyDay.to })).has(wanted))
        throw new Problem('forbidden', 'That person does not sell in your stores.')
      return { id: wanted, bounds: { role: 'seller', seller: wanted } }
    case 'admin':
      if (wanted === undefined) throw new Problem('bad-request', 'Whose pay? Name a person=…')
      return {
        id: wanted,
        bounds: (await managerBounds(settings, wanted)) ?? { role: 'seller', seller: wanted },
      }
  }
}

async function managerBounds(settings: Settings, id: string): Promise<Bounds | undefined> {
  const [row] = await settings.query<{ stores: string[] }>(
    "SELECT stores FROM people WHERE id = $1 AND role = 'manager'",
    [id],
  )
  return row && { role: 'manager', stores: row.stores }
}

export type PaySlip = {
  readonly open: OpenMonth | undefined
  readonly closed: ClosedMonth | undefined
  /** Why the month is neither. */
  readonly missing: Missing | undefined
  readonly rows: readonly LineRow[]
}

/** A month's pay as it was closed, or as it stands now with what earlier months still owe or are owed. */
export async function slipOf(sources: Sources, payee: Payee, month: Month, times: Times): Promise<PaySlip> {
  const { settings, ask } = sources
  const closed = (await closedMonthsOf(settings, [payee.id], month)).get(payee.id) ?? []
  return slipFrom(ask, payee, month, times, closed, ({ first, months }) =>
    payFactsOf(sources, payee, first, month, months),
  )
}

/** As `slipOf`, of many people: what sellers are paid for is asked for together. */
export async function* slipsOf(
  sources: Sources,
  payees: readonly Payee[],
  month: Month,
  times: Times,
): AsyncGenerator<{ payee: Payee; slip: PaySlip }> {
  const { settings, ask } = sources
  for (const some of togetherOf(payees)) {
    const closed = await closedMonthsOf(
      settings,
      some.map(({ id }) => id),
      month,
    )
    const closedOf = ({ id }: Payee) => closed.get(id) ?? []
    const first = some.map(payee => reckonedOf(closedOf(payee), month, times.kept).first).sort()[0] ?? month
    const found = once(() =>
      payFactsOfSellers(
        sources,
        some.map(({ id }) => id),
        first,
        month,
      ),
    )
    for (const payee of some) {
      const slip = await slipFrom(ask, payee, month, times, closedOf(payee), async reckoned =>
        payee.bounds.role === 'seller'
          ? (await found())(payee.id, reckoned.first)
          : payFactsOf(sources, payee, reckoned.first, month, reckoned.months),
      )
      yield { payee, slip }
      await breath()
    }
  }
}

/** The closed months that are reckoned again, and from when lines are needed for that. What was paid for a month stands when its lines are gone: reckoned again it would come to nothing. */
function reckonedOf(closed: readonly ClosedMonth[], month: Month, kept: KeptLines) {
  const earlier = closed.filter(one => one.month < month && !hasLost(one.month, kept.from))
  const months = earlier.map(one => one.month)
  return { earlier, months, first: [month, ...months].sort()[0] ?? month }
}

async function slipFrom(
  ask: Ask,
  payee: Payee,
  month: Month,
  { today, kept }: Times,
  closed: readonly ClosedMonth[],
  factsOf: (reckoned: { first: Month; months: Month[] }) => Promise<PayFound>,
): Promise<PaySlip> {
  const asClosed = closed.find(one => one.month === month)
  const without = (missing: Missing): PaySlip => ({ open: undefined, closed: undefined, missing, rows: [] })
  const missing = missingOf(month, today, kept)
  if (asClosed === undefined && missing !== undefined) return without(missing)
  const { earlier, months, first } = reckonedOf(closed, month, kept)
  const { facts, factsIn, rows, assigned, isHome } = await factsOf({ first, months })
  if (asClosed === undefined && !assigned && !isHome && rows.length === 0) {
    const sold = await firstSoldOf(ask, payee)
    const before = missingOf(month, today, { ...kept, sold: sold ?? kept.sold })
    if (before !== undefined) return without(before)
  }
  const current = statementOf(payMonth(facts, month), payee.id)
  const recomputed = months.flatMap(of => statementOf(payMonth(factsIn(of), of), payee.id) ?? [])
  return {
    open: current && withAdjustments(current, earlier, recomputed),
    closed: asClosed,
    missing: undefined,
    rows,
  }
}

/** So many people are asked for together: with a year of closed months behind each, a large chain has thousands of lines of every one of them. */
const mostTogether = 50

/** Payees in groups that may be asked for together: managers, whose teams are their own, each alone. */
function togetherOf(payees: readonly Payee[]): Payee[][] {
  const sellers = payees.filter(({ bounds }) => bounds.role === 'seller')
  const others = payees.filter(({ bounds }) => bounds.role !== 'seller')
  return [...others.map(one => [one]), ...chunks(sellers, mostTogether)]
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined
  return () => {
    doing ??= work()
    return doing
  }
}

/** Pay is reckoned for long: others are served between two people. */
const breath = () => setImmediate()

/** Freezes a month that is over for one person; one that is closed, or has nothing to close, stays as it is. */
export async function closeSlip(
  settings: Settings,
  { id }: Payee,
  { open, closed }: PaySlip,
  month: Month,
  by: string,
): Promise<boolean> {
  if (closed !== undefined || open === undefined) return false
  await settings.query(
    'INSERT INTO pay_closed (person, month, closed, closed_by) VALUES ($1, $2, $3, $4) ON CONFLICT (person, month) DO NOTHING',
    [id, month, frozen(closeMonth(open)), by],
  )
  return true
}

/** How many months back the person's mix of categories is learnt from. */
const mixMonths = 2

/** What the current month will come to, with what is expected of the days left. */
export async function projectedPay(sources: Sources, payee: Payee, today: Day): Promise<Projection | undefined> {
  const { facts, rest } = await aheadOf(sources, payee, today)
  return project(facts, payee.id, monthOf(today), today, rest)
}

async function aheadOf(sources: Sources, payee: Payee, today: Day): Promise<Ahead> {
  const month = monthOf(today)
  const [{ facts }, rest] = await Promise.all([
    payFactsOf(sources, payee, addMonths(month, -mixMonths), month),
    projectedRest(sources.ask, payee, today),
  ])
  return { facts, rest }
}

type Ahead = { facts: PayFacts; rest: RevenueForecast }

/** As `aheadOf`, of sellers, who are asked for together. */
async function aheadOfSellers(
  sources: Sources,
  sellers: readonly string[],
  today: Day,
): Promise<(seller: string) => Ahead> {
  const month = monthOf(today)
  const [found, restOf] = await Promise.all([
    payFactsOfSellers(sources, sellers, addMonths(month, -mixMonths), month),
    projectedRests(sources.ask, sellers, today),
  ])
  return seller => ({ facts: found(seller).facts, rest: restOf(seller) })
}

/** What the current month is expected to come to for many people, in cents. Without an interval, which costs twenty times as much. */
export async function* expectedPays(
  sources: Sources,
  payees: readonly Payee[],
  today: Day,
): AsyncGenerator<{ payee: Payee; cents: number }> {
  for (const some of togetherOf(payees)) {
    const sellers = once(() =>
      aheadOfSellers(
        sources,
        some.map(({ id }) => id),
        today,
      ),
    )
    for (const payee of some) {
      const { facts, rest } =
        payee.bounds.role === 'seller' ? (await sellers())(payee.id) : await aheadOf(sources, payee, today)
      const expected = statementWith(facts, payee.id, monthOf(today), today, rest.value)
      if (expected !== undefined) yield { payee, cents: expected.cents }
      await breath()
    }
  }
}

/** What selling `extra` (millionths) more this month would add. */
export async function payIf(sources: Sources, payee: Payee, today: Day, extra: number) {
  const month = monthOf(today)
  const { facts } = await payFactsOf(sources, payee, addMonths(month, -mixMonths), month)
  return whatIf(facts, payee.id, month, today, extra)
}
