import type { ComponentChild, ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { filterQuery } from '#presentation/address.ts'
import type { Ranked, Ranking } from '../server/figures-schema.ts'
import type { SessionView } from '../server/session-routes.ts'
import { Callouts, isCallout, members } from './callouts.tsx'
import { Delta } from './delta.tsx'
import { ExportMenu } from './export-menu.tsx'
import { Failure } from './failure.tsx'
import { Filters } from './filters.tsx'
import { columnMoney, count, money, percent, shortMoney } from './format.ts'
import { Icon } from './icon.tsx'
import { LiveMark } from './live-mark.tsx'
import { go, toPage, usePlace, withQuery } from './location.ts'
import { plain } from './plain.ts'
import { useResource } from './resource.ts'
import { TableBox } from './table-box.tsx'
import { useUnfolded } from './unfold.ts'
import { What } from './what.tsx'
import { words } from './words.ts'

export type Kind = 'stores' | 'sellers' | 'products'
const filterOf = { stores: 'store', sellers: 'seller', products: 'product' } as const
const columns = ['name', 'revenue', 'change', 'margin', 'share', 'units', 'sales'] as const
type Column = (typeof columns)[number]
const rowsAtFirst = 50

type PageGiven = {
  kind: Kind
  title: string
  session: SessionView
  /** What stands before the table: the two come together, or the one that comes first would make way for the other. */
  first?: ComponentChildren
  /** False as long as it is not known what that is. */
  isReady?: boolean
}

/** Everything of one kind beside one another: search, sort, what stands out, and a way into each. */
export function TablePage({ kind, title, session, first, isReady = true }: PageGiven) {
  const { search } = usePlace()
  const question = (of: URLSearchParams) => `/api/v1/rankings/${kind}${filterQuery(of, { limit: '1000' })}`
  const path = question(search)
  const { answer, failed, waiting, again } = useResource<Ranking>(path)
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          <LiveMark />
        </div>
        <Filters session={session} shown={answer} question={question} />
      </header>
      {!isReady || (answer === undefined && failed === undefined) ? (
        <TableSkeleton />
      ) : (
        <>
          <div class="page-first">{first}</div>
          {answer === undefined ? (
            failed !== undefined && <Failure failed={failed} again={again} />
          ) : (
            <div class={waiting ? 'page-body waiting' : 'page-body'} aria-busy={waiting}>
              <Callouts items={answer.items} />
              <RankedTable kind={kind} title={title} items={answer.items} />
            </div>
          )}
        </>
      )}
    </>
  )
}

