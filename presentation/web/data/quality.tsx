import type { ArrivalView, StandingView } from '../../server/data/intake.ts'
import { Failure } from '../failure.tsx'
import { count, day, percent } from '../format.ts'
import { go, usePlace, withQuery } from '../location.ts'
import { useResource } from '../resource.ts'
import { TableBox } from '../table-box.tsx'
import { TableSkeleton } from '../table-page.tsx'
import { dataWords } from './words.ts'

const spans = ['7', '30', '90'] as const

/** Per source and day: rows in, what became of them, and what each rule found. */
export function Quality() {
  const w = dataWords()
  const { search } = usePlace()
  const days = spans.find(span => span === search.get('days')) ?? '30'
  const { answer, failed, again } = useResource<{ arrivals: ArrivalView[]; sales: StandingView[] }>(
    `/api/v1/data/quality?days=${days}`,
  )
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  return (
    <div class="page-body">
      <fieldset class="segmented spans">
        <legend class="sr-only">{w.day}</legend>
        {spans.map(span => (
          <button
            key={span}
            type="button"
            aria-pressed={span === days}
            onClick={() => go(withQuery({ days: span === '30' ? undefined : span }), 'replace')}
          >
            {w.days(span)}
          </button>
        ))}
      </fieldset>
      <section class="card table-card" aria-label={w.arrivals}>
        <div class="table-tools">
          <h2>{w.arrivals}</h2>
        </div>
        {answer.arrivals.length === 0 ? (
          <p class="quiet pad">{w.noQuality}</p>
        ) : (
          <QualityTable items={answer.arrivals} />
        )}
      </section>
      {answer.sales.length > 0 && (
        <section class="card table-card" aria-label={w.standing}>
          <div class="table-tools">
            <h2>{w.standing}</h2>
          </div>
          <StandingTable items={answer.sales} />
        </section>
      )}
    </div>
  )
}

function StandingTable({ items }: { items: readonly StandingView[] }) {
  const w = dataWords()
  return (
    <TableBox>
      <table class="quality">
        <thead>
          <tr>
            <th scope="col">{w.saleDay}</th>
            <th scope="col" class="amount">
              {w.lines}
            </th>
            <th scope="col" class="amount">
              {w.flagged}
            </th>
            <th scope="col" class="col-units">
              {w.rules}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={`${item.day} ${item.source}`}>
              <th scope="row">
                <strong>{item.source}</strong>
                <small>{day(item.day)}</small>
              </th>
              <td class="amount">{count(item.lines)}</td>
              <td class="amount">
                {count(item.flagged)}
                {item.lines > 0 && <small class="quiet"> {percent(item.flagged / item.lines)}</small>}
              </td>
              <td class="col-units">
                <Rules item={item} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

function QualityTable({ items }: { items: readonly ArrivalView[] }) {
  const w = dataWords()
  return (
    <TableBox>
      <table class="quality">
        <thead>
          <tr>
            <th scope="col">{w.day}</th>
            <th scope="col" class="amount col-units">
              {w.rows}
            </th>
            <th scope="col" class="amount">
              {w.accepted}
            </th>
            <th scope="col" class="amount col-units">
              {w.duplicates}
            </th>
            <th scope="col" class="amount">
              {w.rejected}
            </th>
            <th scope="col" class="col-units">
              {w.rules}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={`${item.day} ${item.source}`}>
              <th scope="row">
                <strong>{item.source}</strong>
                <small>{day(item.day)}</small>
              </th>
              <td class="amount col-units">{count(item.rows)}</td>
              <td class="amount">
                {count(item.accepted)}
                {item.rows > 0 && <small class="quiet"> {percent(item.accepted / item.rows)}</small>}
              </td>
              <td class="amount col-units">{count(item.duplicates)}</td>
              <td class={item.rejected > 0 ? 'amount loss' : 'amount'}>{count(item.rejected)}</td>
              <td class="col-units">
                <Rules item={item} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

function Rules({ item: { source, rules } }: { item: Pick<ArrivalView, 'source' | 'rules'> }) {
  const w = dataWords()
  if (rules.length === 0) return <span class="quiet">–</span>
  return (
    <ul class="rule-chips">
      {rules.map(({ rule, severity, count: found }) => {
        const text = `${rule} ${count(found)}`
        const title = w.severities[severity]
        return (
          <li key={`${severity} ${rule}`}>
            {severity === 'reject' ? (
              <a class="badge rule-reject" title={title} href={withQuery({ tab: 'rejected', source, rule })}>
                {text}
              </a>
            ) : (
              <span class="badge" title={title}>
                {text} <span class="quiet">{title}</span>
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
