import type { ComponentChild } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { filterQuery } from '#presentation/address.ts'
import type { Line } from '../server/lines.ts'
import type { SessionView } from '../server/session-routes.ts'
import { ExportMenu } from './export-menu.tsx'
import { Failure } from './failure.tsx'
import { Filters } from './filters.tsx'
import { count, day, money, weekdayAndDay } from './format.ts'
import { LiveMark } from './live-mark.tsx'
import { usePlace } from './location.ts'
import { useResource } from './resource.ts'
import { TableSkeleton } from './table-page.tsx'
import { useUnfolded } from './unfold.ts'
import { locale, words } from './words.ts'

type Lines = { from: string; to: string; items: Line[]; more: boolean; linesFrom: string | null }
const step = 100

/** The sale lines behind an amount, each with where it came from. */
export function LinesPage({ session }: { session: SessionView }) {
  const w = words()
  const { search } = usePlace()
  const filters = filterQuery(search)
  const [shown, setShown] = useState({ filters, limit: step })
  const limit = shown.filters === filters ? shown.limit : step
  const question = (of: URLSearchParams, most = step) => `/api/v1/lines${filterQuery(of, { limit: String(most) })}`
  const { answer, failed, waiting, again } = useResource<Lines>(question(search, limit))
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{w.lines.title}</h1>
          <LiveMark />
        </div>
        <Filters session={session} shown={answer} question={question} />
      </header>
      {failed !== undefined && answer === undefined ? (
        <Failure failed={failed} again={again} />
      ) : answer === undefined ? (
        <TableSkeleton />
      ) : (
        <section class={waiting ? 'card table-card waiting' : 'card table-card'} aria-label={w.lines.title}>
          <div class="table-tools">
            <span class="quiet">{w.lines.count(`${count(answer.items.length)}${answer.more ? '+' : ''}`)}</span>
            <ExportMenu what="lines" />
          </div>
          {answer.linesFrom !== null && <p class="quiet pad">{w.lines.kept(day(answer.linesFrom))}</p>}
          {answer.items.length === 0 ? (
            <p class="quiet pad">
              {w.empty.list} {w.empty.hint}
            </p>
          ) : (
            <Sales items={answer.items} />
          )}
          {answer.more && limit < 1000 && (
            <button
              type="button"
              class="plain more"
              onClick={() => setShown({ filters, limit: Math.min(1000, limit + 3 * step) })}
            >
              {w.lines.more}
            </button>
          )}
        </section>
      )}
    </>
  )
}

/** Lines of the same sale that follow one another stand together. */
function salesOf(lines: readonly Line[]): Line[][] {
  const sales: Line[][] = []
  for (const line of lines) {
    const last = sales.at(-1)
    if (last?.[0]?.sale === line.sale && last[0].store.id === line.store.id && last[0].day === line.day) last.push(line)
    else sales.push([line])
  }
  return sales
}

type Rows = ReadonlyMap<Line, ComponentChild>

function Sales({ items }: { items: readonly Line[] }) {
  const language = locale()
  const unfolded = useUnfolded(items.length)
  // What is drawn already is the same again, and is not looked at.
  const rows = useMemo<Rows>(
    () => new Map(items.map(line => [line, <LineRow key={line.line} line={line} />])),
    [items, language],
  )
  return (
    <ol class="lines">
      {salesOf(items.slice(0, unfolded)).map(lines => (
        <SaleGroup key={`${lines[0]?.store.id} ${lines[0]?.sale} ${lines[0]?.line}`} lines={lines} rows={rows} />
      ))}
    </ol>
  )
}

/** A sale: where, when and by whom once, then its lines. */
function SaleGroup({ lines, rows }: { lines: readonly Line[]; rows: Rows }) {
  const [first] = lines
  if (first === undefined) return null
  return (
    <li class="sale">
      <p class="sale-head">
        <span>
          {weekdayAndDay(first.day)} · {first.store.name}
          {first.seller.name !== '' && ` · ${first.seller.name}`}
        </span>
        <span class="quiet">{first.sale}</span>
      </p>
      <ul>{lines.map(line => rows.get(line))}</ul>
    </li>
  )
}

function LineRow({ line }: { line: Line }) {
  const w = words().lines
  return (
    <li>
      <details>
        <summary>
          <span class="line-what">
            <strong>{line.product.name}</strong>
          </span>
          <span class="line-amount">
            <strong>{money(line.revenue)}</strong>
            <small>
              {count(line.quantity)} × {money(line.unitPrice)}
            </small>
          </span>
        </summary>
        <dl>
          <div>
            <dt>{w.sale}</dt>
            <dd>
              {line.sale} · {w.line} {line.line}
            </dd>
          </div>
          <div>
            <dt>{w.discount}</dt>
            <dd>{money(line.discount)}</dd>
          </div>
          <div>
            <dt>{w.cost}</dt>
            <dd>{line.cost === null ? w.unknown : money(line.cost)}</dd>
          </div>
          <div>
            <dt>{w.from}</dt>
            <dd>
              {line.from.source}: {line.from.file.split('/').pop()?.split('#')[0]}
              {line.from.row > 0 && `, ${w.row} ${line.from.row}`}
            </dd>
          </div>
        </dl>
      </details>
    </li>
  )
}
