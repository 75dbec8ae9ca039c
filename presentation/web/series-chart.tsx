import {
  CategoryScale,
  Chart,
  type ChartData,
  type ChartOptions,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { noteDrawn } from './first-drawn.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale, Filler, Tooltip)

/** Where the first drawing takes longer, the line jumps instead of moving: two dozen frames would hold up what somebody does meanwhile. */
const slowMs = 150

export type Drawn = {
  labels: string[]
  /** Null where nothing is known: the line ends there. */
  now: (number | null)[]
  before: (number | null)[]
  names: { now: string; before: string }
  /** Titles of the tooltip, one per point. */
  titles: string[]
  label: string
  show: (value: number) => string
  axis: (value: number) => string
}

/** The line over time with its comparison. Decoration for the eye: the same data stands in a table for everybody else. */
export function SeriesChart({ drawn, theme }: { drawn: Drawn; theme: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const chart = useRef<Chart<'line', (number | null)[]> | undefined>(undefined)
  const shown = useRef<{ drawn: Drawn; palette: Palette } | undefined>(undefined)

  const isSlow = useRef(false)

  // A theme has other colours under the same names.
  const palette = useMemo(paletteNow, [theme])

  useLayoutEffect(() => {
    if (canvas.current === null) return
    const options = { ...optionsOf(drawn, palette), animation: false } as const
    const began = performance.now()
    chart.current = new Chart(canvas.current, { type: 'line', data: dataOf(drawn, palette), options })
    isSlow.current = performance.now() - began > slowMs
    shown.current = { drawn, palette }
    noteDrawn()
    return () => chart.current?.destroy()
  }, [])

  // After the paint: the figures beside it stand before the line moves.
  useEffect(() => {
    const known = chart.current
    if (known === undefined || (shown.current?.drawn === drawn && shown.current.palette === palette)) return
    shown.current = { drawn, palette }
    const still = known.data.labels?.length !== drawn.labels.length || isSlow.current || prefersStillness()
    const { labels, datasets } = dataOf(drawn, palette)
    known.data.labels = labels ?? []
    known.data.datasets = datasets.map((dataset, index) => ({ ...known.data.datasets[index], ...dataset }))
    known.options = optionsOf(drawn, palette)
    known.update(still ? 'none' : 'default')
  }, [drawn, palette])

  return <canvas ref={canvas} role="img" aria-label={drawn.label} />
}

const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches

type Palette = Record<
  'accent' | 'accentWash' | 'before' | 'raised' | 'quiet' | 'ink' | 'faint' | 'line' | 'family',
  string
>

/** The page's colours and font as they are: asked once per theme, because each time the page is laid out for the answer. */
function paletteNow(): Palette {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  return {
    accent: colour('--accent'),
    accentWash: colour('--accent-wash'),
    before: colour('--before'),
    raised: colour('--raised'),
    quiet: colour('--ink-quiet'),
    ink: colour('--ink'),
    faint: colour('--line-faint'),
    line: colour('--line'),
    family: getComputedStyle(document.body).fontFamily,
  }
}

function dataOf(drawn: Drawn, { accent, accentWash, before, raised }: Palette): ChartData<'line', (number | null)[]> {
  // Points make no line of their own when there is one of them or two.
  const few = drawn.now.filter(value => value !== null).length < 3
  return {
    labels: drawn.labels,
    datasets: [
      {
        label: drawn.names.now,
        data: drawn.now,
        borderColor: accent,
        backgroundColor: accentWash,
        borderWidth: 2,
        pointRadius: few ? 4 : 0,
        pointHoverRadius: 5,
        pointBackgroundColor: accent,
        pointHoverBorderColor: raised,
        pointHoverBorderWidth: 2,
        borderJoinStyle: 'round',
        fill: true,
      },
      {
        label: drawn.names.before,
        data: drawn.before,
        borderColor: before,
        borderDash: [4, 4],
        borderWidth: 1.5,
        pointRadius: few ? 3 : 0,
        pointHoverRadius: 4,
        pointBackgroundColor: before,
        fill: false,
      },
    ],
  }
}

function optionsOf(drawn: Drawn, palette: Palette): ChartOptions<'line'> {
  const { quiet } = palette
  const font = { family: palette.family, size: 12 }
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: { duration: 400, easing: 'easeOutCubic' },
    interaction: { mode: 'index', intersect: false },
    layout: { padding: { top: 8, right: 4 } },
    scales: {
      x: {
        border: { display: false },
        grid: { display: false },
        ticks: { color: quiet, font, maxRotation: 0, autoSkipPadding: 24, sampleSize: 8 },
      },
      y: {
        border: { display: false },
        grid: { color: palette.faint, drawTicks: false },
        ticks: { color: quiet, font, padding: 8, maxTicksLimit: 5, callback: value => drawn.axis(Number(value)) },
        beginAtZero: true,
      },
    },
    plugins: {
      tooltip: {
        backgroundColor: palette.raised,
        titleColor: quiet,
        bodyColor: palette.ink,
        borderColor: palette.line,
        borderWidth: 1,
        padding: 12,
        cornerRadius: 8,
        boxWidth: 8,
        boxHeight: 8,
        usePointStyle: true,
        titleFont: { ...font, weight: 500 },
        bodyFont: { ...font, size: 13 },
        callbacks: {
          title: items => drawn.titles[items[0]?.dataIndex ?? 0] ?? '',
          label: item => ` ${item.dataset.label}: ${drawn.show(item.parsed.y ?? 0)}`,
        },
      },
    },
  }
}
