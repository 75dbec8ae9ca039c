import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type Forecast, forecastSeries, type Method } from '#processing/insights/forecast/forecast.ts'
import { type Node, reconcile } from '#processing/insights/forecast/hierarchy.ts'
import { forecastMany } from '#processing/insights/forecast/many.ts'
import { seasonalNaive } from '#processing/insights/forecast/naive.ts'

type Named = { readonly id: string; readonly values: Float64Array }
/** A set of series and the places in them to forecast from: the last `origins`, `stride` steps apart. */
type Trial = {
  readonly name: string
  readonly period: number
  readonly horizon: number
  readonly origins: number
  readonly stride: number
  readonly series: readonly Named[]
}
type Task = { readonly id: string; readonly known: Float64Array; readonly actual: Float64Array }
type Score = { mase: number; wape: number; in80: number; in95: number }

const peer = fileURLToPath(new URL('./peers/forecast.py', import.meta.url))
const samples = process.env.BENCH_DATA ?? fileURLToPath(new URL('../samples', import.meta.url))

/** `npm run bench -- forecast`: rolling backtests on real sales, levels that add up, and speed; beside statsforecast where Python has it. */
export async function run(): Promise<void> {
  const trials = [...adventureWorks(), ...onlineRetail()]
  const hasPeer = peerIsThere()
  for (const trial of trials) await accuracy(trial, hasPeer)
  for (const trial of trials.slice(0, 1)) levels(trial)
  await speed(hasPeer)
}

async function accuracy(trial: Trial, hasPeer: boolean): Promise<void> {
  const tasks = tasksOf(trial)
  const { period, horizon } = trial
  const rows = new Map<string, Score>()
  const naive = tasks.map(task => seasonalNaive(task.known, period, horizon).values)
  for (const method of ['default', 'theta', 'damped', 'seasonal-mean'] satisfies Method[]) {
    const forecasts = await forecastMany(
      tasks.map(task => task.known),
      { period, horizon, method },
    )
    rows.set(
      method,
      score(
        tasks,
        period,
        forecasts.map(forecast => forecast.values),
        forecasts,
      ),
    )
  }
  if (hasPeer) {
    for (const [name, values] of await askPeer(tasks, period, horizon))
      rows.set(`statsforecast ${name}`, score(tasks, period, values))
  }
  const base = score(tasks, period, naive)
  console.log(
    `\n${trial.name}: ${trial.series.length} series, ${tasks.length} forecasts of ${horizon} steps, period ${period}`,
  )
  console.log('  method                                 MASE   ÷ naive   WAPE   ÷ naive   in 80 %   in 95 %')
  console.log(line('seasonal naive', base, base))
  for (const [name, own] of rows) console.log(line(name, own, base))
}

function line(name: string, own: Score, base: Score): string {
  const share = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3)).padStart(7)
  const cells = [own.mase, own.mase / base.mase, own.wape, own.wape / base.wape, own.in80, own.in95].map(share)
  return `  ${name.padEnd(34)} ${cells.join('  ')}`
}

function tasksOf(trial: Trial): Task[] {
  return trial.series.flatMap(({ id, values }) =>
    Array.from({ length: trial.origins }, (_, k) => values.length - trial.horizon - k * trial.stride)
      .filter(origin => origin > 2 * trial.period && values.subarray(0, origin).some(value => value !== 0))
      .map(origin => ({
        id: `${id}@${origin}`,
        known: values.slice(0, origin),
        actual: values.slice(origin, origin + trial.horizon),
      })),
  )
}

/** MASE is averaged over forecasts (scale: the in-sample seasonal naive error before each origin), WAPE is over all of them. */
function score(
  tasks: readonly Task[],
  period: number,
  said: readonly Float64Array[],
  intervals: readonly Forecast[] = [],
): Score {
  let scaled = 0
  let forecasts = 0
  let errors = 0
  let size = 0
  let in80 = 0
  let in95 = 0
  let steps = 0
  tasks.forEach((task, t) => {
    let error = 0
    task.actual.forEach((actual, j) => {
      error += Math.abs(actual - (said[t]?.[j] ?? 0))
      size += Math.abs(actual)
      steps++
      const edges = intervals[t]
      if (edges === undefined) return
      if (actual >= (edges.lo80[j] ?? 0) && actual <= (edges.hi80[j] ?? 0)) in80++
      if (actual >= (edges.lo95[j] ?? 0) && actual <= (edges.hi95[j] ?? 0)) in95++
    })
    errors += error
    let scale = 0
    for (let i = period; i < task.known.length; i++)
      scale += Math.abs((task.known[i] ?? 0) - (task.known[i - period] ?? 0))
    scale /= task.known.length - period
    if (scale === 0) return
    scaled += error / task.actual.length / scale
    forecasts++
  })
  const share = (count: number): number => (intervals.length === 0 ? Number.NaN : count / steps)
  return { mase: scaled / forecasts, wape: errors / size, in80: share(in80), in95: share(in95) }
}

