import { useLayoutEffect, useState } from 'preact/hooks'
import { lastOfMonth } from '#presentation/period.ts'
import type { Ranking } from '../server/figures-schema.ts'
import type { SessionView } from '../server/session-routes.ts'
import { Failure } from './failure.tsx'
import { count, day, money, monthName, shortMoney } from './format.ts'
import { LiveMark } from './live-mark.tsx'
import { go, usePlace, withQuery } from './location.ts'
import { MovingNumber } from './moving-number.tsx'
import { useResource } from './resource.ts'
import { TableBox } from './table-box.tsx'
import { TableSkeleton } from './table-page.tsx'
import { What } from './what.tsx'
import { words } from './words.ts'

type Part = {
  kind: string
  rule: string
  amount: string
  on: string
  steps: { from: string; amount: string; rate: string }[]
  lines: number
  withoutCost: number
}
type Missing = { why: 'notBegun' | 'beforeFirstSale' | 'linesRemoved'; since: string }
type Slip = {
  person: string
  month: string
  closed: boolean
  amount: string | null
  missing: Missing | null
  parts: Part[]
  adjustments: { rule: string; month: string; amount: string }[]
  projected: { amount: string; lo: string; hi: string } | null
}
type Team = {
  month: string
  items: { person: string; name: string; amount: string; closed: boolean }[]
  missing: Missing | null
}

/** Pay: so far, what it will come to, what it is made of, and what selling more would add. */
export function PayPage({ session }: { session: SessionView }) {
  const w = words().pay
  const { search } = usePlace()
  const thisMonth = session.chain.today.slice(0, 7)
  const month = /^\d{4}-\d{2}$/.test(search.get('month') ?? '') ? (search.get('month') ?? thisMonth) : thisMonth
  const person = search.get('person') ?? (session.person.role === 'admin' ? undefined : '')
  const [stands, setStands] = useState(person === undefined)
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{session.person.role === 'seller' ? w.mine : w.title}</h1>
          <LiveMark />
        </div>
        <nav class="months" aria-label={w.month}>
          <button
            type="button"
            class="plain"
            aria-label={w.before}
            onClick={() => go(withQuery({ month: moved(month, -1) }))}
          >
            ‹
          </button>
          <strong>{monthName(month)}</strong>
          <button
            type="button"
            class="plain"
            aria-label={w.after}
            disabled={month >= thisMonth}
            onClick={() => go(withQuery({ month: moved(month, 1) }))}
          >
            ›
          </button>
        </nav>
      </header>
      <div class="page-body">
        {person !== undefined && (
          <SlipPanel month={month} person={person} current={month === thisMonth} noteStanding={() => setStands(true)} />
        )}
        {session.person.role !== 'seller' && (
          // Asked for beside the slip, shown after it: nobody knows before how much room that takes.
          <div hidden={!stands}>
            <TeamPanel month={month} thisMonth={thisMonth} />
          </div>
        )}
      </div>
    </>
  )
}

function query(given: Record<string, string>): string {
  return new URLSearchParams(Object.entries(given).filter(([, value]) => value !== '')).toString()
}

type SlipGiven = { month: string; person: string; current: boolean; noteStanding: () => void }

