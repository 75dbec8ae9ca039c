import { useState } from 'preact/hooks'
import { count, day, money, monthName, percent } from '../format.ts'
import { lazy } from '../lazy.tsx'
import { useStore } from '../store.ts'
import { TableBox } from '../table-box.tsx'
import { themeOnShow } from '../theme.ts'
import { words } from '../words.ts'
import type { Ran } from './report.ts'
import { reportWords } from './words.ts'

const SeriesChart = lazy(() => import('../series-chart.tsx').then(module => module.SeriesChart))
const times: readonly string[] = ['day', 'week', 'month', 'year']

const rowsAtFirst = 50

/** What a report found: its first metric as a line or bars, and always the table with its total. */
export function Result({ ran, show }: { ran: Ran; show: 'table' | 'line' | 'bar' }) {
  const w = reportWords()
  const [most, setMost] = useState(rowsAtFirst)
  const more = ran.rows.length - most
  const lost = ran.linesFrom !== null && <p class="notice">{w.linesFrom(day(ran.linesFrom))}</p>
  if (ran.rows.length === 0) return lost || <p class="quiet pad">{w.empty}</p>
  return (
    <>
      {lost}
      {show === 'line' && <Line ran={ran} />}
      {show === 'bar' && <Bars ran={ran} />}
      {ran.cutOff && <p class="notice">{w.cutOff(count(ran.rows.length))}</p>}
      <TableBox>
        <table>
          <thead>
            <tr>
              {ran.columns.map(({ name, kind }) => (
                <th scope="col" class={kind === 'dimension' ? '' : 'amount'} key={name}>
                  {w.of[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ran.rows.slice(0, most).map((row, index) => (
              <Row ran={ran} row={row} key={index} />
            ))}
          </tbody>
          {ran.columns[0]?.kind === 'dimension' && (
            <tfoot class="report-total">
              <Row ran={ran} row={[w.total, ...ran.total.slice(1)]} />
            </tfoot>
          )}
        </table>
      </TableBox>
      {more > 0 && (
        <button type="button" class="plain more" onClick={() => setMost(most * 4)}>
          {words().table.more(count(more))}
        </button>
      )}
    </>
  )
}

function Row({ ran, row }: { ran: Ran; row: Ran['rows'][number] }) {
  return (
    <tr>
      {ran.columns.map(({ name, kind }, at) =>
        at === 0 && kind === 'dimension' ? (
          <th scope="row" class={times.includes(name) ? 'at' : undefined} key={name}>
            {textOf(row[at] ?? null, name, kind)}
          </th>
        ) : (
          <td class={kind !== 'dimension' ? 'amount' : times.includes(name) ? 'at' : ''} key={name}>
            {textOf(row[at] ?? null, name, kind)}
          </td>
        ),
      )}
    </tr>
  )
}

function Line({ ran }: { ran: Ran }) {
  const theme = useStore(themeOnShow)
  const w = reportWords()
  const { at, name, kind } = firstMetric(ran)
  const titles = ran.rows.map(row => textOf(row[0] ?? null, ran.columns[0]?.name ?? 'store', 'dimension'))
  const show = (value: number) => textOf(value, name, kind)
  const drawn = {
    labels: titles,
    titles,
    now: ran.rows.map(row => numberOf(row[at])),
    before: [],
    names: { now: w.of[name], before: '' },
    label: w.of[name],
    show,
    axis: show,
  }
  return (
    <div class="chart-box">
      <SeriesChart drawn={drawn} theme={theme} />
    </div>
  )
}

function Bars({ ran }: { ran: Ran }) {
  const { at, name, kind } = firstMetric(ran)
  const most = Math.max(0, ...ran.rows.map(row => Number(row[at] ?? 0)))
  return (
    <ol class="report-bars" aria-hidden="true">
      {ran.rows.slice(0, 20).map((row, index) => (
        <li key={index}>
          <span class="ellipsis">{textOf(row[0] ?? null, ran.columns[0]?.name ?? 'store', 'dimension')}</span>
          <span class="bar">
            <span style={{ width: `${most === 0 ? 0 : Math.max(0, (Number(row[at] ?? 0) / most) * 100)}%` }} />
          </span>
          <span class="amount">{textOf(row[at] ?? null, name, kind)}</span>
        </li>
      ))}
    </ol>
  )
}

function firstMetric({ columns }: Ran) {
  const at = columns.findIndex(({ kind }) => kind !== 'dimension')
  const column = columns[at]
  return { at, name: column?.name ?? ('revenue' as const), kind: column?.kind ?? 'money' }
}

function textOf(value: string | number | null, name: string, kind: string): string {
  if (value === null || value === '') return '–'
  switch (kind) {
    case 'money':
      return money(value)
    case 'share':
      return percent(Number(value))
    case 'number':
      return count(Number(value))
    default:
      return times.includes(name) && /^\d{4}-\d{2}-\d{2}$/.test(String(value))
        ? dayText(String(value), name)
        : String(value)
  }
}

function dayText(text: string, name: string): string {
  if (name === 'year') return text.slice(0, 4)
  return name === 'month' ? monthName(text.slice(0, 7)) : day(text)
}

/** A share or an average of nothing is no zero. */
function numberOf(value: string | number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}