/** What adding up costs or brings: WAPE of chain and parts, from the parts up and from the top down. */
function levels(trial: Trial): void {
  const [chain, ...parts] = trial.series
  if (chain === undefined) return
  const { period, horizon } = trial
  const wape = { chain: { alone: 0, agreed: 0 }, parts: { agreed: 0, topDown: 0 } }
  let chainSize = 0
  let partSize = 0
  for (let k = 0; k < trial.origins; k++) {
    const origin = chain.values.length - horizon - k * trial.stride
    const node = ({ id, values }: Named): Node => ({
      id,
      history: values.subarray(0, origin),
      forecast: forecastSeries(values.slice(0, origin), { period, horizon }).values,
      children: [],
    })
    const root: Node = { ...node(chain), children: parts.map(node) }
    const agreed = reconcile(root)
    for (let j = 0; j < horizon; j++) {
      const actual = chain.values[origin + j] ?? 0
      chainSize += Math.abs(actual)
      const fromTop = (root.forecast[j] ?? 0) / (agreed.get(chain.id)?.[j] ?? 1)
      wape.chain.alone += Math.abs(actual - (root.forecast[j] ?? 0))
      wape.chain.agreed += Math.abs(actual - (agreed.get(chain.id)?.[j] ?? 0))
      parts.forEach(({ id, values }) => {
        const part = values[origin + j] ?? 0
        partSize += Math.abs(part)
        const own = agreed.get(id)?.[j] ?? 0
        wape.parts.agreed += Math.abs(part - own)
        wape.parts.topDown += Math.abs(part - own * fromTop)
      })
    }
  }
  const figure = (sum: number, size: number): string => (sum / size).toFixed(3)
  console.log(`\n${trial.name}: levels that add up, WAPE`)
  const { chain: top, parts: below } = wape
  console.log(
    `  chain: sum of its parts ${figure(top.agreed, chainSize)}, its own forecast ${figure(top.alone, chainSize)}`,
  )
  console.log(
    `  parts: as summed ${figure(below.agreed, partSize)}, scaled to the chain's own ${figure(below.topDown, partSize)}`,
  )
}

/** A thousand series, beside statsforecast. */
export async function speed(hasPeer: boolean): Promise<void> {
  const count = 1000
  const week = [1, 0.9, 0.95, 1, 1.3, 1.6, 0.7]
  const series = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: 730 }, (_, i) => {
      const noise = Math.sin(k * 78.233 + i * 12.9898) * 43758.5453
      return (100 + k) * (week[i % 7] ?? 1) * (1 + i / 3000) * (0.6 + 0.8 * (noise - Math.floor(noise)))
    }),
  )
  const start = performance.now()
  await forecastMany(series, { period: 7, horizon: 28 })
  const own = (performance.now() - start) / 1000
  console.log(`\nSpeed: ${count} daily series of two years, intervals and backtest of ten origins: ${own.toFixed(1)} s`)
  console.log(
    `  10,000 would take ${(own * 10).toFixed(0)} s of the 60 s allowed (ratio ${((own * 10) / 60).toFixed(2)})`,
  )
  if (!hasPeer) return
  const tasks = series.slice(0, 200).map((known, k) => ({ id: `s${k}`, known, actual: known.slice(0, 28) }))
  const before = performance.now()
  const { seconds } = await runPeer(tasks, 7, 28)
  const theirs = (seconds / tasks.length) * count
  console.log(
    `  statsforecast, three models without intervals or backtest, same count: ${theirs.toFixed(1)} s (with its start ${((performance.now() - before) / 1000).toFixed(0)} s); ours ÷ theirs ${(own / theirs).toFixed(2)}`,
  )
}

function adventureWorks(): Trial[] {
  const file = join(samples, 'adventureworks', 'Sales.csv')
  if (!existsSync(file)) return skip('AdventureWorks', file)
  const months = new Map<string, number>()
  const cells = new Map<string, Map<string, number>>()
  const [head = '', ...rows] = readFileSync(file, 'utf8').split(/\r?\n/)
  const columns = head.replace('\uFEFF', '').split('|')
  const column = (name: string): number => columns.indexOf(name)
  const lines = rows.filter(row => row !== '').map(row => row.split('|'))
  const monthOf = (cells: string[]): string => (cells[column('OrderDate')] ?? '').slice(0, 7)
  for (const month of [...new Set(lines.map(monthOf))].sort()) months.set(month, months.size)
  for (const fields of lines) {
    for (const id of ['chain', fields[column('EmployeeKey')] ?? ''])
      add(cells, id, monthOf(fields), Number(fields[column('Sales')]))
  }
  return [
    {
      name: 'AdventureWorks, months, chain and sellers',
      period: 12,
      horizon: 3,
      origins: 9,
      stride: 1,
      series: table(cells, months, 1),
    },
  ]
}