function RankedTable({ kind, title, items }: { kind: Kind; title: string; items: readonly Ranked[] }) {
  const w = words()
  const { search } = usePlace()
  const [text, setText] = useState('')
  const [most, setMost] = useState(rowsAtFirst)
  const sort: Column = columns.find(name => name === search.get('sort')) ?? 'revenue'
  const rising = search.get('order') === 'asc'
  const only = search.get('only')
  const wanted = plain(text)
  const found = (isCallout(only) ? members(only, items) : items).filter(item =>
    plain(`${item.name} ${item.detail} ${item.id}`).includes(wanted),
  )
  const sorted = [...found].sort((a, b) => compare(a, b, sort) * (rising ? 1 : -1))
  const largest = Math.max(0, ...items.map(item => Number(item.revenue)))
  const amount = columnMoney(items.map(item => item.revenue))
  const sortBy = (column: Column) =>
    go(
      withQuery({
        sort: column === 'revenue' ? undefined : column,
        order: sort === column && !rising ? 'asc' : undefined,
      }),
      'replace',
    )
  return (
    <section class="card table-card" aria-label={title}>
      <div class="table-tools">
        <label class="search">
          <Icon name="search" size={18} />
          <input
            type="search"
            placeholder={w.table.search}
            aria-label={w.table.search}
            value={text}
            onInput={event => setText(event.currentTarget.value)}
          />
        </label>
        <span class="quiet">{w.table.count[kind](count(found.length))}</span>
        <ExportMenu what={kind} />
      </div>
      {sorted.length === 0 ? (
        <p class="quiet pad">{items.length === 0 ? `${w.empty.list} ${w.empty.hint}` : w.empty.found}</p>
      ) : (
        <TableBox>
          <table class="ranked steady">
            <thead>
              <tr>
                {columns.map(column => (
                  <th
                    key={column}
                    scope="col"
                    // Only the column's name is its name, not also the question beside it.
                    aria-label={w.table[column]}
                    class={column === 'name' ? '' : `amount col-${column}`}
                    aria-sort={sort !== column ? 'none' : rising ? 'ascending' : 'descending'}
                  >
                    {column !== 'name' && <What name={column} title={w.table[column]} />}
                    <button type="button" class="sort" onClick={() => sortBy(column)}>
                      {w.table[column]}
                      {sort === column && <Icon name={rising ? 'up' : 'down'} size={14} />}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <Rows
              rows={sorted
                .slice(0, most)
                .map(item => (
                  <Row key={item.id} item={item} largest={largest} amount={amount} to={into(kind, item, search)} />
                ))}
            />
          </table>
        </TableBox>
      )}
      {sorted.length > most && (
        <button type="button" class="plain more" onClick={() => setMost(most * 4)}>
          {w.table.more(count(sorted.length - most))}
        </button>
      )}
    </section>
  )
}

/** What is drawn already is the same again while the rest is, and is not looked at. */
function Rows({ rows }: { rows: readonly ComponentChild[] }) {
  return <tbody>{rows.slice(0, useUnfolded(rows.length))}</tbody>
}

type RowGiven = { item: Ranked; largest: number; amount: (value: string) => string; to: string }

function Row({ item, largest, amount, to }: RowGiven) {
  const revenue = Number(item.revenue)
  const margin = Number(item.margin)
  const loss = margin < 0 ? 'loss' : ''
  return (
    <tr>
      <th scope="row">
        <a href={to}>{item.name === '' ? words().seller.unnamed : item.name}</a>
        {item.detail !== '' && <small>{item.detail}</small>}
        <span class="bar" aria-hidden="true">
          <span style={{ width: `${largest === 0 ? 0 : Math.max(0, (revenue / largest) * 100)}%` }} />
        </span>
      </th>
      <td class="amount" title={money(item.revenue)}>
        {amount(item.revenue)}
      </td>
      <td class="amount col-change">
        {Number(item.before) === 0 ? '–' : <Delta now={revenue} before={Number(item.before)} show={shortMoney} />}
      </td>
      <td class={`amount ${loss}`} title={money(item.margin)}>
        {amount(item.margin)}
      </td>
      <td class={`amount col-share ${loss}`}>{revenue === 0 ? '–' : percent(margin / revenue)}</td>
      <td class="amount col-units">{count(item.units)}</td>
      <td class="amount col-sales" title={item.sales === null ? words().uncounted : undefined}>
        {item.sales === null ? '–' : count(item.sales)}
      </td>
    </tr>
  )
}

/** The overview narrowed to one store, seller or product: what its number is made of. */
function into(kind: Kind, item: Ranked, search: URLSearchParams): string {
  const query = new URLSearchParams(filterQuery(search))
  query.set(filterOf[kind], item.id)
  return toPage('/', query)
}

function compare(a: Ranked, b: Ranked, column: Column): number {
  switch (column) {
    case 'name':
      return b.name.localeCompare(a.name)
    case 'revenue':
    case 'margin':
    case 'units':
    case 'sales':
      return Number(a[column]) - Number(b[column])
    case 'change':
      return growth(a) - growth(b)
    case 'share':
      return shareOf(a) - shareOf(b)
  }
}

function growth(item: Ranked): number {
  const before = Number(item.before)
  return before <= 0 ? Number.NEGATIVE_INFINITY : (Number(item.revenue) - before) / before
}

function shareOf(item: Ranked): number {
  const revenue = Number(item.revenue)
  return revenue === 0 ? 0 : Number(item.margin) / revenue
}

export function TableSkeleton() {
  return (
    <div class="page-body" role="status" aria-label={words().loading}>
      <div class="callouts">
        {[1, 2, 3].map(key => (
          <div class="card callout" key={key}>
            <span class="skeleton line short" />
            <span class="skeleton line tall" />
          </div>
        ))}
      </div>
      <div class="card ranking-skeleton">
        {[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(key => (
          <span class="skeleton line" key={key} />
        ))}
      </div>
    </div>
  )
}
