import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { openParts } from '#cli/parts.ts'
import { ingestion } from '#ingestion/main.ts'
import { presentation } from '#presentation/main.ts'
import { addPerson } from '#presentation/server/accounts.ts'
import { refreshCrossSell } from '#processing/insights/cross-sell/cross-sell.ts'
import { forecastMany } from '#processing/insights/forecast/many.ts'
import { refreshProjections } from '#processing/insights/projections/projections.ts'
import { loadSales } from '#processing/load/load-sales.ts'
import { processing } from '#processing/main.ts'
import { addDays, dayIn } from '#shared/day.ts'
import { silentLog } from '#shared/log.ts'
import type { Parts } from '#shared/parts.ts'
import type { Sale } from '#shared/records/sale.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { openMailbox } from '../test/parts/mailbox.ts'
import { pairTimes } from './basket.ts'
import { peerIsThere, speed } from './forecast.ts'
import { generateSales, randomOf } from './generate.ts'

const size = {
  lines: Number(process.env.BENCH_LINES ?? 1_000_000),
  series: Number(process.env.BENCH_SERIES ?? 10_000),
  stores: 700,
  rules: 500,
  linesPerSecond: 1_000,
  probes: 60,
}
const password = 'three words in a row'
const key = 'bench'

/** What the insights cost on a running chain: projections, pairs, look-ups, and the time from a sale told to `POST /v1/sales` to the message and the mail. */
export async function run(): Promise<void> {
  await manySeries()
  await besidePeers()
  const letters = new Map<string, number>()
  const mailbox = await openMailbox(({ raw }) => {
    const store = /P\d+-(S\d+)/.exec(raw)?.[1]
    if (store !== undefined && !letters.has(store)) letters.set(store, performance.now())
  })
  const keys = join(tmpdir(), `dataapp-bench-keys-${process.pid}`)
  writeFileSync(keys, `${key} bench\n`, { mode: 0o600 })
  const home = temporaryHome({
    DATAAPP_SMTP_URL: mailbox.url,
    DATAAPP_HTTP_KEYS: process.env.DATAAPP_HTTP_KEYS ?? keys,
  })
  const { close, ...parts } = await openParts(home.config, silentLog)
  try {
    await onWarehouse(parts)
    await inTime(parts, letters)
  } finally {
    await close()
    home.remove()
    rmSync(keys, { force: true })
    await mailbox.close()
  }
}

/** The engines alone, beside what Python people use. */
async function besidePeers(): Promise<void> {
  await speed(peerIsThere())
  const folder = mkdtempSync(join(tmpdir(), 'bench-pairs-'))
  try {
    await pairTimes(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function manySeries(): Promise<void> {
  const random = randomOf(7)
  const series = Array.from({ length: size.series }, () => {
    const level = 50 + 500 * random()
    return Float64Array.from({ length: 730 }, (_, day) => level * (1 + 0.3 * Math.sin(day)) * (0.6 + 0.8 * random()))
  })
  const began = performance.now()
  let longest = 0
  let last = performance.now()
  const beat = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 10)
    last = now
  }, 10)
  await forecastMany(series, { period: 7, horizon: 90, threads: 2 })
  clearInterval(beat)
  const share =
    size.series === 10_000
      ? '; limit 60 s'
      : ` (10,000 would take ${seconds(((performance.now() - began) * 10_000) / size.series)}; limit 60 s)`
  console.log(`${size.series} daily series of two years, 90 days with intervals, two threads`)
  console.log(
    `    ${seconds(performance.now() - began)}${share}; this process answered after at most ${longest.toFixed(0)} ms`,
  )
}

async function onWarehouse(parts: Parts): Promise<void> {
  const { warehouse, config } = parts
  const today = dayIn(config.DATAAPP_TIME_ZONE, new Date())
  const days = 90
  const shape = {
    lines: size.lines,
    stores: size.stores,
    products: 4_000,
    sellersPerStore: 6,
    customers: 20_000,
    linesPerSale: 8,
    days,
    firstDay: addDays(today, -days),
    seed: 1,
  }
  let batch: Sale[] = []
  const flush = async () => {
    await loadSales(warehouse, batch, async () => {})
    batch = []
  }
  for (const sale of generateSales(shape)) {
    batch.push(sale)
    if (batch.length >= 4_000) await flush()
  }
  await flush()
  console.log(`A chain of ${size.stores} stores, ${size.lines} lines in ${days} days`)
  const refresh = async (what: string) => {
    const began = performance.now()
    const done = await refreshProjections(warehouse, { today, country: 'BR', threads: 2 })
    console.log(
      `    projections, ${what}: ${done.forecast} of ${done.series} series in ${seconds(performance.now() - began)}`,
    )
  }
  await refresh('all')
  await refresh('nothing changed')
  const began = performance.now()
  await refreshCrossSell(warehouse, today, undefined)
  console.log(`    what is bought together and the next item, refreshed: ${seconds(performance.now() - began)}`)
}

