import { useId, useMemo, useState } from 'preact/hooks'
import type { ShownAlert } from '../server/insights/alert-routes.ts'
import type { SessionView } from '../server/session-routes.ts'
import { type AlertGroup, caseOf, causeOf, groupsOf, toldIn } from './alert-groups.ts'
import { Failure } from './failure.tsx'
import { count, moment, readersManner, since } from './format.ts'
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
  const stores = useResource<{ items: { id: string; name: string }[] }>('/api/v1/stores').answer
  const names = useMemo(() => new Map((stores?.items ?? []).map(({ id, name }) => [id, name])), [stores])
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  if (answer.items.length === 0)
    return (
      <div class="card message">
        <Icon name="check" size={28} />
        <h2>{w.none}</h2>
        <p class="quiet">{w.noneHint}</p>
        <a class="plain" href="/alerts?tab=rules">
          {w.seeRules}
        </a>
      </div>
    )
  return (
    <div class="page-body">
      {groupsOf(answer.items.map(alert => toldIn(alert, readersManner()))).map(group => (
        <Group key={group.rule} group={group} storeName={id => names.get(id)} />
      ))}
    </div>
  )
}

const alertsAtFirst = 8

/** The alerts of one rule, each a row that opens. */
function Group({ group, storeName }: { group: AlertGroup; storeName: StoreName }) {
  const w = words().alerts
  const [most, setMost] = useState(alertsAtFirst)
  const more = group.alerts.length - most
  return (
    <section class="card table-card" aria-label={group.name}>
      <header class="alert-group">
        <h2>{group.name}</h2>
        <span class="count" title={w.subjects(group.cases)}>
          {count(group.alerts.length)}
        </span>
      </header>
      <ol>
        {group.alerts.slice(0, most).map(alert => (
          <AlertRow key={alert.id} alert={alert} storeName={storeName} />
        ))}
      </ol>
      {more > 0 && (
        <button type="button" class="plain more" onClick={() => setMost(most * 4)}>
          {w.more(more)}
        </button>
      )}
    </section>
  )
}

type StoreName = (id: string) => string | undefined

const casesAtFirst = 6

function AlertRow({ alert, storeName }: { alert: ShownAlert; storeName: StoreName }) {
  const w = words().alerts
  const id = useId()
  const [isOpen, open] = useState(false)
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
  const { title, within, worst } = causeOf(alert, storeName)
  const isLive = status !== 'resolved'
  return (
    <li class={`alert alert-${status}`}>
      <button
        type="button"
        class="alert-face"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => open(!isOpen)}
      >
        <Icon name={isOpen ? 'up' : 'down'} size={16} />
        <span class="alert-cause">
          <strong>{title}</strong>
          {within !== undefined && within.count > 1 && (
            <span class="quiet"> · {w.within(within.kind, within.count)}</span>
          )}
          <small>{worst}</small>
        </span>
        <span class="alert-when">
          {status !== 'open' && <span class={`badge badge-${status}`}>{w.status[status]}</span>}
          <small>{since(alert.at)}</small>
        </span>
      </button>
      {status === 'open' && (
        <button
          type="button"
          class="plain alert-quick"
          aria-label={`${w.acknowledge}: ${title}`}
          onClick={() => mark('acknowledge')}
        >
          {w.acknowledge}
        </button>
      )}
      {isOpen && (
        <div id={id} class="alert-inside">
          {alert.breaches.length > 1 && <Cases alert={alert} store={within === undefined ? undefined : title} />}
          {alert.suggestion !== null && (
            <p class="suggestion">
              <strong>{w.suggestion}</strong> {alert.suggestion.words}
            </p>
          )}
          <div class="alert-actions">
            {status === 'open' && (
              <button type="button" class="plain phone-only" onClick={() => mark('acknowledge')}>
                {w.acknowledge}
              </button>
            )}
            <a class="plain" href={whereOf(alert)}>
              {w.open}
            </a>
            {isLive && status !== 'snoozed' && (
              <button type="button" class="ghost" onClick={() => mark('snooze')}>
                {w.snooze}
              </button>
            )}
            {status === 'snoozed' && (
              <button type="button" class="ghost" onClick={() => mark('acknowledge')}>
                {w.acknowledge}
              </button>
            )}
            <span class="quiet caption">{moment(alert.at)}</span>
          </div>
        </div>
      )}
    </li>
  )
}

function Cases({ alert: { breaches }, store }: { alert: ShownAlert; store: string | undefined }) {
  const [all, showAll] = useState(false)
  return (
    <>
      <ul class="breaches">
        {(all ? breaches : breaches.slice(0, casesAtFirst)).map(breach => (
          <li key={`${breach.subject.kind} ${breach.subject.id} ${breach.subject.store}`}>{caseOf(breach, store)}</li>
        ))}
      </ul>
      {!all && breaches.length > casesAtFirst && (
        <button type="button" class="link" onClick={() => showAll(true)}>
          {words().alerts.more(breaches.length - casesAtFirst)}
        </button>
      )}
    </>
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
