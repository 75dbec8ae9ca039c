import type { SourceView } from '../../server/data/intake.ts'
import { Failure } from '../failure.tsx'
import { count, day, moment } from '../format.ts'
import { Icon } from '../icon.tsx'
import { withQuery } from '../location.ts'
import { useResource } from '../resource.ts'
import { TableSkeleton } from '../table-page.tsx'
import { dataWords } from './words.ts'

/** A card per source: when something last came, how much there is, and what waits for somebody. */
export function Sources() {
  const w = dataWords()
  const { answer, failed, again } = useResource<{ items: SourceView[] }>('/api/v1/data/sources')
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  if (answer.items.length === 0)
    return (
      <div class="card message">
        <Icon name="data" size={28} />
        <h2>{w.nothing}</h2>
        <p class="quiet">{w.nothingHint}</p>
      </div>
    )
  return (
    <ul class="columns sources">
      {[...answer.items].sort(byNeed).map(source => (
        <li class="card source" key={source.source}>
          <SourceCard source={source} />
        </li>
      ))}
    </ul>
  )
}

/** Those that need somebody first, then as they came: latest first. */
function byNeed(a: SourceView, b: SourceView): number {
  return Number(needsSomebody(b)) - Number(needsSomebody(a))
}

function needsSomebody({ waiting, state }: SourceView): boolean {
  return waiting > 0 || state === 'stopped'
}

function SourceCard({ source: view }: { source: SourceView }) {
  const w = dataWords()
  const { source, kind, files, rows, accepted, duplicates, waiting, lastAt, lastFile, state, problem, newestDay } = view
  const size = kind === 'files' ? (files === 1 ? w.oneFile : w.files(count(files))) : w.kinds[kind]
  return (
    <>
      <header class="card-head">
        <h2 class="ellipsis">{source}</h2>
        {state !== 'done' && <span class={`badge state-${state}`}>{w.states[state]}</span>}
      </header>
      <dl class="facts">
        <div class="wide">
          <dt>{w.arrived}</dt>
          <dd>
            <strong>{moment(lastAt)}</strong>
            <small class="quiet"> {lastFile === '' ? size : `${lastFile} · ${size}`}</small>
          </dd>
        </div>
        <div>
          <dt>{kind === 'told' ? w.sales : w.rows}</dt>
          <dd>{count(rows)}</dd>
        </div>
        <div>
          <dt>{w.accepted}</dt>
          <dd>{count(accepted)}</dd>
        </div>
        <div>
          <dt>{w.duplicates}</dt>
          <dd>{count(duplicates)}</dd>
        </div>
        <div>
          <dt>{w.newest}</dt>
          <dd>
            {newestDay === null ? <span class="quiet">{kind === 'told' ? '–' : w.describes}</span> : day(newestDay)}
          </dd>
        </div>
      </dl>
      {problem !== '' && state === 'stopped' && <p class="notice source-problem">{problem}</p>}
      <p class="source-foot">
        {waiting === 0 ? (
          <span class="quiet">
            <Icon name="check" size={16} />
            {w.nothingWaiting}
          </span>
        ) : (
          <a class="waits" href={withQuery({ tab: 'rejected', source })}>
            <Icon name="warning" size={16} />
            <span>{waiting === 1 ? w.oneWaiting : w.waiting(count(waiting))}</span>
          </a>
        )}
      </p>
    </>
  )
}
