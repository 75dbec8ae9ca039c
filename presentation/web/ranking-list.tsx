import type { ComponentChildren } from 'preact'
import type { Ranked } from '../server/figures-schema.ts'
import { Delta } from './delta.tsx'
import { columnMoney, money, shortMoney } from './format.ts'
import { words } from './words.ts'

type Given = { title: string; items: readonly Ranked[]; linkTo?: (item: Ranked) => string; more?: ComponentChildren }

/** The best of something: name, amount, change, and a bar that shows its size beside the others. */
export function RankingList({ title, items, linkTo, more }: Given) {
  const most = Math.max(...items.map(item => Number(item.revenue)), 0)
  const amount = columnMoney(items.map(item => item.revenue))
  // What all of them share tells nothing of any.
  const [first] = items
  const isShared = items.length > 1 && items.every(item => item.detail === first?.detail)
  return (
    <section class="card ranking" aria-label={title}>
      <header class="card-head">
        <h2>{title}</h2>
        {more}
      </header>
      {items.length === 0 ? (
        <p class="quiet">{words().empty.list}</p>
      ) : (
        <ol>
          {items.map(item => (
            <li key={item.id}>
              <div class="ranking-row">
                <span class="ranking-name">
                  {linkTo === undefined ? nameOf(item) : <a href={linkTo(item)}>{nameOf(item)}</a>}
                  {item.detail !== '' && !isShared && <small>{item.detail}</small>}
                </span>
                <span class="ranking-amount">
                  <strong title={money(item.revenue)}>{amount(item.revenue)}</strong>
                  {Number(item.before) !== 0 && (
                    <small>
                      <Delta now={Number(item.revenue)} before={Number(item.before)} show={shortMoney} />
                    </small>
                  )}
                </span>
              </div>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${most === 0 ? 0 : Math.max(0, (Number(item.revenue) / most) * 100)}%` }} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** In the place of a list that is on its way, about as high. */
export function RankingWaiting() {
  return (
    <div class="card ranking-skeleton" aria-hidden="true">
      <span class="skeleton line short" />
      {[1, 2, 3, 4, 5, 6].map(row => (
        <span class="skeleton line" key={row} />
      ))}
    </div>
  )
}

function nameOf(item: Ranked): string {
  return item.name === '' ? words().seller.unnamed : item.name
}
