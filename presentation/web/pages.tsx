import { withQuery } from './location.ts'

/** The page that an address asks for, from 0. */
export function pageOf(search: URLSearchParams): number {
  return Math.max(0, Math.trunc(Number(search.get('page') ?? '0')) || 0)
}

/** The way to newer and older entries, in the words for what they are. */
export function Pages({ page, more, words }: { page: number; more: boolean; words: { newer: string; older: string } }) {
  if (page === 0 && !more) return null
  return (
    <p class="row-actions pad">
      {page > 0 && (
        <a class="plain" href={withQuery({ page: page === 1 ? undefined : String(page - 1) })}>
          {words.newer}
        </a>
      )}
      {more && (
        <a class="plain" href={withQuery({ page: String(page + 1) })}>
          {words.older}
        </a>
      )}
    </p>
  )
}
