import { filterQuery } from '#presentation/address.ts'
import type { SessionView } from '../server/session-routes.ts'
import { columnMoney, money } from './format.ts'
import { toPage, usePlace } from './location.ts'
import { useResource } from './resource.ts'
import { TablePage } from './table-page.tsx'
import { words } from './words.ts'

type Gap = { store: string; name: string; city: string; category: string; own: string; peers: string; gap: string }
type Gaps = { items: Gap[]; enough: boolean }

/** Stores: first where most could be won beside stores like them, then all of them side by side. */
export function StoresPage({ session }: { session: SessionView }) {
  const isNarrowed = usePlace().search.has('store')
  const { answer, failed } = useResource<Gaps>('/api/v1/insights/store-gaps')
  return (
    <TablePage
      kind="stores"
      title={words().stores}
      session={session}
      isReady={isNarrowed || answer !== undefined || failed !== undefined}
      first={!isNarrowed && answer !== undefined && <WidestGaps answer={answer} />}
    />
  )
}

function WidestGaps({ answer }: { answer: Gaps }) {
  const w = words().gaps
  const { search } = usePlace()
  const most = Math.max(...answer.items.flatMap(({ own, peers }) => [Number(own), Number(peers)]), 1)
  const amount = columnMoney(answer.items.map(({ gap }) => gap))
  const into = (store: string) =>
    toPage('/', new URLSearchParams(`${filterQuery(search).slice(1)}&store=${encodeURIComponent(store)}`))
  const width = (value: string) => ({ width: `${Math.max(0, (Number(value) / most) * 100)}%` })
  return (
    <section class="card ranking" aria-label={w.title}>
      <header class="card-head">
        <h2>{w.title}</h2>
        <p class="legend">
          <span class="key">{w.own}</span>
          <span class="key key-peers">{w.peers}</span>
        </p>
      </header>
      <p class="quiet caption">{w.hint}</p>
      {answer.items.length === 0 ? (
        <p class="quiet">{answer.enough ? w.none : w.few}</p>
      ) : (
        <ol class="gaps">
          {answer.items.map(item => (
            <li key={item.store}>
              <div class="ranking-row">
                <span class="ranking-name">
                  <a href={into(item.store)}>{item.name}</a>
                  <small>{w.below(item.category)}</small>
                </span>
                <strong class="loss" title={money(item.gap)}>
                  {amount(-Number(item.gap))}
                </strong>
              </div>
              <span class="bar" title={money(item.own)}>
                <span style={width(item.own)} />
              </span>
              <span class="bar bar-peers" title={money(item.peers)}>
                <span style={width(item.peers)} />
              </span>
              <span class="sr-only">{`${w.own}: ${money(item.own)}; ${w.peers}: ${money(item.peers)}`}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
