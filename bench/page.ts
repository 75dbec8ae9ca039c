import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type RunningDataApp, startDataApp } from '../test/parts/dataapp.ts'
import { shiftOf, watchShift } from '../test/parts/layout-shift.ts'
import { sampleSettled } from '../test/parts/sample.ts'
import { barePage } from './peers/bare-page.ts'

const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium'
const rounds = Number(process.env.BENCH_ROUNDS ?? 7)
/** A hand needs at least this long from resting on something to having clicked it. */
const handMs = 250
const whole = '/?from=2020-04-01&to=2020-05-31'

type Measured = { bytes: number; drawnMs: number; shift: number }
type Subject = {
  name: string
  url: string
  enter: (context: BrowserContext) => Promise<void>
  /** Changes the period and resolves when new figures stand on the page; answers the milliseconds it took inside the page. */
  filter: (page: Page) => Promise<number>
  /** The same for another period, on which the pointer has rested as a hand's does before it clicks. */
  pointed?: (page: Page) => Promise<number>
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
    await sampleSettled(dataapp)
    const ours: Subject = {
      name: 'DataApp',
      url: `${dataapp.url}${whole}`,
      enter: context => enter(context, dataapp),
      filter: page => ourFilter(page, { choice: -1, restMs: 0 }),
      pointed: page => ourFilter(page, { choice: 7, restMs: handMs }),
    }
    console.log(
      'page                     encoded KB   drawn ms 1x   4x   filter ms 1x   4x   pointed at 1x   4x   layout shift   (medians)',
    )
    const limit = await timesOf(browser, {
      name: 'bare chart.js',
      url: bare.url,
      enter: async () => {},
      filter: bareFilter,
    })
    console.log(rowOf('bare chart.js', limit))
    const quiet = await timesOf(browser, ours)
    console.log(rowOf(ours.name, quiet))
    console.log(besideBare(quiet, limit))
    const processor = await processorPerLoad(browser, dataapp)
    const stop = sellOn(dataapp)
    try {
      const busy = await timesOf(browser, ours)
      console.log(rowOf('DataApp, sales come in', busy))
      console.log(besideBare(busy, limit))
    } finally {
      await stop()
    }
    console.log(`server processor per page load: ${processor.toFixed(3)} s (goal 0.03)`)
  } finally {
    await dataapp.stop()
    bare.server.close()
    await browser.close()
  }
}

/** Medians of a subject at the machine's own speed and at a quarter of it. */
type Times = { bytes: number; shift: number; drawn: Pair; filter: Pair; pointed: Pair }
type Pair = readonly [own: number, quarter: number]

/** What the dashboard may take of the bare page's time on the same machine: the goals of 0.45 and 1.3 s, 60 and 150 ms, where the bare page takes 0.21 and 0.71 s, 14 and 61 ms. */
const goals = { drawn: [0.45 / 0.21, 1.3 / 0.71], filter: [60 / 14, 150 / 61] } as const

async function timesOf(browser: Browser, subject: Subject): Promise<Times> {
  const [own, quarter] = [await atRate(browser, subject, 1), await atRate(browser, subject, 4)]
  return {
    bytes: own.bytes,
    shift: own.shift,
    drawn: [own.drawn, quarter.drawn],
    filter: [own.filter, quarter.filter],
    pointed: [own.pointed, quarter.pointed],
  }
}

async function atRate(browser: Browser, subject: Subject, rate: number) {
  const measured: Measured[] = []
  const filters: number[] = []
  const pointed: number[] = []
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 } })
    await subject.enter(context)
    const page = await context.newPage()
    measured.push(await load(page, subject.url, rate))
    filters.push(await subject.filter(page))
    if (subject.pointed !== undefined) pointed.push(await subject.pointed(page))
    await context.close()
  }
  return {
    bytes: median(measured.map(one => one.bytes)),
    drawn: median(measured.map(one => one.drawnMs)),
    shift: median(measured.map(one => one.shift)),
    filter: median(filters),
    pointed: median(pointed),
  }
}

function rowOf(name: string, { bytes, shift, drawn, filter, pointed }: Times): string {
  return [
    name.padEnd(24),
    (bytes / 1000).toFixed(0).padStart(11),
    drawn[0].toFixed(0).padStart(14),
    drawn[1].toFixed(0).padStart(5),
    filter[0].toFixed(0).padStart(14),
    filter[1].toFixed(0).padStart(5),
    rounded(pointed[0]).padStart(16),
    rounded(pointed[1]).padStart(5),
    shift.toFixed(4).padStart(14),
  ].join('')
}

