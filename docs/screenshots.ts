import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type RunningDataApp, startDataApp } from '../test/parts/dataapp.ts'
import { sampleComputed } from '../test/parts/sample.ts'

const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium'
const images = join(import.meta.dirname, 'images')
const sizes = {
  desktop: { viewport: { width: 1360, height: 940 }, deviceScaleFactor: 1, quality: 72 },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, quality: 60 },
} as const
const schemes = ['light', 'dark'] as const
type Size = keyof typeof sizes
type Shot = { name: string; title: string }

/** `npm run screenshots`: the platform with its sample, every page of it on a desktop and on a phone, light and dark, into `docs/images`, and the page that shows them. */
async function main(): Promise<void> {
  await mkdir(images, { recursive: true })
  for (const old of await readdir(images)) if (old.endsWith('.webp')) await rm(join(images, old))
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  const dataapp = await startDataApp({})
  try {
    await sampleComputed(dataapp)
    const shots: Shot[] = []
    for (const size of ['desktop', 'phone'] as const) {
      const taken = [
        ...(await shoot(browser, dataapp, size, undefined)),
        ...(await shoot(browser, dataapp, size, 'admin')),
        ...(await shoot(browser, dataapp, size, 'seller')),
      ]
      if (size === 'desktop') shots.push(...taken)
    }
    await writeFile(join(import.meta.dirname, 'screens.md'), pageOf(shots))
  } finally {
    await dataapp.stop()
    await browser.close()
  }
}

/** Every page that the menu of this role leads to, once in each scheme. */
async function shoot(
  browser: Browser,
  dataapp: RunningDataApp,
  size: Size,
  role: 'admin' | 'seller' | undefined,
): Promise<Shot[]> {
  const { viewport, deviceScaleFactor } = sizes[size]
  const context = await browser.newContext({ viewport, deviceScaleFactor, locale: 'pt-BR', reducedMotion: 'reduce' })
  context.setDefaultTimeout(60_000)
  try {
    const page = await context.newPage()
    if (role !== undefined) {
      const { email, password } = dataapp.account(role)
      await context.request.post(`${dataapp.url}/api/v1/session`, { data: { email, password } })
    }
    await open(page, dataapp.url)
    const links = await page.locator('.rail li a').evaluateAll(all => all.map(link => link.getAttribute('href') ?? ''))
    // What a seller sees like everybody else is shown once.
    const paths = role === undefined ? ['/'] : role === 'seller' ? ['/', '/pay'] : [...links, '/account']
    const shots: Shot[] = []
    for (const path of paths) {
      await open(page, `${dataapp.url}${path}`)
      const title = (await page.getByRole('heading', { level: 1 }).first().textContent()) ?? path
      const name = nameOf(path, role)
      for (const scheme of schemes) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await sleep(300)
        await writeFile(join(images, `${name}-${size}-${scheme}.webp`), await picture(page, size))
      }
      shots.push({ name, title })
    }
    return shots
  } finally {
    await context.close()
  }
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForFunction(() => document.querySelector('.skeleton') === null)
  // The tour and notices are for people.
  await page.keyboard.press('Escape')
}

async function picture(page: Page, size: Size): Promise<Buffer> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: sizes[size].quality })
  await session.detach()
  return Buffer.from(data, 'base64')
}

function nameOf(path: string, role: 'admin' | 'seller' | undefined): string {
  if (role === undefined) return 'sign-in'
  const name = path === '/' ? 'overview' : path.slice(1).replaceAll('/', '-').replace(/\?.*/, '')
  return role === 'seller' ? `seller-${name}` : name
}

function pageOf(shots: readonly Shot[]): string {
  const image = (name: string, size: Size, scheme: string, width: number) =>
    `<img src="images/${name}-${size}-${scheme}.webp" width="${width}" alt="${name}, ${size}, ${scheme}">`
  const sections = shots.map(({ name, title }) =>
    [
      `## ${name.startsWith('seller-') ? `${title} (a seller)` : title}`,
      '',
      `${image(name, 'desktop', 'light', 440)} ${image(name, 'desktop', 'dark', 440)}`,
      '',
      `${image(name, 'phone', 'light', 200)} ${image(name, 'phone', 'dark', 200)}`,
    ].join('\n'),
  )
  return `# What it looks like\n\nEvery page with the sample chain, on a desktop and on a phone, light and dark. Made by \`npm run screenshots\`; [the design language](design-language.md) says why it looks like this.\n\n${sections.join('\n\n')}\n`
}

await main()
