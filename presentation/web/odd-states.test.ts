import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { addMonths, dayIn, firstDayOf, monthOf } from '#shared/day.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { type Chain, saleOf, startChain } from '../../test/parts/chain.ts'
import { openChromium } from '../../test/parts/chromium.ts'

const unbroken = 'Supercalifragilistico'.repeat(4).slice(0, 80)
const today = dayIn('America/Sao_Paulo', new Date())

describe('odd states in a browser', () => {
  let chain: Chain
  let browser: Browser

  before(async function () {
    browser = await openChromium(this)
    chain = await startChain({ DATAAPP_LOCALE: 'en' })
    await chain.add({ email: 'admin@chain.example', name: unbroken, role: 'admin' })
  })
  after(async () => {
    await browser?.close()
    await chain?.stop()
  })

  it('nothing at all says on each page what comes there', async () => {
    const { page, problems } = await opened('admin')
    await at(page, '/')
    await page.getByText('As soon as a file arrives in the inbox').waitFor()
    expect(await page.locator('canvas').count(), 'a chart of nothing').to.equal(0)
    await at(page, '/sell')
    await page.getByText('No sales with a known cost').waitFor()
    await at(page, '/stores')
    await page.getByText('Too few stores with sales').waitFor()
    await at(page, '/pay')
    await page.getByText('Nobody sold anything in this month.').waitFor()
    await at(page, '/administration?tab=plans')
    await page.getByText('managers are added under People').waitFor()
    expect(problems).to.deep.equal([])
    await page.context().close()
  })

  it('names of eighty letters without a space make no page wider than a phone', async () => {
    await chain.publish([saleOf({ store: 's-1', sale: '1', day: today, seller: 'v-1', products: ['p-1', 'p-2'] })])
    await chain.describe(named())
    const { page, problems } = await opened('admin')
    const wide: string[] = []
    for (const path of ['/', '/?product=p-1', '/sell', '/products', '/team', '/stores', '/pay', '/lines']) {
      await at(page, path)
      await page.getByText(unbroken).first().waitFor({ state: 'attached' })
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      if (width > 390) wide.push(`${path}: ${width}px`)
    }
    expect(wide).to.deep.equal([])
    expect(problems).to.deep.equal([])
    await page.context().close()
  })

  it('one store is one store, and a seller without sales is not told of files', async () => {
    await chain.add({ email: 'one@chain.example', name: 'One', role: 'manager', stores: ['s-1'] })
    await chain.add({ email: 'none@chain.example', name: 'None', role: 'seller', seller: 'v-9' })
    const manager = await opened('one')
    await at(manager.page, '/stores')
    await manager.page.getByText('1 store', { exact: true }).waitFor()
    expect(await manager.page.getByRole('button', { name: /^Store:/ }).count(), 'a choice of one').to.equal(0)
    await manager.page.locator('.only-store').getByText(unbroken).waitFor()
    await at(manager.page, '/?product=never-sold')
    await manager.page.locator('.chart-none').getByText('No sales in this period').waitFor()
    expect(await manager.page.locator('canvas').count(), 'a line along zero').to.equal(0)
    await manager.page.context().close()
    const seller = await opened('none')
    await at(seller.page, '/')
    await seller.page.getByText('No sales of yours yet').waitFor()
    await seller.page.getByText('ask an administrator to check your code').waitFor()
    expect(seller.problems).to.deep.equal([])
    await seller.page.context().close()
  })

  it('pay of a month that is open, to come or before the first sale is called what it is', async () => {
    const month = monthOf(today)
    const last = firstDayOf(addMonths(month, -1))
    await chain.publish([saleOf({ store: 's-1', sale: '0', day: last, seller: 'v-1', products: ['p-1'] })])
    const { page, problems } = await opened('admin')
    const heads = () => page.locator('.ranked th[scope=col]').allTextContents()
    await at(page, `/pay?month=${monthOf(last)}`)
    expect(await heads(), 'a month that nobody has closed').to.deep.equal(['Name', 'So far'])
    await at(page, '/pay')
    expect((await heads()).at(-1)).to.equal('Should close at')
    await at(page, `/pay?month=${addMonths(month, 12)}`)
    await page.getByText('This month only begins on').waitFor()
    expect(await heads()).to.deep.equal([])
    await at(page, `/pay?month=${addMonths(month, -50)}&person=v-1`)
    expect(await page.getByText('The first sale is of').count(), 'for the person and for the team').to.equal(2)
    expect(problems).to.deep.equal([])
    await page.context().close()
  })

  it('lines that are no longer kept are not taken for nothing sold', async () => {
    const old = firstDayOf(addMonths(monthOf(today), -6))
    await chain.publish([saleOf({ store: 's-1', sale: 'old', day: old, seller: 'v-1', products: ['p-1', 'p-2'] })])
    const { warehouse } = chain.parts
    await warehouse.run(warehouse.layout.dropPartition('sale_lines', monthOf(old).replace('-', '')))
    const { page, problems } = await opened('admin')
    await at(page, `/lines?from=${old}&to=${old}`)
    await page.getByText('Sale lines are kept since').waitFor()
    await at(page, `/?from=${old}&to=${old}&product=p-1&product=p-2`)
    const sales = page.locator('[data-figure=sales]')
    expect(await sales.locator('.figure-value').textContent()).to.equal('–')
    await sales.getByText('not counted here').waitFor()
    await at(page, `/stores?from=${old}&to=${old}&product=p-1&product=p-2`)
    expect(await page.locator('td.col-sales').textContent()).to.equal('–')
    expect(problems).to.deep.equal([])
    await page.context().close()
  })

  async function opened(who: string): Promise<{ page: Page; problems: string[] }> {
    const problems: string[] = []
    const context = await browser.newContext({ locale: 'en', viewport: { width: 390, height: 844 } })
    const [name = '', value = ''] = (await chain.cookieOf(`${who}@chain.example`)).split('=')
    await context.addCookies([{ name, value, url: chain.url }])
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`)
    })
    return { page, problems }
  }

  async function at(page: Page, path: string): Promise<void> {
    await page.goto(`${chain.url}${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForFunction(() => document.querySelector('.skeleton') === null)
  }
})

function named(): Dimension[] {
  const given = { source: 'test', version: 1, v: 1 as const }
  const place = { type: '', city: unbroken, region: '', country: '', size: null, openedOn: null, closedOn: null }
  const sort = { category: unbroken, subcategory: unbroken, brand: '', unit: '', cost: null, price: null }
  const person = { title: '', store: '', email: '', phone: '', document: '', code: '' }
  return [
    { ...given, kind: 'store', id: 's-1', attributes: { name: unbroken, ...place } },
    { ...given, kind: 'product', id: 'p-1', attributes: { name: unbroken, ...sort, service: false } },
    { ...given, kind: 'seller', id: 'v-1', attributes: { name: unbroken, ...person } },
  ]
}
