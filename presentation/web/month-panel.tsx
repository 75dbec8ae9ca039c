import type { SessionView } from '../server/session-routes.ts'
import { money, percent, shortMoney } from './format.ts'
import { usePlace } from './location.ts'
import { useResource } from './resource.ts'
import { What } from './what.tsx'
import { words } from './words.ts'

type Amounts = { amount: string; lo80: string; hi80: string }
type Projected = {
  id: string
  month: {
    soFar: string
    expected: Amounts
    target: string | null
    probability: number | null
    perDayNeeded: string | null
    daysLeft: number
  } | null
}
type Month = {
  soFar: number
  expected: number
  lo: number
  hi: number
  sure: boolean
  target: number
  perDay: number | undefined
  probability: number | undefined
}

/** How the month will end: what is in, what is expected with how sure that is, and the target. */
export function MonthPanel({ session }: { session: SessionView }) {
  const { search } = usePlace()
  const { answer, failed } = useResource<{ items: Projected[] }>(questionFor(session, search))
  const months = (answer?.items ?? []).flatMap(({ month }) => month ?? [])
  const [one] = months
  if ((answer !== undefined || failed !== undefined) && one === undefined) return null
  const w = words().month
  return (
    <section class="card month" aria-label={w.title}>
      {one === undefined ? (
        <span class="skeleton fill" />
      ) : (
        <MonthWords month={months.length === 1 ? single(one) : together(months)} />
      )}
    </section>
  )
}

function MonthWords({ month: { soFar, expected, lo, hi, sure, target, perDay, probability } }: { month: Month }) {
  const w = words().month
  const most = Math.max(target, hi, expected, soFar) * 1.04
  const at = (value: number) => `${most === 0 ? 0 : Math.min(100, (value / most) * 100)}%`
  return (
    <>
      <header class="month-head">
        <h2>{w.title}</h2>
        {target > 0 && <span class="quiet">{w.ofTarget(percent(expected / target, 0), shortMoney(target))}</span>}
      </header>
      <dl class="month-figures">
        <div>
          <dt>{w.soFar}</dt>
          <dd title={money(soFar)}>
            {shortMoney(soFar)} <What name="soFar" title={w.soFar} exact={money(soFar)} />
          </dd>
        </div>
        <div>
          <dt>{w.expected}</dt>
          <dd title={money(expected)}>
            {shortMoney(expected)} <What name="expected" title={w.expected} exact={money(expected)} />
          </dd>
          {sure && <dd class="quiet small">{w.between(shortMoney(lo), shortMoney(hi))}</dd>}
        </div>
        {perDay !== undefined && perDay > 0 && (
          <div>
            <dt>{w.perDay}</dt>
            <dd title={money(perDay)}>
              {shortMoney(perDay)} <What name="perDay" title={w.perDay} exact={money(perDay)} />
            </dd>
            {probability !== undefined && <dd class="quiet small">{w.chance(percent(probability, 0))}</dd>}
          </div>
        )}
      </dl>
      <div class="pace" aria-hidden="true">
        {sure && <span class="pace-range" style={{ left: at(lo), width: `calc(${at(hi)} - ${at(lo)})` }} />}
        <span class="pace-expected" style={{ width: at(expected) }} />
        <span class="pace-sofar" style={{ width: at(soFar) }} />
        {target > 0 && <span class="pace-target" style={{ left: at(target) }} />}
      </div>
    </>
  )
}

/** The series that fits what the page is narrowed to; a manager without a store gets all of theirs, added up. */
function questionFor({ person }: SessionView, search: URLSearchParams): string {
  const path = '/api/v1/insights/projections?'
  const store = search.get('store')
  const seller = person.role === 'seller' ? person.seller : (search.get('seller') ?? undefined)
  if (seller !== undefined) return `${path}${new URLSearchParams({ level: 'seller', id: seller })}`
  if (store !== null) return `${path}${new URLSearchParams({ level: 'store', id: store })}`
  return person.role === 'admin' ? `${path}level=chain` : `${path}level=store&limit=2000`
}

function single({ soFar, expected, target, perDayNeeded, probability }: NonNullable<Projected['month']>): Month {
  return {
    soFar: Number(soFar),
    expected: Number(expected.amount),
    lo: Number(expected.lo80),
    hi: Number(expected.hi80),
    sure: true,
    target: Number(target ?? 0),
    perDay: perDayNeeded === null ? undefined : Number(perDayNeeded),
    probability: probability ?? undefined,
  }
}

/** Amounts add up; their intervals do not, so a sum is shown without one. */
function together(months: readonly NonNullable<Projected['month']>[]): Month {
  const sum = (of: (month: NonNullable<Projected['month']>) => number) =>
    months.reduce((total, month) => total + of(month), 0)
  const expected = sum(month => Number(month.expected.amount))
  return {
    soFar: sum(month => Number(month.soFar)),
    expected,
    lo: expected,
    hi: expected,
    sure: false,
    target: sum(month => Number(month.target ?? 0)),
    perDay: undefined,
    probability: undefined,
  }
}
