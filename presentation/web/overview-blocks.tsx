import type { ComponentChildren } from 'preact'
import type { Block } from '#presentation/preferences.ts'
import type { Ranking, Series, Summary } from '../server/figures-schema.ts'
import type { SessionView } from '../server/session-routes.ts'
import { AfterFirst } from './after-first.tsx'
import { BestList, bestOf, type ListKind } from './best-list.tsx'
import { CompanionList } from './companions.tsx'
import { type FigureName, figureNames } from './figure.ts'
import { FigureStrip } from './figure-strip.tsx'
import { layoutOf } from './layout.ts'
import { lazy } from './lazy.tsx'
import { go, usePlace, withQuery } from './location.ts'
import { MonthPanel } from './month-panel.tsx'
import { RankingWaiting } from './ranking-list.tsx'
import { useResource } from './resource.ts'
import { SeriesPanel } from './series-panel.tsx'
import { StoreGaps } from './store-gaps.tsx'

const Attention = lazy(() => import('./attention.tsx').then(module => module.Attention), AttentionWaiting)
const PayGlance = lazy(() => import('./pay-glance.tsx').then(module => module.PayGlance), MonthWaiting)

export type Overview = {
  summary: Summary
  series: Series
  data: { first: string | null; last: string | null }
}

/** The blocks of the overview in this person's order: lists that follow one another stand side by side. */
export function OverviewBlocks({ answer, path, session }: { answer: Overview; path: string; session: SessionView }) {
  const { search } = usePlace()
  const { order, hidden } = layoutOf(session.preferences.overview)
  const isSeller = session.person.role === 'seller'
  const shown = order.filter(block => !hidden.includes(block) && isFor(block, session, search))
  return (
    <>
      {grouped(shown).map(group => {
        const [first] = group
        if (first === 'figures') return <Figures key="figures" answer={answer} path={path} session={session} />
        if (first === 'month')
          return isSeller && !search.has('store') && !search.has('product') ? (
            <div class="month-and-pay" key="month">
              <AfterFirst place={<MonthWaiting />} show={() => <MonthPanel session={session} />} />
              <AfterFirst place={<MonthWaiting />} show={() => <PayGlance />} />
            </div>
          ) : (
            <AfterFirst key="month" place={<MonthWaiting />} show={() => <MonthPanel session={session} />} />
          )
        if (first === 'attention')
          return <AfterFirst key="attention" place={<AttentionWaiting />} show={() => <Attention figures={path} />} />
        return (
          <div class="columns" key={group.join(' ')}>
            {group.map(block => (
              <Best key={block} kind={listOf(block)} figures={path} session={session} />
            ))}
          </div>
        )
      })}
      <Beside figures={path} isSeller={isSeller} />
    </>
  )
}

/** What the page is narrowed to already is not listed once more. */
function isFor(block: Block, { person }: SessionView, search: URLSearchParams): boolean {
  const isSeller = person.role === 'seller'
  switch (block) {
    case 'figures':
      return true
    case 'attention':
      return !isSeller && !search.has('product')
    case 'month':
    case 'products':
      return !search.has('product')
    case 'stores':
      return isSeller || !search.has('store')
    case 'sellers':
      return !isSeller && !search.has('seller')
  }
}

function listOf(block: Block): ListKind {
  return block === 'stores' || block === 'sellers' ? block : 'products'
}

function grouped(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = []
  for (const block of blocks) {
    const last = groups.at(-1)
    if (isList(block) && last?.every(isList) === true) last.push(block)
    else groups.push([block])
  }
  return groups
}

function isList(block: Block): boolean {
  return block !== 'figures' && block !== 'month' && block !== 'attention'
}

function Figures({
  answer: { summary, series, data },
  path,
  session,
}: {
  answer: Overview
  path: string
  session: SessionView
}) {
  const { search } = usePlace()
  const figure: FigureName = figureNames.find(name => name === search.get('figure')) ?? 'revenue'
  // One person has days without sales: they are known to be none. Of stores, a day without any has not arrived.
  const last = data.last !== null && session.person.role === 'seller' ? session.chain.today : data.last
  return (
    <section class="card hero">
      <FigureStrip
        summary={summary}
        chosen={figure}
        follow={path}
        choose={name => go(withQuery({ figure: name === 'revenue' ? undefined : name }), 'replace')}
      />
      {last !== null && <SeriesPanel series={series} summary={summary} figure={figure} last={last} />}
    </section>
  )
}

function Best({ kind, figures, session }: { kind: ListKind; figures: string; session: SessionView }) {
  const hasPage = session.person.role !== 'seller' || kind === 'products'
  return (
    <AfterFirst place={<RankingWaiting />} show={() => <BestList kind={kind} figures={figures} hasPage={hasPage} />} />
  )
}

/** What belongs to the one store or product that the page is narrowed to. */
function Beside({ figures, isSeller }: { figures: string; isSeller: boolean }): ComponentChildren {
  const { search } = usePlace()
  const [store, product] = [search.get('store'), search.get('product')]
  if (product === null && (store === null || isSeller)) return null
  return (
    <div class="columns">
      {!isSeller && store !== null && <StoreGaps store={store} />}
      {product !== null && <SoldBeside product={product} figures={figures} />}
    </div>
  )
}

function SoldBeside({ product, figures }: { product: string; figures: string }) {
  const { answer } = useResource<Ranking>(bestOf('products', figures))
  const name = answer?.items.find(({ id }) => id === product)?.name ?? product
  return <CompanionList product={product} name={name} />
}

function MonthWaiting() {
  return (
    <div class="card month" aria-hidden="true">
      <span class="skeleton fill" />
    </div>
  )
}

function AttentionWaiting() {
  return (
    <div class="columns attention" aria-hidden="true">
      <div class="card skeleton" />
      <div class="card skeleton" />
    </div>
  )
}