function onlineRetail(): Trial[] {
  const folder = join(samples, 'online-retail')
  const name = existsSync(folder) ? readdirSync(folder).find(file => file.endsWith('.csv.gz')) : undefined
  if (name === undefined) return skip('Online Retail', join(folder, '*.csv.gz'))
  const cells = new Map<string, Map<string, number>>()
  const products = new Map<string, Map<string, number>>()
  const [, ...rows] = gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .split(/\r?\n/)
  const days = new Set<string>()
  for (const row of rows) {
    // Invoice, product code, description (may hold commas), quantity, date, price, customer, country: read from both ends.
    const fields = row.split(',')
    const [country = '', , price = '', date = '', quantity = ''] = fields.toReversed()
    if (fields.length < 8) continue
    const day = date.slice(0, 10)
    const amount = Number(quantity) * Number(price)
    if (!Number.isFinite(amount)) continue
    days.add(day)
    add(cells, 'all', day, amount)
    add(cells, country, day, amount)
    add(products, fields[1] ?? '', day, amount)
  }
  const first = Date.parse([...days].sort()[0] ?? '')
  const last = Date.parse([...days].sort().at(-1) ?? '')
  const calendar = new Map<string, number>()
  for (let day = first; day <= last; day += 86_400_000)
    calendar.set(new Date(day).toISOString().slice(0, 10), calendar.size)
  const shape = { period: 7, horizon: 14, origins: 7, stride: 14 }
  return [
    {
      name: 'Online Retail, days, all and largest countries',
      ...shape,
      series: largest(table(cells, calendar, 60), 7),
    },
    {
      name: 'Online Retail, days, 100 largest products',
      ...shape,
      series: largest(table(products, calendar, 60), 100),
    },
  ]
}

function skip(what: string, file: string): Trial[] {
  console.log(`SKIPPED ${what}: no ${file} (BENCH_DATA names the folder)`)
  return []
}

function add(cells: Map<string, Map<string, number>>, id: string, key: string, amount: number): void {
  const own = cells.get(id) ?? new Map<string, number>()
  cells.set(id, own.set(key, (own.get(key) ?? 0) + amount))
}

/** One dense series an id that has at least `filled` steps with sales. */
function table(cells: Map<string, Map<string, number>>, calendar: Map<string, number>, filled: number): Named[] {
  return [...cells]
    .filter(([, own]) => own.size >= filled)
    .map(([id, own]) => {
      const values = new Float64Array(calendar.size)
      for (const [key, amount] of own) values[calendar.get(key) ?? 0] = amount
      return { id, values }
    })
}

function largest(series: readonly Named[], count: number): Named[] {
  const total = ({ values }: Named): number => values.reduce((sum, value) => sum + value, 0)
  return series.toSorted((a, b) => total(b) - total(a)).slice(0, count)
}

const python = process.env.PYTHON ?? 'python3'

export function peerIsThere(): boolean {
  try {
    execFileSync(python, ['-c', 'import statsforecast'], { stdio: 'ignore' })
    return true
  } catch {
    console.log(`SKIPPED the peer: ${python} has no statsforecast (PYTHON names another interpreter)`)
    return false
  }
}

async function askPeer(tasks: readonly Task[], period: number, horizon: number): Promise<Map<string, Float64Array[]>> {
  return (await runPeer(tasks, period, horizon)).forecasts
}

async function runPeer(
  tasks: readonly Task[],
  period: number,
  horizon: number,
): Promise<{ forecasts: Map<string, Float64Array[]>; seconds: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'dataapp-bench-'))
  try {
    const rows = tasks.flatMap(({ known }, t) => Array.from(known, (value, i) => `${t},${i + 1},${value}`))
    await writeFile(join(folder, 'in.csv'), `unique_id,ds,y\n${rows.join('\n')}\n`)
    const said = execFileSync(python, [peer, folder, String(period), String(horizon)], { encoding: 'utf8' })
    const [head = '', ...body] = (await readFile(join(folder, 'out.csv'), 'utf8')).trim().split('\n')
    const names = head.split(',').slice(2)
    const forecasts = new Map(names.map(name => [name, tasks.map(() => new Float64Array(horizon))]))
    for (const row of body) {
      const [task = '', step = '', ...values] = row.split(',')
      names.forEach((name, m) => {
        const steps = forecasts.get(name)?.[Number(task)]
        if (steps !== undefined) steps[Number(step) - (tasks[Number(task)]?.known.length ?? 0) - 1] = Number(values[m])
      })
    }
    return { forecasts, seconds: Number(said.trim().split('\n').at(-1)) }
  } finally {
    await rm(folder, { recursive: true })
  }
}
