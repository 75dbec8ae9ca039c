import type { FileView } from '../../server/data/routes.ts'
import { Failure } from '../failure.tsx'
import { count, moment } from '../format.ts'
import { usePlace, withQuery } from '../location.ts'
import { useResource } from '../resource.ts'
import { TableBox } from '../table-box.tsx'
import { TableSkeleton } from '../table-page.tsx'
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
        <TableBox>
          <table class="quality">
            <thead>
              <tr>
                <th scope="col">{w.file}</th>
                <th scope="col" class="amount">
                  {w.rows}
                </th>
                <th scope="col" class="amount col-units">
                  {w.accepted}
                </th>
                <th scope="col" class="amount col-units">
                  {w.duplicates}
                </th>
                <th scope="col" class="amount">
                  {w.rejected}
                </th>
              </tr>
            </thead>
            <tbody>
              {answer.items.map(item => (
                <tr key={`${item.source} ${item.file} ${item.at}`}>
                  <th scope="row">
                    <strong>{item.file}</strong>{' '}
                    {item.state !== 'done' && <span class={`badge state-${item.state}`}>{w.states[item.state]}</span>}
                    <small>
                      {item.source} · {moment(item.at)}
                    </small>
                    {item.problem !== '' && <small class="loss">{item.problem}</small>}
                  </th>
                  <td class="amount">{count(item.rows)}</td>
                  <td class="amount col-units">{count(item.accepted)}</td>
                  <td class="amount col-units">{count(item.duplicates)}</td>
                  <td class={item.rejected > 0 ? 'amount loss' : 'amount'}>{count(item.rejected)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
      <Pages page={page} more={answer.more} />
    </section>
  )
}

export function pageOf(search: URLSearchParams): number {
  return Math.max(0, Math.trunc(Number(search.get('page') ?? '0')) || 0)
}

/** The way to newer and older entries. */
export function Pages({ page, more }: { page: number; more: boolean }) {
  const w = dataWords().page
  if (page === 0 && !more) return null
  return (
    <p class="row-actions pad">
      {page > 0 && (
        <a class="plain" href={withQuery({ page: page === 1 ? undefined : String(page - 1) })}>
          {w.newer}
        </a>
      )}
      {more && (
        <a class="plain" href={withQuery({ page: String(page + 1) })}>
          {w.older}
        </a>
      )}
    </p>
  )
}
