import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { SessionView } from '../server/session-routes.ts'
import { CompanionList } from './companions.tsx'
import { Failure } from './failure.tsx'
import { columnMoney, count, money, percent, signedPercent } from './format.ts'
import { LiveMark } from './live-mark.tsx'
import { useResource } from './resource.ts'
import { TableBox } from './table-box.tsx'
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
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words().sell.title}</h1>
          <LiveMark />
        </div>
      </header>
      <Offers />
    </>
  )
}

function Offers() {
  const w = words().sell
  const [order, setOrder] = useState<Order>('unit')
  const rising = useResource<{ items: Rising[] }>('/api/v1/insights/promotions?limit=8')
  const margins = useResource<{ items: Margin[] }>(`/api/v1/insights/margins?limit=12&by=${order}`)
  const [product, setProduct] = useState<string | undefined>(undefined)
  const failed = rising.failed ?? margins.failed
  if (failed !== undefined && (rising.answer === undefined || margins.answer === undefined))
    return (
      <Failure
        failed={failed}
        again={() => {
          rising.again()
          margins.again()
        }}
      />
    )
  if (rising.answer === undefined || margins.answer === undefined) return <TableSkeleton />
  const known = [...rising.answer.items, ...margins.answer.items]
  const chosen = product ?? known[0]?.product
  const gain = columnMoney(rising.answer.items.map(item => item.expectedGain))
  return (
    <div class="sell">
      <section class="card table-card" aria-label={w.rising}>
        <header class="sell-head">
          <h2>{w.rising}</h2>
          <p class="quiet caption">{w.risingHint}</p>
        </header>
        {rising.answer.items.length === 0 ? (
          <p class="quiet pad">{w.nothingRising}</p>
        ) : (
          <ProductTable
            columns={[w.rise, w.couldBring]}
            rows={rising.answer.items.map(item => ({
              product: item.product,
              name: item.name,
              detail: w.evidence(
                count(item.evidence.sales),
                count(item.evidence.salesBefore),
                count(item.evidence.stores),
              ),
              values: [
                <strong key="rise" class="delta-up">
                  {signedPercent(item.rise)}
                </strong>,
                gain(item.expectedGain),
              ],
            }))}
            chosen={chosen}
            choose={setProduct}
          />
        )}
      </section>
      {chosen !== undefined && (
        <div class="sell-beside">
          <CompanionList
            product={chosen}
            name={known.find(item => item.product === chosen)?.name ?? chosen}
            choose={setProduct}
          />
        </div>
      )}
      <section class="card table-card" aria-label={w.margins}>
        <header class="sell-head">
          <h2>{w.margins}</h2>
          <fieldset class="segmented">
            <legend class="sr-only">{w.margins}</legend>
            {orders.map(name => (
              <button key={name} type="button" aria-pressed={name === order} onClick={() => setOrder(name)}>
                {w.orders[name]}
              </button>
            ))}
          </fieldset>
        </header>
        {margins.answer.items.length === 0 ? (
          <p class="quiet pad">{w.noMargins}</p>
        ) : (
          <ProductTable
            columns={[w.unitMargin, w.marginShare]}
            rows={margins.answer.items.map(item => {
              const loss = item.belowCost && Number(item.unitMargin) < 0 ? 'loss' : ''
              return {
                product: item.product,
                name: item.name,
                detail: w.sold(count(item.units)),
                values: [
                  <strong key="unit" class={loss}>
                    {money(item.unitMargin)}
                  </strong>,
                  <span key="share" class={loss}>
                    {percent(item.marginShare)}
                  </span>,
                ],
              }
            })}
            chosen={chosen}
            choose={setProduct}
          />
        )}
      </section>
    </div>
  )
}

type ProductRow = { product: string; name: string; detail: string; values: ComponentChildren[] }

/** Products with two figures each; choosing one shows what goes with it. */
function ProductTable({
  columns,
  rows,
  chosen,
  choose,
}: {
  columns: readonly string[]
  rows: readonly ProductRow[]
  chosen: string | undefined
  choose: (product: string) => void
}) {
  return (
    <TableBox>
      <table class="ranked">
        <thead>
          <tr>
            <th scope="col">{words().sell.product}</th>
            {columns.map(name => (
              <th key={name} scope="col" class="amount">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ product, name, detail, values }) => (
            <tr key={product} class={product === chosen ? 'chosen' : ''}>
              <th scope="row">
                <button type="button" class="name" aria-pressed={product === chosen} onClick={() => choose(product)}>
                  {name}
                </button>
                <small>{detail}</small>
              </th>
              {values.map((value, at) => (
                <td key={columns[at]} class="amount">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}
