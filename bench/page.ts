import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type RunningDataApp, startDataApp } from '../test/parts/dataapp.ts'
import { barePage } from './peers/bare-page.ts'

const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium'
const rounds = Number(process.env.DATAAPP_BENCH_ROUNDS ?? 7)
const whole = '/?from=2020-04-01&to=2020-05-31'

type Measured = { bytes: number; drawnMs: number; shift: number }
type Subject = {
  name: string
  url: string
  enter: (context: BrowserContext) => Promise<void>
  /** Changes the period and resolves when new figures stand on the page; answers the milliseconds it took inside the page. */
  filter: (page: Page) => Promise<number>
}

/** `npm run bench -- page`: the first page in Chromium, signed in, against the live warehouse with the sample loaded; beside a bare chart.js page as the lower limit. */
export async function run(): Promise<void> {
  if (!existsSync(executablePath)) {
    console.log(`page: no Chromium at ${executablePath} (set CHROME_PATH)`)
    return
  }
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  const bare = await barePage()
  const dataapp = await startDataApp({ DATAAPP_SAMPLE: 'raw' })
  try {
    await sampleLoaded(dataapp)
    const subjects: Subject[] = [
      { name: 'bare chart.js', url: bare.url, enter: async () => {}, filter: bareFilter },
      { name: 'DataApp', url: `${dataapp.url}${whole}`, enter: context => enter(context, dataapp), filter: ourFilter },
    ]
    console.log('page                 encoded KB   drawn ms 1x   4x   filter ms 1x   4x   layout shift   (medians)')
    for (const subject of subjects) console.log(await rowOf(browser, subject))
  } finally {
    await dataapp.stop()
    bare.server.close()
    await browser.close()
  }
}

async function rowOf(browser: Browser, subject: Subject): Promise<string> {
  const cells: string[] = []
  const byRate: { measured: Measured[]; filters: number[] }[] = []
  for (const rate of [1, 4]) {
    const measured: Measured[] = []
    const filters: number[] = []
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ viewport: { width: 1360, height: 900 } })
      await subject.enter(context)
      const page = await context.newPage()
      measured.push(await load(page, subject.url, rate))
      filters.push(await subject.filter(page))
      await context.close()
    }
    byRate.push({ measured, filters })
  }
  const [normal, slow] = byRate
  cells.push(
    subject.name.padEnd(20),
    (median(normal?.measured.map(one => one.bytes)) / 1000).toFixed(0).padStart(11),
    median(normal?.measured.map(one => one.drawnMs))
      .toFixed(0)
      .padStart(14),
    median(slow?.measured.map(one => one.drawnMs))
      .toFixed(0)
      .padStart(5),
    median(normal?.filters).toFixed(0).padStart(14),
    median(slow?.filters).toFixed(0).padStart(5),
    median(normal?.measured.map(one => one.shift))
      .toFixed(4)
      .padStart(14),
  )
  return cells.join('')
}

/** A cold load: bytes as they came over the wire, when the chart had its line, and how much the layout moved. */
async function load(page: Page, url: string, rate: number): Promise<Measured> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Emulation.setCPUThrottlingRate', { rate })
  let bytes = 0
  session.on('Network.loadingFinished', event => {
    bytes += event.encodedDataLength
  })
  await page.addInitScript({ content: watchChart })
  await page.goto(url)
  const drawnMs = await page
    .waitForFunction(() => Number(document.documentElement.dataset.drawn ?? 0))
    .then(handle => handle.jsonValue())
  await page.waitForLoadState('networkidle')
  const shift = await page.evaluate(() => Number(document.documentElement.dataset.shift ?? 0))
  return { bytes, drawnMs, shift }
}

/** Runs in the page: notes when the canvas first holds ink, and sums up layout shifts. A text, because what compiles this file would add names the page does not know. */
const watchChart = `
  let shift = 0
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) shift += entry.value
    document.documentElement.dataset.shift = String(shift)
  }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    const canvas = document.querySelector('canvas')
    const pixels = canvas === null || canvas.width === 0 ? undefined : canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    if (pixels !== undefined && pixels.some(value => value !== 0)) document.documentElement.dataset.drawn = String(performance.now())
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
`

async function ourFilter(page: Page): Promise<number> {
  await page.locator('.filters .control').first().click()
  return page.evaluate(async () => {
    const before = document.querySelector('.figure-value')?.textContent
    const choice = [...document.querySelectorAll('.choices button')].at(-1)
    const start = performance.now()
    if (choice instanceof HTMLElement) choice.click()
    while (document.querySelector('.figure-value')?.textContent === before && performance.now() - start < 10_000)
      await new Promise(requestAnimationFrame)
    return performance.now() - start
  })
}

async function bareFilter(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const before = document.querySelector('.figure')?.textContent
    const select = document.querySelector('select')
    const start = performance.now()
    if (select !== null) select.value = '90'
    select?.dispatchEvent(new Event('change'))
    while (document.querySelector('.figure')?.textContent === before && performance.now() - start < 10_000)
      await new Promise(requestAnimationFrame)
    return performance.now() - start
  })
}

async function enter(context: BrowserContext, { url, account }: RunningDataApp): Promise<void> {
  await context.request.post(`${url}/api/v1/session`, {
    data: { email: account('admin').email, password: account('admin').password },
  })
}

async function sampleLoaded({ url, account }: RunningDataApp): Promise<void> {
  const signed = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: account('admin').email, password: account('admin').password }),
  })
  const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  for (;;) {
    const answer = await fetch(`${url}/api/v1/summary?from=2017-07-01&to=2020-05-31`, { headers: { cookie } })
    const { lines }: { lines?: number } = await answer.json()
    if (lines === 57_851) return
    await new Promise(done => setTimeout(done, 500))
  }
}

function median(values: readonly number[] = []): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
