import { CategoryScale, Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js'
import { useEffect, useRef } from 'preact/hooks'

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

  useEffect(() => {
    if (canvas.current === null) return
    const made = new Chart<'line', (number | null)[]>(canvas.current, {
      type: 'line',
      data: { labels: [], datasets: [] },
    })
    chart.current = made
    return () => made.destroy()
  }, [])

  useEffect(() => {
    const made = chart.current
    if (made === undefined) return
    const known = made.data.labels?.length === drawn.labels.length && made.data.datasets.length > 0
    draw(made, drawn)
    made.update(known && !matchMedia('(prefers-reduced-motion: reduce)').matches ? 'default' : 'none')
  }, [drawn, theme])

  return <canvas ref={canvas} role="img" aria-label={drawn.label} />
}

function draw(chart: Chart<'line', (number | null)[]>, drawn: Drawn): void {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const [ink, quiet, line, accent, soft, before, surface] = [
    '--ink',
    '--ink-quiet',
    '--line-faint',
    '--accent',
    '--accent-wash',
    '--before',
    '--raised',
  ].map(colour)
  const few = drawn.labels.length < 3
  const [now, then] = chart.data.datasets
  chart.data.labels = drawn.labels
  const nowSet = {
    ...now,
    label: drawn.names.now,
    data: drawn.now,
    borderColor: accent,
    backgroundColor: soft,
    borderWidth: 2,
    pointRadius: few ? 4 : 0,
    pointHoverRadius: 5,
    pointBackgroundColor: accent,
    pointHoverBorderColor: surface,
    pointHoverBorderWidth: 2,
    borderJoinStyle: 'round' as const,
    fill: true,
  }
  const thenSet = {
    ...then,
    label: drawn.names.before,
    data: drawn.before,
    borderColor: before,
    borderDash: [4, 4],
    borderWidth: 1.5,
    pointRadius: few ? 3 : 0,
    pointHoverRadius: 4,
    pointBackgroundColor: before,
    fill: false,
  }
  chart.data.datasets = [nowSet, thenSet]
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 }
  chart.options = {
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
        grid: { color: line, drawTicks: false },
        ticks: { color: quiet, font, padding: 8, maxTicksLimit: 5, callback: value => drawn.axis(Number(value)) },
        beginAtZero: true,
      },
    },
    plugins: {
      tooltip: {
        backgroundColor: surface,
        titleColor: quiet,
        bodyColor: ink,
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
