import { filterQuery } from '#presentation/address.ts'
import { ruleNameIn } from '#shared/alerts/ready-made-names.ts'
import type { Ranking } from '../server/figures-schema.ts'
import type { ShownAlert } from '../server/insights/alert-routes.ts'
import { causeOf } from './alert-groups.ts'
import { rankingOf } from './best-list.tsx'
import { columnMoney, count, money, percent, since } from './format.ts'
import { toPage, usePlace, withQuery } from './location.ts'
import { useResource } from './resource.ts'
import { locale, words } from './words.ts'

const shown = 5

/** What a morning begins with: the alerts that are open, and what sells at the weakest margin. */
export function Attention({ figures }: { figures: string }) {
  return (
    <div class="columns attention">
      <OpenAlerts />
      <Weakest figures={figures} />
    </div>
  )
}

function OpenAlerts() {
  const w = words().attention
  const store = usePlace().search.get('store')
  const about = new URLSearchParams({ status: 'active', ...(store === null ? {} : { store }) })
  const { answer } = useResource<{ items: ShownAlert[] }>(`/api/v1/insights/alerts?${about}`)
  const items = answer?.items ?? []
  return (
    <section class="card ranking" aria-label={w.alerts}>
      <header class="card-head">
        <h2>{w.alerts}</h2>
        {items.length > 0 && (
          <a class="see-all" href="/alerts">
            {store === null ? w.more(count(items.length)) : words().seeAll.products}
          </a>
        )}
      </header>
      {answer !== undefined && items.length === 0 && <p class="quiet">{w.calm}</p>}
      <ol>
        {items.slice(0, shown - 1).map(alert => (
          <li key={alert.id} class="ranking-row">
            <span class="ranking-name">
              <a href="/alerts">{causeOf(alert, () => undefined).title}</a>
              <small>{ruleNameIn(locale(), alert.rule, alert.name)}</small>
            </span>
            <small class="alert-ago">{since(alert.at)}</small>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** The products that lose most, of the figures that are on the page. */
function Weakest({ figures }: { figures: string }) {
  const w = words().attention
  const { search } = usePlace()
  const { answer } = useResource<Ranking>(
    rankingOf('products', figures, { by: 'margin', order: 'asc', limit: String(shown) }),
  )
  const losing = (answer?.items ?? []).filter(({ margin }) => Number(margin) < 0)
  const amount = columnMoney(losing.map(({ margin }) => margin))
  return (
    <section class="card ranking" aria-label={w.weakest}>
      <header class="card-head">
        <h2>{w.weakest}</h2>
        <a
          class="see-all"
          aria-label={`${words().seeAll.products}: ${w.weakest}`}
          href={toPage(
            '/products',
            new URLSearchParams(`${filterQuery(search).slice(1)}&only=loss&sort=margin&order=asc`),
          )}
        >
          {words().seeAll.products}
        </a>
      </header>
      {answer !== undefined && losing.length === 0 && <p class="quiet">{w.noneWeak}</p>}
      <ol>
        {losing.map(item => (
          <li key={item.id} class="ranking-row">
            <span class="ranking-name">
              <a href={withQuery({ product: item.id })}>{item.name}</a>
            </span>
            <span class="ranking-pair">
              <strong class="loss" title={money(item.margin)}>
                {amount(item.margin)}
              </strong>
              <small class="quiet">
                {Number(item.revenue) > 0 ? percent(Number(item.margin) / Number(item.revenue)) : ''}
              </small>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
