import type { FileView } from '../../server/data/routes.ts'
import { Failure } from '../failure.tsx'
import { count, moment } from '../format.ts'
import { usePlace } from '../location.ts'
import { Pages, pageOf } from '../pages.tsx'
import { useResource } from '../resource.ts'
import { TableSkeleton } from '../table-page.tsx'
import { CountedTable } from './counted-table.tsx'
import { dataWords } from './words.ts'

/** Every file that was read, latest first, with what became of its rows. */
export function Files() {
  const w = dataWords()
  const { search } = usePlace()
  const page = pageOf(search)
  const { answer, failed, again } = useResource<{ items: FileView[]; more: boolean }>(`/api/v1/data/files?page=${page}`)
  if (failed !== undefined && answer === undefined) return <Failure failed={failed} again={again} />
  if (answer === undefined) return <TableSkeleton />
  return (
    <section class="card table-card" aria-label={w.tabs.files}>
      {answer.items.length === 0 ? (
        <p class="quiet pad">{w.noFiles}</p>
      ) : (
        <CountedTable
          title={w.file}
          name={item => (
            <>
              <strong>{item.file}</strong>{' '}
              {item.state !== 'done' && <span class={`badge state-${item.state}`}>{w.states[item.state]}</span>}
              <small>
                {item.source} · {moment(item.at)}
              </small>
              {item.problem !== '' && <small class="loss">{item.problem}</small>}
            </>
          )}
          items={answer.items}
          keyOf={item => `${item.source} ${item.file} ${item.at}`}
          columns={[
            { title: w.rows, class: 'amount', cell: item => count(item.rows) },
            { title: w.accepted, class: 'amount col-units', cell: item => count(item.accepted) },
            { title: w.duplicates, class: 'amount col-units', cell: item => count(item.duplicates) },
            {
              title: w.rejected,
              class: 'amount',
              cell: item => count(item.rejected),
              isLoss: item => item.rejected > 0,
            },
          ]}
        />
      )}
      <Pages page={page} more={answer.more} words={w.page} />
    </section>
  )
}
