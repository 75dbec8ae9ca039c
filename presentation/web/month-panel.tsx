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
    today: string
    todayExpected: string
  } | null
}
type Month = {
  today: number
  todayExpected: number
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
        <MonthWords
          month={months.length === 1 ? single(one) : together(months)}
          isOwn={session.person.role === 'seller'}
        />
      )}
    </section>
  )
}

function MonthWords({ month, isOwn }: { month: Month; isOwn: boolean }) {
  const w = words().month
  const { today, todayExpected, soFar, expected, lo, hi, sure, target, perDay, probability } = month
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
          <dt>{w.today}</dt>
          <dd title={money(today)}>
            {shortMoney(today)} <What name="today" title={w.today} exact={money(today)} />
          </dd>
          {todayExpected > 0 && <dd class="quiet small">{w.ofExpected(shortMoney(todayExpected))}</dd>}
        </div>
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
            {probability !== undefined && <Chance of={probability} isOwn={isOwn} />}
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

/** Below a tenth a seller is spared the number: what is needed a day says enough. */
function Chance({ of, isOwn }: { of: number; isOwn: boolean }) {
  const w = words().month
  if (isOwn && of < 0.1) return null
  return <dd class="quiet small">{of < 0.01 ? w.hardly : w.chance(percent(of, 0))}</dd>
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

function single(month: NonNullable<Projected['month']>): Month {
  const { soFar, expected, target, perDayNeeded, probability } = month
  return {
    today: Number(month.today),
    todayExpected: Number(month.todayExpected),
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
    today: sum(month => Number(month.today)),
    todayExpected: sum(month => Number(month.todayExpected)),
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
