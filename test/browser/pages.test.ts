import { setTimeout as sleep } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { expect } from 'chai'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { openChromium } from '../parts/chromium.ts'
import { type RunningDataApp, startDataApp } from '../parts/dataapp.ts'
import { shiftOf, watchShift } from '../parts/layout-shift.ts'
import { sampleComputed, sampleLoaded } from '../parts/sample.ts'

const desktop = { width: 1360, height: 900 }
const phone = { width: 390, height: 844 }
const lateMs = 400
/** Of the page's height and width, as browsers count it: what nobody sees. */
const mostShift = 0.01
const period = '?from=2020-04-01&to=2020-05-31'

describe('every page', () => {
  let browser: Browser
  let dataapp: RunningDataApp

  before(async function () {
    browser = await openChromium(this)
    dataapp = await startDataApp({ DATAAPP_SAMPLE: 'raw' })
    await sampleLoaded(dataapp)
    await sampleComputed(dataapp)
  })
  after(async () => {
    await browser?.close()
    await dataapp?.stop()
  })

  async function contextOf(role: string, more: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: desktop, locale: 'pt-BR', reducedMotion: 'reduce', ...more })
    context.setDefaultTimeout(120_000)
    await context.request.post(`${dataapp.url}/api/v1/session`, { data: dataOf(role) })
    return context
  }

  function dataOf(role: string): { email: string; password: string } {
    const { email, password } = dataapp.account(role)
    return { email, password }
  }

  async function open(page: Page, path: string): Promise<void> {
    await page.goto(`${dataapp.url}${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForFunction(() => document.querySelector('.skeleton') === null)
  }

  /** Where the menu leads. */
  async function linksOf(page: Page): Promise<string[]> {
    return page.locator('.rail > ul > li > a').evaluateAll(all => all.map(link => link.getAttribute('href') ?? ''))
  }

  /** What axe finds wrong with what is on show: everything on a desktop in light and on a phone in dark, colours also the other way round. */
  async function wrong(page: Page): Promise<string[]> {
    const found: string[] = []
    const shows = [
      { size: desktop, colorScheme: 'light', rules: undefined },
      { size: desktop, colorScheme: 'dark', rules: ['color-contrast'] },
      { size: phone, colorScheme: 'light', rules: ['color-contrast'] },
      { size: phone, colorScheme: 'dark', rules: undefined },
    ] as const
    for (const { size, colorScheme, rules } of shows) {
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const axe = new AxeBuilder({ page })
      const { violations } = await (rules === undefined ? axe : axe.withRules([...rules])).analyze()
      for (const { id, nodes } of violations)
        found.push(`${new URL(page.url()).pathname} ${size.width}px ${colorScheme}: ${id}: ${nodes[0]?.html}`)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      if (width > size.width) found.push(`${new URL(page.url()).pathname} ${size.width}px: ${width}px wide`)
    }
    return found
  }

  /** A page opened, what it asked of the API, and by how much it moved what stood there already (layout shift); one answer may be held back until everything else has come. */
  async function visited(
    context: BrowserContext,
    path: string,
    late?: string,
  ): Promise<{ asked: string[]; shift: number }> {
    const page = await context.newPage()
    const asked = new Set<string>()
    await page.route('**/api/v1/**', async route => {
      const name = new URL(route.request().url()).pathname
      asked.add(name)
      if (name === late) await sleep(lateMs)
      await route.continue().catch(() => {})
    })
    await watchShift(page)
    await open(page, path)
    await page.waitForLoadState('networkidle')
    const shift = await shiftOf(page)
    await page.close()
    return { asked: [...asked], shift }
  }

  for (const role of ['admin', 'seller']) {
    it(`has nothing that axe finds wrong and nothing wider than the screen, as ${role}`, async () => {
      const context = await contextOf(role)
      const page = await context.newPage()
      await open(page, `/${period}`)
      const links = await linksOf(page)
      expect(links).to.include(`/${period}`)
      const found = await wrong(page)
      for (const link of [...links.slice(1), '/account']) {
        await open(page, link)
        found.push(...(await wrong(page)))
      }
      expect(found).to.deep.equal([])
      await context.close()
    })
  }

  for (const [role, size] of [
    ['admin', phone],
    ['manager', desktop],
  ] as const) {
    it(`does not jump, whichever of its answers comes last, as ${role} on ${size.width} pixels`, async () => {
      // What the service worker asks can't be held back.
      const context = await contextOf(role, { viewport: size, serviceWorkers: 'block' })
      const menu = await context.newPage()
      await open(menu, '/')
      const links = await linksOf(menu)
      const jumping: string[] = []
      let heldBack = 0
      for (const link of [...links, '/account']) {
        const { asked } = await visited(context, link)
        for (const late of asked) {
          const { shift } = await visited(context, link, late)
          heldBack++
          if (shift > mostShift) jumping.push(`${link} by ${shift.toFixed(3)} when ${late} comes last`)
        }
      }
      expect(jumping).to.deep.equal([])
      expect(heldBack).to.be.at.least(links.length)
      await context.close()
    })
  }

  it('can be reached from the foot of a phone, with the keyboard too, and axe finds nothing wrong with the open menu', async () => {
    const context = await contextOf('admin')
    const page = await context.newPage()
    await page.setViewportSize(phone)
    await open(page, `/${period}`)
    const menu = page.getByRole('navigation', { name: 'Menu' })
    const more = menu.getByRole('button', { name: 'Mais' })
    const shown = await menu.getByRole('link').allTextContents()
    await more.focus()
    await page.keyboard.press('Enter')
    const rest = page.getByRole('dialog', { name: 'Mais' })
    shown.push(...(await rest.getByRole('link').allTextContents()))
    const all = await page.locator('.rail > ul > li > a').allTextContents()
    expect(shown).to.deep.equal(all)
    for (const link of await menu.getByRole('link').all()) {
      const box = await link.boundingBox()
      expect(box, String(await link.textContent())).to.not.equal(null)
      if (box === null) continue
      expect(box.x).to.be.at.least(0)
      expect(box.x + box.width).to.be.at.most(phone.width)
      expect(box.y + box.height).to.be.at.most(phone.height)
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).to.deep.equal([])
    }
    await page.keyboard.press('Escape')
    await rest.waitFor({ state: 'detached' })
    expect(await more.evaluate(button => button === document.activeElement)).to.equal(true)
    await page.keyboard.press('Enter')
    await rest.getByRole('link', { name: 'Relatórios' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Relatórios' }).waitFor()
    await rest.waitFor({ state: 'detached' })
    await context.close()
  })

  it('says at the head of a column what its numbers are, with the keyboard too, on a phone and on a desktop', async () => {
    const context = await contextOf('admin')
    const page = await context.newPage()
    for (const path of ['/team', '/products', '/stores']) {
      for (const size of [desktop, phone]) {
        await page.setViewportSize(size)
        await open(page, `${path}${period}`)
        const header = page.getByRole('columnheader', { name: 'Margem', exact: true })
        await header.getByRole('button', { name: 'O que é este número? Margem' }).focus()
        await page.keyboard.press('Enter')
        const panel = page.getByRole('dialog')
        await panel.getByText('receita com custo conhecido − custo').waitFor()
        await panel.getByText('adventureworks').waitFor()
        const covered = await panel.evaluate(element => {
          const { left, right, top, bottom } = element.getBoundingClientRect()
          const corners: [number, number][] = [
            [left + 12, top + 12],
            [right - 12, top + 12],
            [left + 12, bottom - 12],
            [right - 12, bottom - 12],
          ]
          return corners.filter(([x, y]) => !element.contains(document.elementFromPoint(x, y)))
        })
        expect(covered, `${path} ${size.width}px`).to.deep.equal([])
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).to.deep.equal([])
        await page.keyboard.press('Escape')
      }
    }
    await context.close()
  })

  it('nor the one where people sign in', async () => {
    const context = await browser.newContext({ viewport: desktop, locale: 'pt-BR' })
    const page = await context.newPage()
    await open(page, '/')
    expect(await wrong(page)).to.deep.equal([])
    await context.close()
  })

  it('can be read as it was last seen without a connection, by whoever saw it and nobody after', async () => {
    const context = await contextOf('manager')
    const page = await context.newPage()
    await open(page, `/${period}`)
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await open(page, `/${period}`)
    const kept = () => page.evaluate(async () => (await (await caches.open('views')).keys()).map(({ url }) => url))
    while (!(await kept()).some(url => url.endsWith(`/${period}`))) await pause()
    const revenue = await page.locator('.figure-value').first().textContent()

    await context.setOffline(true)
    await page.reload()
    await page.getByText(/Você vê os números guardados neste aparelho/).waitFor()
    expect(await page.locator('.figure-value').first().textContent()).to.equal(revenue)

    await context.setOffline(false)
    await page
      .getByText(/Conexão de volta|Ao vivo/)
      .first()
      .waitFor()
    await page.locator('.person').click()
    await page.getByRole('button', { name: 'Sair' }).click()
    await page.getByLabel('E-mail').waitFor()
    while ((await kept()).length > 0) await pause()
    await context.setOffline(true)
    const reached = await page.reload().then(
      () => page.locator('.figure-value').count(),
      () => 0,
    )
    expect(reached).to.equal(0)
    await context.close()
  })
})

function pause(): Promise<void> {
  return new Promise(done => setTimeout(done, 50))
}
