import { useMemo, useState } from 'preact/hooks'
import type { Series, Summary } from '../server/figures-schema.ts'
import { amountOf, axisText, exactText, type FigureName } from './figure.ts'
import { bucket, period as periodText, weekdayAndDay } from './format.ts'
import { Icon } from './icon.tsx'
import { lazy } from './lazy.tsx'
import type { Drawn } from './series-chart.tsx'
import { useStore } from './store.ts'
import { TableBox } from './table-box.tsx'
import { themeOnShow } from './theme.ts'
import { locale, words } from './words.ts'

const SeriesChart = lazy(() => import('./series-chart.tsx').then(module => module.SeriesChart))

/** One figure over time as a chart, with the same numbers as a table behind it. */
export function SeriesPanel({ series, summary, figure }: { series: Series; summary: Summary; figure: FigureName }) {
  const w = words()
  const [asTable, setAsTable] = useState(false)
  const theme = useStore(themeOnShow)
  const compared = figure === 'revenue' || figure === 'margin'
  const language = locale()
  const drawn = useMemo<Drawn>(() => drawnOf(series, summary, figure), [series, summary, figure, language])
  return (
    <section class="series" aria-label={w.chart.over(w.figures[figure])}>
      <div class="series-head">
        <p class="legend">
          <span class="key key-now">{periodText(summary)}</span>
          {compared && <span class="key key-before">{periodText(summary.comparison)}</span>}
        </p>
        <button type="button" class="ghost" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          <Icon name={asTable ? 'chart' : 'table'} size={18} />
          <span class="wide-only">{asTable ? w.chart.chart : w.chart.table}</span>
          <span class="sr-only narrow-only">{asTable ? w.chart.chart : w.chart.table}</span>
        </button>
      </div>
      {asTable ? (
        <SeriesTable drawn={drawn} series={series} compared={compared} />
      ) : (
        <div class="chart-box">
          <SeriesChart drawn={drawn} theme={`${theme}`} />
        </div>
      )}
    </section>
  )
}

function SeriesTable({ drawn, series, compared }: { drawn: Drawn; series: Series; compared: boolean }) {
  const w = words().chart
  return (
    <TableBox>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.day[series.grain]}</th>
            <th scope="col" class="amount">
              {w.this}
            </th>
            {compared && (
              <th scope="col" class="amount">
                {w.before}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {drawn.labels.map((_, index) => (
            <tr key={drawn.titles[index]}>
              <th scope="row">{drawn.titles[index]}</th>
              <td class="amount">{drawn.show(drawn.now[index] ?? 0)}</td>
              {compared && <td class="amount quiet">{drawn.show(drawn.before[index] ?? 0)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

function drawnOf(series: Series, summary: Summary, figure: FigureName): Drawn {
  const w = words()
  const { grain, points, comparison } = series
  return {
    labels: points.map(point => bucket(point.day, grain)),
    titles: points.map(point =>
      grain === 'day'
        ? weekdayAndDay(point.day)
        : grain === 'week'
          ? `${w.chart.day.week} ${bucket(point.day, grain)}`
          : bucket(point.day, grain),
    ),
    now: points.map(point => amountOf(point, figure)),
    before:
      figure === 'revenue' || figure === 'margin'
        ? points.map((_, index) => (comparison[index] === undefined ? null : Number(comparison[index][figure])))
        : [],
    names: { now: w.chart.this, before: periodText(summary.comparison) },
    label: w.chart.over(w.figures[figure]),
    show: exactText(figure),
    axis: axisText(figure),
  }
}
