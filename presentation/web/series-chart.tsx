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
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale, Filler, Tooltip)

export type Drawn = {
  labels: string[]
  now: number[]
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

  useLayoutEffect(() => {
    if (canvas.current === null) return
    const known = chart.current
    if (known === undefined) {
      const options = { ...optionsOf(drawn), animation: false } as const
      chart.current = new Chart(canvas.current, { type: 'line', data: dataOf(drawn), options })
      return
    }
    const still = known.data.labels?.length !== drawn.labels.length || prefersStillness()
    const { labels, datasets } = dataOf(drawn)
    known.data.labels = labels ?? []
    known.data.datasets = datasets.map((dataset, index) => ({ ...known.data.datasets[index], ...dataset }))
    known.options = optionsOf(drawn)
    known.update(still ? 'none' : 'default')
  }, [drawn, theme])
  useEffect(() => () => chart.current?.destroy(), [])

  return <canvas ref={canvas} role="img" aria-label={drawn.label} />
}

const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches

function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement)
  return name => style.getPropertyValue(name).trim()
}

function dataOf(drawn: Drawn): ChartData<'line', (number | null)[]> {
  const colour = colours()
  const [accent, before] = [colour('--accent'), colour('--before')]
  const few = drawn.labels.length < 3
  return {
    labels: drawn.labels,
    datasets: [
      {
        label: drawn.names.now,
        data: drawn.now,
        borderColor: accent,
        backgroundColor: colour('--accent-wash'),
        borderWidth: 2,
        pointRadius: few ? 4 : 0,
        pointHoverRadius: 5,
        pointBackgroundColor: accent,
        pointHoverBorderColor: colour('--raised'),
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

function optionsOf(drawn: Drawn): ChartOptions<'line'> {
  const colour = colours()
  const quiet = colour('--ink-quiet')
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 }
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
        ticks: { color: quiet, font, maxRotation: 0, autoSkipPadding: 24 },
      },
      y: {
        border: { display: false },
        grid: { color: colour('--line-faint'), drawTicks: false },
        ticks: { color: quiet, font, padding: 8, maxTicksLimit: 5, callback: value => drawn.axis(Number(value)) },
        beginAtZero: true,
      },
    },
    plugins: {
      tooltip: {
        backgroundColor: colour('--raised'),
        titleColor: quiet,
        bodyColor: colour('--ink'),
        borderColor: colour('--line'),
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