function SlipPanel({ month, person, current, noteStanding }: SlipGiven) {
  const w = words().pay
  const path = `/api/v1/insights/pay?${query({ month, person })}`
  const { answer, failed, again } = useResource<Slip>(path)
  const stands = answer !== undefined || failed !== undefined
  useLayoutEffect(() => {
    if (stands) noteStanding()
  }, [stands])
  if (failed?.status === 404)
    return (
      <div class="card message">
        <h2>{w.noPlan}</h2>
        <p class="quiet">{w.noPlanHint}</p>
      </div>
    )
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  if (answer.amount === null) {
    return (
      <div class="card message">
        <h2>{w.nothing}</h2>
        {answer.missing !== null && <p class="quiet">{w.missing[answer.missing.why](day(answer.missing.since))}</p>}
      </div>
    )
  }
  return (
    <div class="pay-columns">
      <section class="card slip" aria-label={w.soFar}>
        <div class="figure-name">
          {answer.closed ? w.closed : w.soFar}{' '}
          <What name="payMonth" title={answer.closed ? w.closed : w.soFar} exact={money(answer.amount)} />
        </div>
        <p class="slip-amount">
          <MovingNumber value={Number(answer.amount)} show={money} follow={path} />
        </p>
        {answer.projected !== null && (
          <div class="slip-projected">
            {w.projected} <strong>{money(answer.projected.amount)}</strong>{' '}
            <What name="payProjected" title={w.projected} exact={money(answer.projected.amount)} />
            {answer.projected.lo !== answer.projected.hi && (
              <>
                <br />
                <small class="quiet">
                  {words().month.between(money(answer.projected.lo), money(answer.projected.hi))}
                </small>
              </>
            )}
          </div>
        )}
        {current && !answer.closed && <WhatIf person={person} />}
      </section>
      <section class="card table-card" aria-label={w.parts}>
        <ul class="rules">
          {answer.parts.map(part => (
            <PartRow key={`${part.rule} ${part.amount}`} part={part} month={month} person={person} />
          ))}
          {answer.adjustments.map(adjustment => (
            <li key={`${adjustment.rule} ${adjustment.month}`}>
              <span>
                <strong>{w.adjustment(monthName(adjustment.month))}</strong>
              </span>
              <strong>{money(adjustment.amount)}</strong>
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}

const kinds = ['base', 'commission', 'bonus', 'teamShare'] as const

function PartRow({ part, month, person }: { part: Part; month: string; person: string }) {
  const w = words().pay
  const [open, setOpen] = useState(false)
  const kind = kinds.find(name => name === part.kind)
  return (
    <li class="pay-part">
      <span>
        <strong>{kind === undefined ? part.rule : w.kinds[kind]}</strong>
        <small>
          {[
            ...(Number(part.on) === 0 ? [] : [w.on(money(part.on))]),
            ...(part.withoutCost > 0 ? [w.withoutCost(count(part.withoutCost))] : []),
          ].join(' · ')}
        </small>
        {part.steps.map(step => (
          <small key={step.from}>{w.step(money(step.amount), `${count(Number(step.rate) * 100)}%`)}</small>
        ))}
        {part.lines > 0 && (
          <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {w.lines(count(part.lines))}
          </button>
        )}
      </span>
      <strong>{money(part.amount)}</strong>
      {open && <PartLines rule={part.rule} month={month} person={person} />}
    </li>
  )
}

function PartLines({ rule, month, person }: { rule: string; month: string; person: string }) {
  const { answer } = useResource<{
    items: { day: string; store: string; sale: string; line: string; name: string; amount: string }[]
  }>(`/api/v1/insights/pay/lines?${query({ month, person, rule, limit: '200' })}`)
  if (answer === undefined) return <span class="skeleton line" />
  return (
    <ol class="pay-lines">
      {answer.items.map(item => (
        <li key={`${item.store} ${item.sale} ${item.line}`}>
          <span>
            {item.name}{' '}
            <small class="quiet">
              {day(item.day)} · {item.sale}
            </small>
          </span>
          <span>{money(item.amount)}</span>
        </li>
      ))}
    </ol>
  )
}

function WhatIf({ person }: { person: string }) {
  const w = words().pay
  const [extra, setExtra] = useState(10_000)
  const { answer } = useResource<{ amount: string; more: string }>(
    `/api/v1/insights/pay/what-if?${query({ person, extra: String(extra) })}`,
  )
  return (
    <div class="what-if">
      <label>
        {w.whatIf(shortMoney(extra))}
        <input
          type="range"
          min={1_000}
          max={200_000}
          step={1_000}
          value={extra}
          onChange={event => setExtra(Number(event.currentTarget.value))}
        />
      </label>
      <p role="status">{answer === undefined ? ' ' : w.more(money(answer.more))}</p>
    </div>
  )
}

type Ahead = { items: { person: string; projected: string }[] }

function TeamPanel({ month, thisMonth }: { month: string; thisMonth: string }) {
  const w = words().pay
  const { search } = usePlace()
  const { answer, failed, again } = useResource<Team>(`/api/v1/insights/pay/team?${query({ month })}`)
  // Who is paid for a month long gone sold in the year before it, and maybe nothing since.
  const year = { from: `${moved(month, -11)}-01`, to: lastOfMonth(`${month}-01`) }
  const names = useResource<Ranking>(`/api/v1/rankings/sellers?${new URLSearchParams({ ...year, limit: '1000' })}`)
  const projected = useResource<Ahead>('/api/v1/insights/pay/team/projections').answer
  const projections = new Map(projected?.items.map(item => [item.person, money(item.projected)]))
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  const sellers = new Map(names.answer?.items.map(({ id, name }) => [id, name]))
  const nameOf = ({ person, name }: Team['items'][number]) => name || sellers.get(person) || person
  const sorted = [...answer.items].sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
  const whole = sorted.reduce((sum, item) => sum + Number(item.amount), 0)
  const open = sorted.some(item => !item.closed)
  // Only of this month there is a projection.
  const ahead = month === thisMonth && open ? projections : undefined
  const most = Math.max(...sorted.map(item => Number(item.amount)), 1)
  return (
    <section class="card table-card" aria-label={w.team}>
      <div class="table-tools">
        <h2>{w.team}</h2>
        <span class="quiet">{w.sum(money(whole))}</span>
      </div>
      {answer.missing !== null && <p class="quiet pad">{w.missing[answer.missing.why](day(answer.missing.since))}</p>}
      {sorted.length === 0 ? (
        answer.missing === null && <p class="quiet pad">{w.noTeam}</p>
      ) : (
        <TableBox>
          <table class="ranked">
            <thead>
              <tr>
                <th scope="col">{words().table.name}</th>
                <th scope="col" class="amount">
                  {open ? w.soFar : w.closed}
                </th>
                {ahead !== undefined && (
                  <th scope="col" class="amount">
                    {w.projected}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {sorted.map(item => (
                <tr key={item.person}>
                  <th scope="row">
                    <a
                      href={withQuery({ person: item.person })}
                      aria-current={search.get('person') === item.person ? 'true' : undefined}
                    >
                      {nameOf(item)}
                    </a>
                    <span class="bar" aria-hidden="true">
                      <span style={{ width: `${Math.max(0, (Number(item.amount) / most) * 100)}%` }} />
                    </span>
                  </th>
                  <td class="amount">
                    <strong>{money(item.amount)}</strong>
                    {open && item.closed && <small class="quiet"> {w.closed}</small>}
                  </td>
                  {ahead !== undefined && (
                    <td class="amount quiet">{item.closed ? '–' : (ahead.get(item.person) ?? '…')}</td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </section>
  )
}

function moved(month: string, by: number): string {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
}
