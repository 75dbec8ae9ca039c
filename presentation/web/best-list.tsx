import { filterQuery } from '#presentation/address.ts'
import type { Ranking } from '../server/figures-schema.ts'
import { Failure } from './failure.tsx'
import { toPage, usePlace, withQuery } from './location.ts'
import { RankingList, RankingWaiting } from './ranking-list.tsx'
import { useResource } from './resource.ts'
import { words } from './words.ts'

export type ListKind = 'stores' | 'sellers' | 'products'

const ways = {
  stores: { filter: 'store', page: '/stores' },
  sellers: { filter: 'seller', page: '/team' },
  products: { filter: 'product', page: '/products' },
} as const

/** The best of a kind, of the figures that are on the page: asked for once those stand, not beside them. */
export function BestList({ kind, figures, hasPage }: { kind: ListKind; figures: string; hasPage: boolean }) {
  const { filter, page } = ways[kind]
  const { answer, failed, again } = useResource<Ranking>(bestOf(kind, figures))
  if (answer === undefined)
    return failed === undefined ? (
      <RankingWaiting />
    ) : (
      <section class="card ranking" aria-label={words().best[kind]}>
        <Failure failed={failed} again={again} />
      </section>
    )
  return (
    <RankingList
      title={words().best[kind]}
      items={answer.items}
      linkTo={item => withQuery({ [filter]: item.id })}
      more={hasPage ? <SeeAll kind={kind} to={page} /> : undefined}
    />
  )
}

/** The question for a ranking under the filters of another question. */
export function rankingOf(kind: ListKind, figures: string, more: Record<string, string>): string {
  return `/api/v1/rankings/${kind}${filterQuery(new URLSearchParams(figures.split('?')[1] ?? ''), more)}`
}

/** The best six of a kind. */
export const bestOf = (kind: ListKind, figures: string): string => rankingOf(kind, figures, { limit: '6' })

function SeeAll({ kind, to }: { kind: ListKind; to: string }) {
  const { search } = usePlace()
  return (
    <a
      class="see-all"
      aria-label={`${words().seeAll[kind]}: ${words().best[kind]}`}
      href={toPage(to, new URLSearchParams(filterQuery(search)))}
    >
      {words().seeAll[kind]}
    </a>
  )
}
