import { useEffect, useState } from 'preact/hooks'
import type { SessionView } from '../../server/session-routes.ts'
import { CallFailed, call } from '../call.ts'
import { Failure } from '../failure.tsx'
import { Icon } from '../icon.tsx'
import { go, usePlace, withQuery } from '../location.ts'
import { useResource } from '../resource.ts'
import { soon, useDone } from '../undo.tsx'
import { words } from '../words.ts'
import { Builder } from './builder.tsx'
import { type Definition, newDefinition, type Ran, type Report } from './report.ts'
import { Result } from './result.tsx'
import { Sharing } from './sharing.tsx'
import { reportWords } from './words.ts'

/** Reports: the list, the builder with its result beside it, and what a link leads to. The one on show is in the address. */
export function ReportsPage({ session }: { session: SessionView }) {
  const w = reportWords()
  const { search } = usePlace()
  const link = search.get('link')
  const chosen = search.get('report')
  const { answer, failed, again } = useResource<{ items: Report[] }>('/api/v1/reports')
  const isDone = useDone()
  if (link !== null) return <Linked secret={link} />
  const report = answer?.items.find(item => item.id === chosen)
  return (
    <>
      <header class="page-head">
        <h1>{w.title}</h1>
        <button type="button" class="control" onClick={() => go(withQuery({ report: undefined }))}>
          <Icon name="plus" size={18} />
          <span>{w.fresh}</span>
        </button>
      </header>
      {failed !== undefined && answer === undefined ? (
        <Failure failed={failed} again={again} />
      ) : answer === undefined ? (
        // Nothing that the list would push down when it is there.
        <div class="page-body" aria-busy="true">
          <span class="skeleton line" />
          <div class="chart-box skeleton" />
        </div>
      ) : (
        <div class="page-body">
          <nav class="report-list" aria-label={w.title}>
            {answer.items.length === 0 && (
              <p class="notice calm">
                <strong>{w.none}.</strong> {w.noneHint}
              </p>
            )}
            {answer.items
              .filter(item => !isDone('DELETE', `/api/v1/reports/${item.id}`))
              .map(item => (
                <a
                  href={withQuery({ report: item.id })}
                  key={item.id}
                  aria-current={item.id === chosen ? 'page' : undefined}
                >
                  {item.definition.name}
                  {!item.mine && <small class="quiet"> {w.by(item.ownerName)}</small>}
                </a>
              ))}
          </nav>
          {(chosen === null || report !== undefined) && (
            <Editor key={`${report?.id} ${report?.version}`} report={report} session={session} changed={again} />
          )}
        </div>
      )}
    </>
  )
}

function Editor({
  report,
  session,
  changed,
}: {
  report: Report | undefined
  session: SessionView
  changed: () => void
}) {
  const w = reportWords()
  const [definition, setDefinition] = useState<Definition>(report?.definition ?? newDefinition(w.untitled))
  const [ran, setRan] = useState<Ran | undefined>(undefined)
  const [failed, setFailed] = useState<CallFailed | undefined>(undefined)
  const { name: _, ...shown } = definition
  const question = JSON.stringify(shown)
  useEffect(() => {
    const over = new AbortController()
    const timer = setTimeout(() => {
      call<Ran>('/api/v1/reports/preview', {
        method: 'POST',
        body: { ...definition, name: definition.name.trim() || w.untitled },
        signal: over.signal,
      })
        .then(answer => {
          setRan(answer)
          setFailed(undefined)
        })
        .catch((error: unknown) => {
          if (!over.signal.aborted && error instanceof CallFailed) setFailed(error)
        })
    }, 150)
    return () => {
      clearTimeout(timer)
      over.abort()
    }
  }, [question])

  const attempt = (work: () => Promise<void>) =>
    work().catch((error: unknown) =>
      setFailed(error instanceof CallFailed ? error : new CallFailed(0, 'unreachable', String(error))),
    )
  const save = () =>
    attempt(async () => {
      const saved =
        report?.mine === true
          ? await call<Report>(`/api/v1/reports/${report.id}`, {
              method: 'PUT',
              body: { version: report.version, definition },
            })
          : await call<Report>('/api/v1/reports', { method: 'POST', body: definition })
      changed()
      go(withQuery({ report: saved.id }))
    })
  const remove = () => {
    if (report === undefined) return
    const path = `/api/v1/reports/${report.id}`
    soon({ text: w.removed(report.definition.name), method: 'DELETE', path, done: changed })
    go(withQuery({ report: undefined }))
  }
  const dirty = report === undefined || JSON.stringify(definition) !== JSON.stringify(report.definition)
  return (
    <div class="report-editor">
      <Builder definition={definition} role={session.person.role} change={setDefinition} />
      <section class="card report-result" aria-label={definition.name}>
        <header class="card-head">
          <h2>{definition.name}</h2>
          <p class="report-actions">
            {report !== undefined && !dirty ? (
              (['xlsx', 'pdf', 'csv-excel', 'csv'] as const).map(format => (
                <a class="control" href={`/api/v1/reports/${report.id}/export?format=${format}`} download key={format}>
                  <Icon name="download" size={16} />
                  {format === 'csv-excel' ? 'CSV (Excel)' : format.toUpperCase()}
                </a>
              ))
            ) : (
              <span class="quiet">{w.saveFirst}</span>
            )}
            <button type="button" class="primary" disabled={!dirty || definition.name.trim() === ''} onClick={save}>
              {report === undefined || report.mine ? w.save : w.copy}
            </button>
            {report?.mine === true && (
              <button type="button" class="ghost" onClick={remove}>
                {w.remove}
              </button>
            )}
          </p>
        </header>
        {failed !== undefined && (
          <p class="field-error" role="alert">
            {failed.message === '' ? words().failed.title : failed.message}
          </p>
        )}
        {ran === undefined ? <div class="skeleton chart-box" /> : <Result ran={ran} show={definition.show} />}
      </section>
      {report?.mine === true && <Sharing report={report} role={session.person.role} use={setDefinition} />}
    </div>
  )
}

function Linked({ secret }: { secret: string }) {
  const { answer, failed, again } = useResource<{ definition: Definition; ran: Ran }>(
    `/api/v1/shared-reports/${encodeURIComponent(secret)}`,
  )
  if (failed !== undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <div class="skeleton chart-box" role="status" aria-label={words().loading} />
  return (
    <>
      <header class="page-head">
        <h1>{answer.definition.name}</h1>
      </header>
      <section class="card report-result">
        {answer.ran.stores.length > 0 && <p class="quiet">{reportWords().onlyStores(answer.ran.stores.join(', '))}</p>}
        <Result ran={answer.ran} show={answer.definition.show} />
      </section>
    </>
  )
}
