import { addMonths, type Day, type Month, monthOf } from '#shared/day.ts'
import { type ClosedMonth, closeMonth, type OpenMonth, withAdjustments } from '#shared/pay/closing.ts'
import { payMonth, statementOf } from '#shared/pay/month.ts'
import { project, whatIf } from '#shared/pay/project.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Ask } from '../ask.ts'
import { type KeptLines, keptLines } from '../kept-lines.ts'
import type { Bounds, Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { closedMonthsOf, firstSoldOf, frozen, homesOf, type LineRow, type Payee, payFactsOf } from './pay-facts.ts'
import { hasLost, type Missing, missingOf } from './pay-missing.ts'
import { projectedRest } from './pay-projection.ts'

type Sources = { settings: Settings; ask: Ask }
/** The day it is, and since when there is anything. */
type Times = { today: Day; kept: KeptLines }

export async function timesOf(ask: Ask, person: Person, today: Day): Promise<Times> {
  return { today, kept: await keptLines(ask, person, today) }
}

/** Later than any day of the warehouse. */
const lastOfAll = '2149-06-06'

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
      if (!(await homesOf(ask, person, month, lastOfAll)).has(wanted))
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
export async function slipOf(sources: Sources, payee: Payee, month: Month, { today, kept }: Times): Promise<PaySlip> {
  const closed = await closedMonthsOf(sources.settings, payee.id, month)
  const asClosed = closed.find(one => one.month === month)
  const without = (missing: Missing): PaySlip => ({ open: undefined, closed: undefined, missing, rows: [] })
  const missing = missingOf(month, today, kept)
  if (asClosed === undefined && missing !== undefined) return without(missing)
  // What was paid for a month stands when its lines are gone: reckoned again it would come to nothing.
  const earlier = closed.filter(one => one.month < month && !hasLost(one.month, kept.from))
  const first = [month, ...earlier.map(one => one.month)].sort()[0] ?? month
  const months = earlier.map(one => one.month)
  const { facts, factsIn, rows, assigned } = await payFactsOf(sources, payee, first, month, months)
  if (asClosed === undefined && !assigned && rows.length === 0) {
    const sold = await firstSoldOf(sources.ask, payee)
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

/** Freezes a month that is over for one person; one that is closed stays as it is. */
export async function closeFor(
  sources: Sources,
  payee: Payee,
  month: Month,
  times: Times,
  by: string,
): Promise<boolean> {
  const { open, closed } = await slipOf(sources, payee, month, times)
  if (closed !== undefined || open === undefined) return false
  await sources.settings.query(
    'INSERT INTO pay_closed (person, month, closed, closed_by) VALUES ($1, $2, $3, $4) ON CONFLICT (person, month) DO NOTHING',
    [payee.id, month, frozen(closeMonth(open)), by],
  )
  return true
}

/** How many months back the person's mix of categories is learnt from. */
const mixMonths = 2

/** What the current month will come to, with what is expected of the days left. */
export async function projectedPay(sources: Sources, payee: Payee, today: Day) {
  const month = monthOf(today)
  const { facts } = await payFactsOf(sources, payee, addMonths(month, -mixMonths), month)
  return project(facts, payee.id, month, today, await projectedRest(sources.ask, payee, today))
}

/** What selling `extra` (millionths) more this month would add. */
export async function payIf(sources: Sources, payee: Payee, today: Day, extra: number) {
  const month = monthOf(today)
  const { facts } = await payFactsOf(sources, payee, addMonths(month, -mixMonths), month)
  return whatIf(facts, payee.id, month, today, extra)
}
