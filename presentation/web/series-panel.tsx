import { useEffect, useMemo, useState } from 'preact/hooks'
import { overviewQuery } from '#presentation/address.ts'
import { type Grain, grainOf, grainsOf } from '#presentation/period.ts'
import type { Series, Summary } from '../server/figures-schema.ts'
import { askAhead } from './ahead.ts'
import { arrived } from './arrived.ts'
import { amountOf, axisText, exactText, type FigureName } from './figure.ts'
import { noteDrawn } from './first-drawn.ts'
import { bucket, period as periodText, shortPeriod, weekdayAndDay } from './format.ts'
import { Icon } from './icon.tsx'
import { lazy } from './lazy.tsx'
import { changedQuery, go, withQuery } from './location.ts'
import { Choices, Popover } from './popover.tsx'
import type { Drawn } from './series-chart.tsx'
import { useStore } from './store.ts'
import { TableBox } from './table-box.tsx'
import { themeOnShow } from './theme.ts'
import { locale, words } from './words.ts'

const SeriesChart = lazy(() => import('./series-chart.tsx').then(module => module.SeriesChart))

type Given = {
  series: Series
  summary: Summary
  figure: FigureName
  /** The last day with data. */
  last: string
}

/** One figure over time as a chart, with the same numbers as a table behind it. */
export function SeriesPanel({ series, summary, figure, last }: Given) {
  const w = words()
  const [asTable, setAsTable] = useState(false)
  const theme = useStore(themeOnShow)
  const compared = figure === 'revenue' || figure === 'margin'
  const language = locale()
  const nothing = isNothing(series)
  const drawn = useMemo<Drawn>(
    () => drawnOf({ series, summary, figure, last }),
    [series, summary, figure, last, language],
  )
  return (
    <section class="series" aria-label={w.chart.over(w.figures[figure])}>
      <div class="series-head">
        <p class="legend">
          <span class="key key-now">{shortPeriod(summary, summary.to)}</span>
          {compared && <span class="key key-before">{shortPeriod(summary.comparison, summary.to)}</span>}
        </p>
        {!nothing && (
          <div class="series-ways">
            <GrainChoice series={series} />
            <button type="button" class="ghost" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              <Icon name={asTable ? 'chart' : 'table'} size={18} />
              <span class="wide-only">{asTable ? w.chart.chart : w.chart.table}</span>
              <span class="sr-only narrow-only">{asTable ? w.chart.chart : w.chart.table}</span>
            </button>
          </div>
        )}
      </div>
      {nothing ? (
        <NoSeries />
      ) : asTable ? (
        <SeriesTable drawn={drawn} series={series} compared={compared} />
      ) : (
        <div class="chart-box">
          <SeriesChart drawn={drawn} theme={`${theme}`} />
        </div>
      )}
    </section>
  )
}

/** A line along zero would say that something was sold. */
function NoSeries() {
  useEffect(noteDrawn, [])
  return <p class="chart-box chart-none quiet">{words().empty.title}</p>
}

function isNothing({ points, comparison }: Series): boolean {
  return points.every(({ lines }) => lines === 0) && comparison.every(({ revenue }) => Number(revenue) === 0)
}

/** By day, week, month or year, as far as the period has room for it. */
function GrainChoice({ series }: { series: Series }) {
  const w = words().chart
  const choices = grainsOf(series)
  const grainQuery = (grain: Grain) => ({ grain: grain === grainOf(series) ? undefined : grain })
  if (choices.length < 2) return null
  return (
    <Popover
      label={`${w.grain}: ${w.by[series.grain]}`}
      class="ghost"
      align="end"
      face={
        <>
          <span>{w.by[series.grain]}</span>
          <Icon name="down" size={16} />
        </>
      }
    >
      {close => (
        <Choices
          label={w.grain}
          chosen={series.grain}
          choices={choices.map(value => ({ value, text: w.by[value] }))}
          choose={value => {
            close()
            go(withQuery(grainQuery(value)), 'replace')
          }}
          near={value => askAhead(`/api/v1/overview${overviewQuery(changedQuery(grainQuery(value)))}`)}
        />
      )}
    </Popover>
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
              <td class="amount">{cellText(drawn, drawn.now[index])}</td>
              {compared && <td class="amount quiet">{cellText(drawn, drawn.before[index])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

function cellText({ show }: Drawn, value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : show(value)
}

function drawnOf({ series, summary, figure, last }: Given): Drawn {
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
    now: arrived(points, last, point => amountOf(point, figure)),
    before:
      figure === 'revenue' || figure === 'margin'
        ? arrived(comparison.slice(0, points.length), last, point => Number(point[figure]))
        : [],
    names: { now: w.chart.this, before: periodText(summary.comparison) },
    label: w.chart.over(w.figures[figure]),
    show: exactText(figure),
    axis: axisText(figure),
  }
}
