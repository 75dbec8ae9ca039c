import { filterQuery } from '#presentation/address.ts'
import { addDays } from '#shared/day.ts'
import type { Ranking, Series, Summary } from '../server/figures-schema.ts'
import type { SessionView } from '../server/session-routes.ts'
import { CompanionList } from './companions.tsx'
import { Failure } from './failure.tsx'
import { type FigureName, figureNames } from './figure.ts'
import { FigureStrip } from './figure-strip.tsx'
import { Filters } from './filters.tsx'
import { day } from './format.ts'
import { LiveMark } from './live-mark.tsx'
import { go, toPage, usePlace, withQuery } from './location.ts'
import { MonthPanel } from './month-panel.tsx'
import { RankingList } from './ranking-list.tsx'
import { useResource } from './resource.ts'
import { SeriesPanel } from './series-panel.tsx'
import { StoreGaps } from './store-gaps.tsx'
import { words } from './words.ts'

type Overview = {
  summary: Summary
  series: Series
  stores: Ranking
  sellers: Ranking
  products: Ranking
  data: { first: string | null; last: string | null }
}

/** The first page: the figures of a period, one of them over time, and who and what made them. */
export function OverviewPage({ session }: { session: SessionView }) {
  const w = words()
  const { search } = usePlace()
  const path = `/api/v1/overview${filterQuery(search)}`
  const { answer, answered, failed, waiting, again } = useResource<Overview>(path)
  const figure: FigureName = figureNames.find(name => name === search.get('figure')) ?? 'revenue'
  const [store, product] = [search.get('store'), search.get('product')]
  const isSeller = session.person.role === 'seller'
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{isSeller ? w.mySales : w.overview}</h1>
          <LiveMark />
        </div>
        <Filters today={session.chain.today} shown={answer?.summary} />
      </header>
      {failed !== undefined && answer === undefined ? (
        <Failure failed={failed} again={again} />
      ) : answer === undefined ? (
        <OverviewSkeleton />
      ) : (
        <div class={waiting ? 'page-body waiting' : 'page-body'} aria-busy={waiting}>
          <Notices
            overview={answer}
            explicit={search.has('from') || search.has('preset')}
            today={session.chain.today}
          />
          <section class="card hero">
            <FigureStrip
              summary={answer.summary}
              chosen={figure}
              follow={answered}
              choose={name => go(withQuery({ figure: name === 'revenue' ? undefined : name }), 'replace')}
            />
            <SeriesPanel series={answer.series} summary={answer.summary} figure={figure} />
          </section>
          {!search.has('product') && <MonthPanel session={session} />}
          <div class="columns">
            {!isSeller && !search.has('store') && (
              <RankingList
                title={w.best.stores}
                items={answer.stores.items}
                linkTo={item => withQuery({ store: item.id })}
                more={<SeeAll to="/stores" />}
              />
            )}
            {!isSeller && !search.has('seller') && (
              <RankingList
                title={w.best.sellers}
                items={answer.sellers.items}
                linkTo={item => withQuery({ seller: item.id })}
                more={<SeeAll to="/team" />}
              />
            )}
            {!search.has('product') && (
              <RankingList
                title={w.best.products}
                items={answer.products.items}
                linkTo={item => withQuery({ product: item.id })}
                more={<SeeAll to="/products" />}
              />
            )}
            {!isSeller && store !== null && <StoreGaps store={store} />}
            {product !== null && <CompanionList product={product} name={nameOf(answer.products, product)} />}
            {isSeller && (
              <RankingList
                title={w.best.stores}
                items={answer.stores.items}
                linkTo={item => withQuery({ store: item.id })}
              />
            )}
          </div>
          <p class="page-foot">
            <a href={toPage('/lines', new URLSearchParams(filterQuery(search)))}>{w.lines.see}</a>
          </p>
        </div>
      )}
    </>
  )
}

function nameOf({ items }: Ranking, id: string): string {
  return items.find(item => item.id === id)?.name ?? id
}

function SeeAll({ to }: { to: string }) {
  const { search } = usePlace()
  return (
    <a class="see-all" href={toPage(to, new URLSearchParams(filterQuery(search)))}>
      {words().seeAll}
    </a>
  )
}

function Notices({
  overview: { summary, data },
  explicit,
  today,
}: {
  overview: Overview
  explicit: boolean
  today: string
}) {
  const w = words().empty
  if (data.last === null)
    return (
      <div class="notice">
        <strong>{w.nothingYet}</strong> {w.nothingYetHint}
      </div>
    )
  if (summary.lines === 0) {
    const { last } = data
    return (
      <div class="notice">
        <span>
          <strong>{w.title}.</strong> {w.last(day(last))}
        </span>
        <button
          type="button"
          class="link"
          onClick={() => go(withQuery({ from: addDays(last, -29), to: last, preset: undefined }))}
        >
          {w.goToLast}
        </button>
      </div>
    )
  }
  if (!explicit && summary.to < addDays(today, -1) && summary.to === data.last)
    return <div class="notice">{words().lastData(day(data.last))}</div>
  return null
}

export function OverviewSkeleton() {
  return (
    <div class="page-body" role="status" aria-label={words().loading}>
      <div class="card hero">
        <div class="strip">
          {figureNames.map(name => (
            <div class="figure" key={name}>
              <span class="skeleton line short" />
              <span class="skeleton line tall" />
              <span class="skeleton line" />
            </div>
          ))}
        </div>
        <div class="series">
          <div class="series-head" />
          <div class="chart-box skeleton" />
        </div>
      </div>
      <div class="columns">
        {[1, 2, 3].map(key => (
          <div class="card ranking-skeleton" key={key}>
            <span class="skeleton line short" />
            {[1, 2, 3, 4, 5, 6].map(row => (
              <span class="skeleton line" key={row} />
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}
