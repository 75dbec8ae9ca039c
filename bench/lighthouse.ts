import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { z } from 'zod'
import { messageOf } from '#shared/error.ts'
import { startDataApp } from '../test/parts/dataapp.ts'
import { cookieOf, sampleSettled } from '../test/parts/sample.ts'
import { barePage } from './peers/bare-page.ts'

const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium'
/** Of so many runs the middle one counts: one of them alone differs by ten points from the next. */
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const only = process.env.BENCH_PAGES?.split(',')
const reportSchema = z.object({
  categories: z.record(z.string(), z.object({ score: z.number().nullable() })),
  audits: z.record(
    z.string(),
    z.object({ score: z.number().nullable(), title: z.string(), displayValue: z.string().optional() }),
  ),
})
const goals = { performance: 95, accessibility: 100, 'best-practices': 100 } as const

/** Lighthouse (mobile, simulated slow network and processor) on every page an administrator can open, beside a bare chart.js page as the limit of this machine. Fetched with npx when it runs, as nothing else needs it. */
export async function run(): Promise<void> {
  if (!existsSync(executablePath)) return console.log(`lighthouse: no Chromium at ${executablePath} (set CHROME_PATH)`)
  const bare = await barePage()
  const dataapp = await startDataApp({ DATAAPP_SAMPLE: 'raw' })
  try {
    await sampleSettled(dataapp)
    const cookie = await cookieOf(dataapp, 'admin')
    const paths = only ?? (await pagesOf(dataapp.url, cookie))
    console.log(
      'lighthouse, mobile        performance   accessibility   best practices   first paint   largest paint   blocked   shift',
    )
    console.log(await rowOf(bare.url, 'bare chart.js', ''))
    for (const path of paths) console.log(await rowOf(`${dataapp.url}${path}`, path, path === '/sign-in' ? '' : cookie))
  } finally {
    await dataapp.stop()
    bare.server.close()
  }
}

type Report = z.infer<typeof reportSchema>

async function rowOf(url: string, name: string, cookie: string): Promise<string> {
  const reports: Report[] = []
  for (let round = 0; round < rounds; round++) reports.push(await reportOf(url, cookie))
  const byScore = reports.toSorted((a, b) => scoreOf(a, 'performance') - scoreOf(b, 'performance'))
  const middle = byScore[Math.floor(rounds / 2)]
  return middle === undefined ? name : shown(name, middle)
}

const scoreOf = ({ categories }: Report, name: string): number => Math.round((categories[name]?.score ?? 0) * 100)

function shown(name: string, report: Report): string {
  const value = (audit: string) => (report.audits[audit]?.displayValue ?? '').replace(/\u00a0/g, ' ')
  const short = Object.entries(goals).filter(([category, goal]) => scoreOf(report, category) < goal)
  const failing = Object.values(report.audits).filter(audit => audit.score !== null && audit.score < 0.9)
  return [
    name.padEnd(25),
    ...Object.keys(goals).map(category => String(scoreOf(report, category)).padStart(12)),
    ...['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'].map(
      audit => value(audit).padStart(12),
    ),
    short.length === 0
      ? ''
      : `\n    short: ${failing.map(({ title, displayValue }) => `${title} ${displayValue ?? ''}`).join('; ')}`,
  ].join('')
}

async function reportOf(url: string, cookie: string): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'dataapp-lighthouse-'))
  const file = join(directory, 'report.json')
  try {
    await lighthouse(url, file, cookie)
    return reportSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Writes the report of one page. Lighthouse itself asks to be run again when Chromium gave it no trace of the navigation. */
async function lighthouse(url: string, file: string, cookie: string, tries = 3): Promise<void> {
  try {
    await promisify(execFile)(
      'npx',
      [
        '--yes',
        'lighthouse@12.8',
        url,
        '--quiet',
        '--output=json',
        `--output-path=${file}`,
        `--only-categories=${Object.keys(goals).join(',')}`,
        '--chrome-flags=--headless=new --no-sandbox --disable-gpu',
        ...(cookie === '' ? [] : [`--extra-headers=${JSON.stringify({ Cookie: cookie })}`]),
      ],
      { env: { ...process.env, CHROME_PATH: executablePath }, maxBuffer: 64_000_000 },
    )
  } catch (error) {
    if (tries === 1 || !messageOf(error).includes('NO_NAVSTART')) throw error
    await lighthouse(url, file, cookie, tries - 1)
  }
}

/** What the menu leads to. */
async function pagesOf(url: string, cookie: string): Promise<string[]> {
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage({ extraHTTPHeaders: { cookie } })
    await page.goto(url)
    await page.locator('.rail li a').first().waitFor()
    const links = await page.locator('.rail li a').evaluateAll(all => all.map(link => link.getAttribute('href') ?? ''))
    return ['/sign-in', ...links, '/account']
  } finally {
    await browser.close()
  }
}