function besideBare(ours: Times, bare: Times): string {
  const beside = (what: 'drawn' | 'filter') =>
    ([0, 1] as const).map(at => `${(ours[what][at] / bare[what][at]).toFixed(2)} (goal ${goals[what][at].toFixed(2)})`)
  return `  times the bare page, 1x and 4x: drawn ${beside('drawn').join(', ')}; filter ${beside('filter').join(', ')}`
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
  await watchShift(page)
  await page.goto(url)
  const drawnMs = await page
    .waitForFunction(() => Number(document.documentElement.dataset.drawn ?? 0))
    .then(handle => handle.jsonValue())
  await page.waitForLoadState('networkidle')
  const shift = await shiftOf(page)
  return { bytes, drawnMs, shift }
}

/** Runs in the page: notes when the canvas first holds ink. A text, because what compiles this file would add names the page does not know. */
const watchChart = `
  const look = () => {
    const canvas = document.querySelector('canvas')
    const pixels = canvas === null || canvas.width === 0 ? undefined : canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    if (pixels !== undefined && pixels.some(value => value !== 0)) document.documentElement.dataset.drawn = String(performance.now())
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
`

async function ourFilter(page: Page, { choice, restMs }: { choice: number; restMs: number }): Promise<number> {
  await page.locator('.filters .control').first().click()
  if (restMs > 0) {
    await page.locator('.choices button').nth(choice).hover()
    await sleep(restMs)
  }
  return page.evaluate(async at => {
    const before = document.querySelector('.figure-value')?.textContent
    const choice = [...document.querySelectorAll('.choices button')].at(at)
    const start = performance.now()
    if (choice instanceof HTMLElement) choice.click()
    while (document.querySelector('.figure-value')?.textContent === before && performance.now() - start < 10_000)
      await new Promise(requestAnimationFrame)
    return performance.now() - start
  }, choice)
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
  const { email, password } = account('admin')
  await context.request.post(`${url}/api/v1/session`, { data: { email, password } })
}

/** Drops a file with one sale into the inbox every two seconds, as shops would; ends with the function it answers. */
function sellOn({ home }: RunningDataApp): () => Promise<void> {
  const stopping = new AbortController()
  const inbox = join(home, 'inbox', 'adventureworks')
  const header =
    'SalesOrderNumber|OrderDate|ProductKey|ResellerKey|EmployeeKey|SalesTerritoryKey|Quantity|Unit Price|Sales|Cost'
  const selling = (async () => {
    await mkdir(inbox, { recursive: true })
    for (let sale = 0; !stopping.signal.aborted; sale++) {
      const name = `Sales-drop-${sale}.csv`
      await writeFile(join(home, name), `${header}\r\nSX${sale}|2020/05/30|235|312|282|4|2|50.00|100.00|63.45\r\n`)
      await rename(join(home, name), join(inbox, name))
      await sleep(2_000, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return async () => {
    stopping.abort()
    await selling
  }
}

/** Seconds of processor that a process and its children have used. */
async function processorOf(pid: number): Promise<number> {
  const task = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const own = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  const children = await Promise.all(
    task
      .split(' ')
      .filter(Boolean)
      .map(child => processorOf(Number(child))),
  )
  const ticksPerSecond = 100
  return children.reduce((sum, one) => sum + one, (Number(own[11]) + Number(own[12])) / ticksPerSecond)
}

/** Processor time of the server per page load, less what it uses by itself in as long right after it: the mean of the middle half, as it also does work of its own now and then. */
async function processorPerLoad(browser: Browser, dataapp: RunningDataApp): Promise<number> {
  const loads = 24
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, serviceWorkers: 'block' })
  await enter(context, dataapp)
  const page = await context.newPage()
  await load(page, `${dataapp.url}${whole}`, 1)
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true })
  const used: number[] = []
  for (let i = 0; i < loads; i++) {
    const [before, start] = [await processorOf(dataapp.pid), performance.now()]
    await page.goto(`${dataapp.url}${whole}`, { waitUntil: 'networkidle' })
    const [after, end] = [await processorOf(dataapp.pid), performance.now()]
    await sleep(end - start)
    used.push(after - before - ((await processorOf(dataapp.pid)) - after))
  }
  await context.close()
  const middle = used.sort((a, b) => a - b).slice(loads / 4, (loads * 3) / 4)
  return Math.max(0, middle.reduce((sum, one) => sum + one, 0) / middle.length)
}

/** Bare chart.js has nothing to point at. */
const rounded = (ms: number): string => (Number.isNaN(ms) ? '–' : ms.toFixed(0))

function median(values: readonly number[] = []): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
