import type { ShownAlert } from '../server/insights/alert-routes.ts'
import type { SessionView } from '../server/session-routes.ts'
import { Failure } from './failure.tsx'
import { moment } from './format.ts'
import { Icon } from './icon.tsx'
import { freshness } from './live.ts'
import { LiveMark } from './live-mark.tsx'
import { go, usePlace, withQuery } from './location.ts'
import { useResource } from './resource.ts'
import { RulesPanel } from './rules.tsx'
import { TableSkeleton } from './table-page.tsx'
import { soon, useDone } from './undo.tsx'
import { words } from './words.ts'

const tabs = ['active', 'all', 'rules'] as const
type Tab = (typeof tabs)[number]

/** What needs somebody: alerts with their numbers and what could be done, and the rules they come from. */
export function AlertsPage({ session }: { session: SessionView }) {
  const w = words().alerts
  const { search } = usePlace()
  const tab: Tab = tabs.find(name => name === search.get('tab')) ?? 'active'
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{w.title}</h1>
          <LiveMark />
        </div>
        <fieldset class="segmented">
          <legend class="sr-only">{w.title}</legend>
          {tabs.map(name => (
            <button
              key={name}
              type="button"
              aria-pressed={name === tab}
              onClick={() => go(withQuery({ tab: name === 'active' ? undefined : name }), 'replace')}
            >
              {w.tabs[name]}
            </button>
          ))}
        </fieldset>
      </header>
      {tab === 'rules' ? <RulesPanel session={session} /> : <Inbox status={tab} />}
    </>
  )
}

function Inbox({ status }: { status: 'active' | 'all' }) {
  const w = words().alerts
  const { answer, failed, again } = useResource<{ items: ShownAlert[] }>(`/api/v1/insights/alerts?status=${status}`)
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  if (answer.items.length === 0)
    return (
      <div class="card message">
        <Icon name="check" size={28} />
        <h2>{w.none}</h2>
        <p class="quiet">{w.noneHint}</p>
      </div>
    )
  return (
    <ol class="alerts">
      {answer.items.map(alert => (
        <AlertCard key={alert.id} alert={alert} />
      ))}
    </ol>
  )
}

const breachesAtFirst = 3

function AlertCard({ alert }: { alert: ShownAlert }) {
  const w = words().alerts
  const isDone = useDone()
  const pathOf = (what: 'acknowledge' | 'snooze') => `/api/v1/insights/alerts/${encodeURIComponent(alert.id)}/${what}`
  const status = isDone('POST', pathOf('acknowledge'))
    ? 'acknowledged'
    : isDone('POST', pathOf('snooze'))
      ? 'snoozed'
      : alert.status
  const mark = (what: 'acknowledge' | 'snooze') =>
    soon({
      text: what === 'snooze' ? w.snoozed : w.acknowledged,
      method: 'POST',
      path: pathOf(what),
      ...(what === 'snooze' ? { body: { minutes: 24 * 60 } } : {}),
      done: () => freshness.set(freshness.get() + 1),
    })
  const more = alert.breaches.length - breachesAtFirst
  return (
    <li class={`card alert alert-${status}`}>
      <div class="alert-head">
        <span class={`badge badge-${status}`}>{w.status[status]}</span>
        <span class="quiet">{moment(alert.at)}</span>
      </div>
      <h2>{alert.name}</h2>
      <ul class="breaches">
        {alert.breaches.slice(0, breachesAtFirst).map(({ subject, sentence }) => (
          <li key={`${subject.kind} ${subject.id} ${subject.store}`}>{sentence}</li>
        ))}
      </ul>
      {more > 0 && (
        <details>
          <summary class="quiet">{w.more(more)}</summary>
          <ul class="breaches">
            {alert.breaches.slice(breachesAtFirst).map(({ subject, sentence }) => (
              <li key={`${subject.kind} ${subject.id} ${subject.store}`}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
      {alert.suggestion !== null && (
        <p class="suggestion">
          <strong>{w.suggestion}</strong> {alert.suggestion.words}
        </p>
      )}
      {status !== 'resolved' && (
        <div class="alert-actions">
          {status !== 'acknowledged' && (
            <button type="button" class="plain" onClick={() => mark('acknowledge')}>
              {w.acknowledge}
            </button>
          )}
          {status !== 'snoozed' && (
            <button type="button" class="ghost" onClick={() => mark('snooze')}>
              {w.snooze}
            </button>
          )}
          <a class="ghost" href={whereOf(alert)}>
            {w.open}
          </a>
        </div>
      )}
    </li>
  )
}

/** The overview narrowed to what the alert is about. */
function whereOf({ breaches: [worst] }: ShownAlert): string {
  if (worst === undefined) return '/'
  const { kind, id, store } = worst.subject
  const query = new URLSearchParams()
  if (kind === 'seller' || kind === 'product') query.set(kind, id)
  if (kind === 'store') query.set('store', id)
  else if (store !== '') query.set('store', store)
  const text = query.toString()
  return text === '' ? '/' : `/?${text}`
}
