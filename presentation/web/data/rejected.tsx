import { useState } from 'preact/hooks'
import type { SourceView } from '../../server/data/intake.ts'
import type { RejectedView } from '../../server/data/rejected.ts'
import { CallFailed, call } from '../call.ts'
import { Failure } from '../failure.tsx'
import { count, moment } from '../format.ts'
import { Icon } from '../icon.tsx'
import { go, usePlace, withQuery } from '../location.ts'
import { Pages, pageOf } from '../pages.tsx'
import { useResource } from '../resource.ts'
import { TableSkeleton } from '../table-page.tsx'
import { words } from '../words.ts'
import { awaited } from './replay.ts'
import { RejectedRowPanel } from './row.tsx'
import { dataWords, reasonOf, ruleName } from './words.ts'

const states = ['open', 'replayed', 'all'] as const

/** Rows that could not be used, each with why; one of them opens to be corrected. */
export function Rejected() {
  const { search } = usePlace()
  const row = search.get('row')
  return row === null ? <RejectedList /> : <RejectedRowPanel key={row} id={row} />
}

function RejectedList() {
  const w = dataWords()
  const { search } = usePlace()
  const page = pageOf(search)
  const state = states.find(name => name === search.get('state')) ?? 'open'
  const source = search.get('source') ?? ''
  const rule = search.get('rule') ?? ''
  const query = new URLSearchParams({ state, page: String(page) })
  if (source !== '') query.set('source', source)
  if (rule !== '') query.set('rule', rule)
  const { answer, failed, again } = useResource<{ items: RejectedView[]; more: boolean }>(
    `/api/v1/data/rejected?${query}`,
  )
  const sources = useResource<{ items: SourceView[] }>('/api/v1/data/sources').answer?.items ?? []
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  return (
    <section class="card table-card" aria-label={w.tabs.rejected}>
      <div class="table-tools wrap">
        <select
          class="narrow"
          aria-label={w.source}
          value={source}
          onChange={event =>
            go(withQuery({ source: event.currentTarget.value || undefined, page: undefined }), 'replace')
          }
        >
          <option value="">{w.everySource}</option>
          {[...new Set([...sources.map(one => one.source), ...(source === '' ? [] : [source])])].map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <fieldset class="segmented">
          <legend class="sr-only">{w.tabs.rejected}</legend>
          {states.map(name => (
            <button
              key={name}
              type="button"
              aria-pressed={name === state}
              onClick={() => go(withQuery({ state: name === 'open' ? undefined : name, page: undefined }), 'replace')}
            >
              {w[name]}
            </button>
          ))}
        </fieldset>
        {rule !== '' && (
          <button
            type="button"
            class="control chip"
            aria-label={words().chip.remove(ruleName(rule))}
            onClick={() => go(withQuery({ rule: undefined }), 'replace')}
          >
            {ruleName(rule)}
            <Icon name="close" size={16} />
          </button>
        )}
        {source !== '' && state === 'open' && answer.items.length > 1 && <ReplayAll source={source} done={again} />}
      </div>
      {answer.items.length === 0 ? (
        <div class="message">
          <Icon name="check" size={28} />
          <h2>{w.clean}</h2>
          <p class="quiet">{w.cleanHint}</p>
        </div>
      ) : (
        <ol class="rejected">
          {answer.items.map(item => (
            <RejectedItem key={item.id} item={item} />
          ))}
        </ol>
      )}
      <Pages page={page} more={answer.more} words={w.page} />
    </section>
  )
}

function RejectedItem({ item }: { item: RejectedView }) {
  const w = dataWords()
  const { id, source, file, line, rule, at, correctable, tried, replayedAt } = item
  return (
    <li>
      <a class="rejected-item" href={withQuery({ row: id })}>
        <span class="line-what">
          <strong>{reasonOf(item)}</strong>
          <small class="quiet">
            {source} · {w.line(file, line)} · {moment(at)}
          </small>
          {tried !== null && <small class="quiet">{statusOf(item)}</small>}
        </span>
        <span class="rejected-end">
          <span class="badge">{ruleName(rule)}</span>
          <span class="see-all">{correctable && replayedAt === null ? w.correct : w.look}</span>
        </span>
      </a>
    </li>
  )
}

/** What became of the latest try to read a row again. */
export function statusOf({ tried, replayedAt }: Pick<RejectedView, 'tried' | 'replayedAt'>): string {
  const w = dataWords()
  if (tried === null) return ''
  if (!tried.done) return w.inHand
  if (replayedAt === null) return w.still(tried.problem)
  return tried.corrected ? w.wasBy(tried.by) : w.retried(tried.by)
}

function ReplayAll({ source, done }: { source: string; done: () => void }) {
  const w = dataWords()
  const [said, setSaid] = useState('')
  const start = async () => {
    setSaid(w.reading)
    try {
      const { id } = await call<{ id: string }>('/api/v1/data/replays', { method: 'POST', body: { source } })
      const outcome = await awaited(id)
      setSaid(outcome === undefined ? w.slow : w.replayedAll(count(outcome.replayed), count(outcome.still)))
      done()
    } catch (error) {
      setSaid(error instanceof CallFailed && error.message !== '' ? error.message : words().failed.title)
    }
  }
  return (
    <>
      <button type="button" class="plain" disabled={said === w.reading} onClick={start}>
        {w.replayAll}
      </button>
      <span class="quiet" role="status">
        {said}
      </span>
    </>
  )
}
