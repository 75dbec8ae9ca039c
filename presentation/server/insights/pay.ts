import { addMonths, type Day, type Month, monthOf } from '#shared/day.ts'
import { type ClosedMonth, closeMonth, type OpenMonth, withAdjustments } from '#shared/pay/closing.ts'
import { payMonth, statementOf } from '#shared/pay/month.ts'
import { project, whatIf } from '#shared/pay/project.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Ask } from '../ask.ts'
import type { Bounds, Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { closedMonthsOf, frozen, homesOf, type LineRow, type Payee, payFactsOf } from './pay-facts.ts'
import { projectedRest } from './pay-projection.ts'

type Sources = { settings: Settings; ask: Ask }

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
      if (!(await homesOf(ask, person, month)).has(wanted))
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
  readonly rows: readonly LineRow[]
}

/** A month's pay as it was closed, or as it stands now with what earlier months still owe or are owed. */
export async function slipOf(sources: Sources, payee: Payee, month: Month): Promise<PaySlip> {
  const closed = await closedMonthsOf(sources.settings, payee.id)
  const earlier = closed.filter(one => one.month < month)
  const first = [month, ...earlier.map(one => one.month)].sort()[0] ?? month
  const { facts, rows } = await payFactsOf(sources, payee, first, month)
  const current = statementOf(payMonth(facts, month), payee.id)
  const recomputed = earlier.flatMap(one => statementOf(payMonth(facts, one.month), payee.id) ?? [])
  return {
    open: current && withAdjustments(current, earlier, recomputed),
    closed: closed.find(one => one.month === month),
    rows,
  }
}

/** Freezes a month that is over for one person; one that is closed stays as it is. */
export async function closeFor(sources: Sources, payee: Payee, month: Month, by: string): Promise<boolean> {
  const { open, closed } = await slipOf(sources, payee, month)
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
