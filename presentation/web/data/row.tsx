import { useState } from 'preact/hooks'
import { ownOf } from '#shared/own.ts'
import type { RejectedRow } from '../../server/data/rejected.ts'
import { CallFailed, call } from '../call.ts'
import { Failure } from '../failure.tsx'
import { moment } from '../format.ts'
import { Icon } from '../icon.tsx'
import { freshness } from '../live.ts'
import { withQuery } from '../location.ts'
import { useResource } from '../resource.ts'
import { TableSkeleton } from '../table-page.tsx'
import { words } from '../words.ts'
import { statusOf } from './rejected.tsx'
import { awaited } from './replay.ts'
import { dataWords, fieldName, reasonOf } from './words.ts'

/** One rejected row: why, as it came, and its fields to correct. Corrected, it is read again and counts. */
export function RejectedRowPanel({ id }: { id: string }) {
  const w = dataWords()
  const { answer, failed, again } = useResource<RejectedRow>(`/api/v1/data/rejected/${encodeURIComponent(id)}`)
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  const { source, file, line, rule, at, raw, replayedAt, tried } = answer
  return (
    <div class="page-body">
      <p>
        <a class="back" href={withQuery({ row: undefined })}>
          {w.back}
        </a>
      </p>
      <section class="card rejected-row" aria-label={w.reason}>
        <header>
          <h2>{reasonOf(answer)}</h2>
          <p class="quiet">
            {source} · {w.line(file, line)} · {moment(at)} · <span class="badge">{rule}</span>
          </p>
          {tried !== null && replayedAt !== null && (
            <p class="arrived">
              <Icon name="check" size={18} /> {statusOf(answer)}
            </p>
          )}
        </header>
        <details>
          <summary class="quiet">{w.asItCame}</summary>
          <pre class="raw">{raw}</pre>
        </details>
        {answer.correctable ? (
          replayedAt === null && <Correcting row={answer} done={again} />
        ) : (
          <p class="notice">{w.notHere}</p>
        )}
        {replayedAt !== null && (
          <p>
            <a class="see-all" href="/lines?preset=all">
              {w.seeLines}
            </a>
          </p>
        )}
      </section>
    </div>
  )
}

function Correcting({ row, done }: { row: RejectedRow; done: () => void }) {
  const w = dataWords()
  const cells = row.cells
  const [changed, setChanged] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      (cells ?? []).flatMap(({ column, corrected }) => (corrected === null ? [] : [[column, corrected]])),
    ),
  )
  const [text, setText] = useState(row.raw)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ kind: 'wrong' | 'quiet'; text: string }>({ kind: 'quiet', text: '' })
  const send = async (correction: { cells: Record<string, string> } | { raw: string } | undefined) => {
    setBusy(true)
    setSaid({ kind: 'quiet', text: w.reading })
    try {
      const path = `/api/v1/data/rejected/${encodeURIComponent(row.id)}/replay`
      const body = correction === undefined ? {} : { correction }
      const { id } = await call<{ id: string }>(path, { method: 'POST', body })
      const outcome = await awaited(id)
      if (outcome === undefined) setSaid({ kind: 'quiet', text: w.slow })
      else if (outcome.replayed > 0) {
        setSaid({ kind: 'quiet', text: w.good })
        freshness.set(freshness.get() + 1)
      } else setSaid({ kind: 'wrong', text: w.still(outcome.problem) })
      done()
    } catch (error) {
      const message = error instanceof CallFailed && error.message !== '' ? error.message : words().failed.title
      setSaid({ kind: 'wrong', text: message })
    }
    setBusy(false)
  }
  const dirty = cells === null ? text !== row.raw : Object.keys(changed).length > 0
  return (
    <form
      class="correcting"
      onSubmit={event => {
        event.preventDefault()
        void send(cells === null ? { raw: text } : { cells: changed })
      }}
    >
      <p class="quiet">{cells === null ? w.asText : w.change}</p>
      {cells === null ? (
        <textarea rows={4} aria-label={w.asItCame} value={text} onInput={event => setText(event.currentTarget.value)} />
      ) : (
        <div class="cells">
          {cells.map(({ column, value }) => (
            <label key={column} class={isSuspect(row, column, value) ? 'suspect' : undefined}>
              {row.step === 'processing' ? fieldName(column) : column}
              <input
                value={ownOf(changed, column) ?? value}
                aria-invalid={isSuspect(row, column, value) && ownOf(changed, column) === undefined}
                onInput={event => {
                  const { [column]: _, ...others } = changed
                  const given = event.currentTarget.value
                  setChanged(given === value ? others : { ...others, [column]: given })
                }}
              />
            </label>
          ))}
        </div>
      )}
      <p class="row-actions">
        <button type="submit" class="primary" disabled={busy || !dirty}>
          {w.save}
        </button>
        <button type="button" class="ghost" disabled={busy} onClick={() => send(undefined)}>
          {w.asIs}
        </button>
      </p>
      <p role="status" class={said.kind === 'wrong' ? 'field-error' : 'quiet'}>
        {said.text}
      </p>
    </form>
  )
}

/** The field that the reason is about: by its name, or by the value that the reason quotes. */
function isSuspect({ field, message }: RejectedRow, column: string, value: string): boolean {
  return column === field || (value !== '' && message.includes(`"${value}"`))
}