/** From the sale that breaks a rule to the message and the mail, while other sales come in. */
async function inTime(parts: Parts, letters: Map<string, number>): Promise<void> {
  const person = await addPerson(parts.settings, { email: 'all@chain.example', name: 'All', role: 'admin', password })
  for (let i = 0; i < size.rules; i++) {
    const conditions = [
      { kind: 'weekdayFall', percent: 90 },
      { kind: 'belowAverage', percent: 95 },
      { kind: 'forecastBroken', interval: 95 },
    ]
    const rule =
      i === 0
        ? { scope: { kind: 'product' }, condition: { kind: 'marginBelow', percent: 0 }, channels: ['page', 'email'] }
        : { scope: { kind: 'store', stores: [`S${i}`, `S${i + 100}`] }, condition: conditions[i % 3], forMinutes: 60 }
    const full = { id: `bench ${i}`, owner: person.id, name: `Rule ${i}`, ...rule }
    await parts.settings.query('INSERT INTO alert_rules (id, owner, rule) VALUES ($1, $2, $3)', [
      full.id,
      person.id,
      JSON.stringify(full),
    ])
  }
  const tiers = [await ingestion(parts), await processing(parts)]
  const shown = await presentation(parts)
  const door = tiers[0]?.url ?? ''
  const messages = new Map<string, number>()
  const socket = await listenAs(shown.url, messages)
  // A start reads the count into memory first; what is asked meanwhile comes from the warehouse.
  await sleep(8_000)
  await lookups(shown.url, socket.cookie)
  const stopping = new AbortController()
  const background = press(door, parts.config.DATAAPP_TIME_ZONE, stopping.signal)
  await sleep(5_000)
  const told = new Map<string, number>()
  for (let i = 0; i < size.probes; i++) {
    const store = `S${600 + i}`
    told.set(store, performance.now())
    await post(door, [saleNow(parts.config.DATAAPP_TIME_ZONE, store, `probe-${i}`, 1, 10, 12)])
    await sleep(500)
  }
  const until = Date.now() + 30_000
  while ((messages.size < size.probes || letters.size < size.probes) && Date.now() < until) await sleep(50)
  stopping.abort()
  const sent = await background
  report('message on the page', told, messages)
  report('mail at the server', told, letters)
  console.log(`    meanwhile ${sent.lines} other lines were told in ${seconds(sent.ms)}`)
  socket.close()
  await shown.stop()
  for (const tier of tiers.reverse()) await tier.stop()
}

function report(what: string, told: ReadonlyMap<string, number>, heard: ReadonlyMap<string, number>): void {
  const times = [...told].flatMap(([store, at]) => {
    const then = heard.get(store)
    return then === undefined ? [] : [then - at]
  })
  console.log(
    `    ${what}: ${times.length} of ${told.size}, p50 ${quantile(times, 0.5)}, p99 ${quantile(times, 0.99)}; limit p99 5 s`,
  )
}

async function lookups(url: string, cookie: string): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < 300; i++) {
    const began = performance.now()
    const answer = await fetch(`${url}/api/v1/insights/bought-with?product=P${i * 3}&store=S${i % 700}`, {
      headers: { cookie },
    })
    await answer.arrayBuffer()
    if (answer.ok) times.push(performance.now() - began)
  }
  console.log(
    `    often bought together through the API, ${times.length} products not asked before: p50 ${quantile(times, 0.5)}, p95 ${quantile(times, 0.95)}; limit p95 20 ms`,
  )
}

async function listenAs(url: string, messages: Map<string, number>) {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'all@chain.example', password }),
  })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { cookie } })
  socket.on('message', text => {
    const now = performance.now()
    const { type, event, alert } = JSON.parse(String(text))
    if (type !== 'alert' || event !== 'fired' || alert.rule !== 'bench 0') return
    for (const { subject } of alert.breaches) if (!messages.has(subject.store)) messages.set(subject.store, now)
  })
  await once(socket, 'open')
  return { cookie, close: () => socket.close() }
}

function saleNow(zone: string, store: string, sale: string, lines: number, price: number, cost: number) {
  const now = new Date()
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' }).format(now)
  const soldAt = `${dayIn(zone, now)}T${clock}`
  return {
    store,
    sale,
    soldAt,
    seller: 'V1',
    lines: Array.from({ length: lines }, (_, i) => ({
      product: `P${i}-${store}`,
      quantity: 1,
      unitPrice: String(price),
      cost: String(cost),
    })),
  }
}

async function post(door: string, sales: unknown): Promise<void> {
  const answer = await fetch(`${door}/v1/sales`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(sales),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`POST /v1/sales answered ${answer.status}: ${text}`)
}

async function press(door: string, zone: string, signal: AbortSignal): Promise<{ lines: number; ms: number }> {
  const began = performance.now()
  const each = 8
  let lines = 0
  let number = 0
  while (!signal.aborted) {
    const due = ((performance.now() - began) / 1000) * size.linesPerSecond - lines
    const sales = Array.from({ length: Math.min(200, Math.floor(due / each)) }, () => {
      number++
      return saleNow(zone, `S${number % 600}`, `press-${number}`, each, 20, 10)
    })
    if (sales.length > 0) await post(door, sales)
    lines += sales.length * each
    await sleep(100)
  }
  return { lines, ms: performance.now() - began }
}

const quantile = (values: readonly number[], share: number): string => {
  const sorted = [...values].sort((a, b) => a - b)
  return `${(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(0)} ms`
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
