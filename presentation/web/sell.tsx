import { useState } from 'preact/hooks'
import type { SessionView } from '../server/session-routes.ts'
import { CompanionList } from './companions.tsx'
import { Failure } from './failure.tsx'
import { count, money, percent, shortMoney, signedPercent } from './format.ts'
import { LiveMark } from './live-mark.tsx'
import { useResource } from './resource.ts'
import { TableSkeleton } from './table-page.tsx'
import { words } from './words.ts'

type Rising = {
  product: string
  name: string
  category: string
  rise: number
  expectedGain: string
  evidence: { sales: number; salesBefore: number; stores: number }
}
type Margin = {
  product: string
  name: string
  category: string
  unitMargin: string
  marginShare: number
  units: number
  belowCost: boolean
}
const orders = ['unit', 'margin', 'worst'] as const
type Order = (typeof orders)[number]

/** What to sell: what is rising, what leaves most, and what goes with what. */
export function SellPage(_: { session: SessionView }) {
  const w = words().sell
  const [order, setOrder] = useState<Order>('unit')
  const rising = useResource<{ items: Rising[] }>('/api/v1/insights/promotions?limit=8')
  const margins = useResource<{ items: Margin[] }>(`/api/v1/insights/margins?limit=12&by=${order}`)
  const [product, setProduct] = useState<string | undefined>(undefined)
  const failed = rising.failed ?? margins.failed
  if (failed !== undefined && margins.answer === undefined) return <Failure failed={failed} again={margins.again} />
  if (rising.answer === undefined || margins.answer === undefined) return <TableSkeleton />
  const known = [...rising.answer.items, ...margins.answer.items]
  const chosen = product ?? known[0]?.product
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{w.title}</h1>
          <LiveMark />
        </div>
      </header>
      <div class="columns sell">
        <section class="card ranking" aria-label={w.rising}>
          <header class="card-head">
            <h2>{w.rising}</h2>
          </header>
          <p class="quiet caption">{w.risingHint}</p>
          {rising.answer.items.length === 0 ? (
            <p class="quiet">{w.nothingRising}</p>
          ) : (
            <ol>
              {rising.answer.items.map(item => (
                <li key={item.product} class="ranking-row">
                  <span class="ranking-name">
                    <button type="button" class="name" onClick={() => setProduct(item.product)}>
                      {item.name}
                    </button>
                    <small>
                      {w.evidence(
                        count(item.evidence.sales),
                        count(item.evidence.salesBefore),
                        count(item.evidence.stores),
                      )}
                    </small>
                  </span>
                  <span class="ranking-amount">
                    <strong class="delta-up">{signedPercent(item.rise)}</strong>
                    <small>{w.gain(shortMoney(item.expectedGain))}</small>
                  </span>
                </li>
              ))}
            </ol>
          )}
        </section>
        <section class="card ranking" aria-label={w.margins}>
          <header class="card-head">
            <h2>{w.margins}</h2>
          </header>
          <fieldset class="segmented">
            <legend class="sr-only">{w.margins}</legend>
            {orders.map(name => (
              <button key={name} type="button" aria-pressed={name === order} onClick={() => setOrder(name)}>
                {w.orders[name]}
              </button>
            ))}
          </fieldset>
          <ol class="below">
            {margins.answer.items.map(item => (
              <li key={item.product} class="ranking-row">
                <span class="ranking-name">
                  <button type="button" class="name" onClick={() => setProduct(item.product)}>
                    {item.name}
                  </button>
                  <small>{w.sold(count(item.units))}</small>
                </span>
                <span class={item.belowCost && Number(item.unitMargin) < 0 ? 'ranking-amount loss' : 'ranking-amount'}>
                  <strong>{w.each(money(item.unitMargin))}</strong>
                  <small>{percent(item.marginShare)}</small>
                </span>
              </li>
            ))}
          </ol>
        </section>
        {chosen !== undefined && (
          <CompanionList
            product={chosen}
            name={known.find(item => item.product === chosen)?.name ?? chosen}
            choose={setProduct}
          />
        )}
      </div>
    </>
  )
}
