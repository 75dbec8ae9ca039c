import type { ArrivalView, StandingView } from '../../server/data/intake.ts'
import { Failure } from '../failure.tsx'
import { count, day, percent } from '../format.ts'
import { go, usePlace, withQuery } from '../location.ts'
import { useResource } from '../resource.ts'
import { TableSkeleton } from '../table-page.tsx'
import { CountedTable } from './counted-table.tsx'
import { dataWords, ruleName } from './words.ts'

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

type Of = { source: string; day: string }
const keyOf = (item: Of) => `${item.day} ${item.source}`
const nameOf = (item: Of) => (
  <>
    <strong>{day(item.day)}</strong>
    <small>{item.source}</small>
  </>
)

function StandingTable({ items }: { items: readonly StandingView[] }) {
  const w = dataWords()
  return (
    <CountedTable
      title={w.saleDay}
      name={nameOf}
      items={items}
      keyOf={keyOf}
      columns={[
        { title: w.lines, class: 'amount', cell: item => count(item.lines) },
        { title: w.flagged, class: 'amount', cell: item => <PartOf part={item.flagged} whole={item.lines} /> },
        { title: w.rules, class: 'col-units', cell: item => <Rules item={item} /> },
      ]}
    />
  )
}

function QualityTable({ items }: { items: readonly ArrivalView[] }) {
  const w = dataWords()
  return (
    <CountedTable
      title={w.day}
      name={nameOf}
      items={items}
      keyOf={keyOf}
      columns={[
        { title: w.rows, class: 'amount col-units', cell: item => count(item.rows) },
        { title: w.accepted, class: 'amount', cell: item => <PartOf part={item.accepted} whole={item.rows} /> },
        { title: w.duplicates, class: 'amount col-units', cell: item => count(item.duplicates) },
        { title: w.rejected, class: 'amount', cell: item => count(item.rejected), isLoss: item => item.rejected > 0 },
        { title: w.rules, class: 'col-units', cell: item => <Rules item={item} /> },
      ]}
    />
  )
}

function PartOf({ part, whole }: { part: number; whole: number }) {
  return (
    <>
      {count(part)}
      {whole > 0 && <small class="quiet"> {percent(part / whole)}</small>}
    </>
  )
}

function Rules({ item: { source, rules } }: { item: Pick<ArrivalView, 'source' | 'rules'> }) {
  const w = dataWords()
  if (rules.length === 0) return <span class="quiet">–</span>
  return (
    <ul class="rule-chips">
      {rules.map(({ rule, severity, count: found }) => {
        const text = `${ruleName(rule)} ${count(found)}`
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
