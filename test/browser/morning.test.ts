import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import { openChromium } from '../parts/chromium.ts'
import { type RunningDataApp, startDataApp } from '../parts/dataapp.ts'
import { textOfFile } from '../parts/unpack.ts'

const source = `name: loja
format: { delimiter: ";" }
numbers: { decimal: "," }
dates: { format: DD/MM/YYYY }
sale: { id: Cupom, store: { value: "001" }, soldAt: Data, product: Código, quantity: Qtde, unitPrice: Preço }
`
const good = Array.from({ length: 9 }, (_, i) => `${i + 1};02/01/2024;235;1;10,00`)
const text = ['Cupom;Data;Código;Qtde;Preço', ...good, '10;02/01/2024;235;duas;7,50', '11;02/01/2024;235;9;1,00'].join(
  '\n',
)
const rules = `version: 1
rules:
  - { rule: at-most-five, kind: range, field: quantity, max: 5, severity: reject, sources: [loja] }
`

const wholeSample = 'from=2017-07-01&to=2020-05-31'
const ranking = z.object({ items: z.array(z.object({ id: z.string(), name: z.string(), margin: z.string() })) })
const reportRun = z.object({ total: z.array(z.union([z.string(), z.number(), z.null()])) })

/** One chain, shared by all: each person's morning, as they would go about it. */
describe('the morning of each person', function () {
  this.timeout(300_000)
  let browser: Browser
  let dataapp: RunningDataApp

  before(async function () {
    browser = await openChromium(this)
    dataapp = await startDataApp({ DATAAPP_SAMPLE: 'raw' }, home => {
      mkdirSync(join(home, 'sources'))
      writeFileSync(join(home, 'sources', 'loja.yaml'), source)
      writeFileSync(join(home, 'quality.yaml'), rules)
      mkdirSync(join(home, 'inbox', 'loja'), { recursive: true })
      writeFileSync(join(home, 'vendas.csv'), text)
      renameSync(join(home, 'vendas.csv'), join(home, 'inbox', 'loja', 'vendas.csv'))
    })
    const page = await as('admin')
    await page.goto(`${dataapp.url}/?${wholeSample}`)
    await page
      .getByText(/R\$\s77\.548\.570,20/)
      .first()
      .waitFor({ timeout: 180_000 })
    await page.context().close()
  })
  after(async () => {
    await browser?.close()
    await dataapp?.stop()
  })

  async function opened(size: { width: number; height: number }): Promise<Page> {
    const context = await browser.newContext({ viewport: size, locale: 'pt-BR' })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    return page
  }

  async function as(role: string, size = { width: 1280, height: 900 }): Promise<Page> {
    const page = await opened(size)
    const { email, password } = dataapp.account(role)
    await page.context().request.post(`${dataapp.url}/api/v1/session`, { data: { email, password } })
    return page
  }

  async function asked(page: Page, path: string): Promise<unknown> {
    return (await page.context().request.get(`${dataapp.url}/api/v1${path}`)).json()
  }

  it('a manager finds the weakest product and opens why', async () => {
    const page = await as('manager')
    const { items } = ranking.parse(await asked(page, `/rankings/products?${wholeSample}&by=margin&order=asc&limit=1`))
    const weakest = items[0] ?? { id: '', name: '', margin: '' }
    expect(Number(weakest.margin)).to.be.lessThan(0)
    await page.goto(`${dataapp.url}/products?${wholeSample}`)
    await page.getByRole('button', { name: /^Abaixo do custo/ }).click()
    await page
      .getByRole('columnheader', { name: 'Margem', exact: true })
      .getByRole('button', { name: 'Margem', exact: true })
      .click()
    await page
      .getByRole('columnheader', { name: 'Margem', exact: true })
      .getByRole('button', { name: 'Margem', exact: true })
      .click()
    const first = page.getByRole('table').getByRole('rowheader').first().getByRole('link')
    await page.waitForFunction(name => document.querySelector('tbody th a')?.textContent === name, weakest.name)
    await first.click()
    await page.waitForURL(url => url.searchParams.get('product') === weakest.id)
    const margin = new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' }).format(Number(weakest.margin))
    await page.locator('[data-figure=margin]').getByText(margin).waitFor()
    await page.getByRole('link', { name: 'Ver as linhas de venda' }).click()
    await page.locator('.lines summary').first().click()
    await page.getByText('adventureworks: Sales.csv').first().waitFor()
    await page.context().close()
  })

  it('a manager makes an alert rule after a dry run', async () => {
    const page = await as('manager')
    await page.goto(`${dataapp.url}/alerts?tab=rules`)
    await page.getByLabel('tiver').selectOption('marginBelow')
    await page.getByLabel('Quanto (%)').fill('1')
    await page.getByRole('button', { name: 'Testar nos últimos 90 dias' }).click()
    await page.getByText(/eria avisado/).waitFor()
    await page.getByRole('button', { name: 'Salvar regra' }).click()
    await page
      .getByRole('listitem')
      .filter({ hasText: 'margem abaixo de 1%' })
      .filter({ hasText: 'Sua regra' })
      .waitFor()
    await page.context().close()
  })

  it('a manager builds a report, shares it with the seller, and its files sum up to the page', async () => {
    const page = await as('manager')
    await page.goto(`${dataapp.url}/reports`)
    await page.getByLabel('Nome', { exact: true }).fill('Margem por categoria')
    await page.getByLabel('Categoria', { exact: true }).check()
    await page.getByLabel('Margem', { exact: true }).check()
    await page
      .locator('label', { hasText: /^Período/ })
      .locator('select')
      .selectOption('all')
    await page.getByRole('button', { name: 'Salvar', exact: true }).click()
    await page.waitForURL(/report=/)
    const id = new URL(page.url()).searchParams.get('report') ?? ''
    const { total } = reportRun.parse(await asked(page, `/reports/${id}/run`))
    const amounts = total.filter((cell): cell is string => typeof cell === 'string' && /^-?\d+\.\d{2}$/.test(cell))
    expect(amounts).to.have.length.greaterThan(1)
    for (const amount of amounts) await page.locator('.report-total').getByText(shown(amount)).waitFor()
    for (const format of ['CSV', 'XLSX', 'PDF']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: format, exact: true }).click(),
      ])
      const file = textOfFile(readFileSync(await download.path()))
      // A CSV holds the rows alone: their sum is the page's total. The others show it.
      if (format === 'CSV') expect(sumsOf(file)).to.include.members(amounts)
      else for (const amount of amounts) expect(wrote(file, amount), `${format} has ${amount}`).to.equal(true)
    }
    await page.getByLabel('E-mails, separados por vírgula').first().fill(dataapp.account('seller').email)
    await page.getByRole('button', { name: 'Compartilhar', exact: true }).click()
    await page.getByRole('status').getByText('Salvo').waitFor()
    const seller = await as('seller', { width: 390, height: 844 })
    await seller.goto(`${dataapp.url}/reports`)
    await seller.getByRole('link', { name: /Margem por categoria/ }).click()
    await seller.locator('.report-total').waitFor()
    // The same report, the seller's own lines: never the manager's sum.
    expect(await seller.locator('.report-total').textContent()).to.not.include(shown(amounts[0] ?? ''))
    await seller.context().close()
    await page.context().close()
  })

  it('a seller on a phone sees pay and history, in both languages, with nothing wider than the screen', async () => {
    const page = await as('seller', { width: 390, height: 844 })
    await page.goto(`${dataapp.url}/?${wholeSample}`)
    await page.getByRole('heading', { name: 'Minhas vendas' }).waitFor()
    await page.locator('.figure').first().waitFor()
    for (const path of ['/', '/pay', '/lines', '/sell', '/alerts', '/reports']) {
      await page.goto(`${dataapp.url}${path}?${wholeSample}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).to.be.at.most(390)
    }
    await page.goto(`${dataapp.url}/pay?month=2020-05`)
    await page.getByText('Comissão').first().waitFor()
    await page.locator('.person').click()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByText('Commission').first().waitFor()
    await page.context().close()
  })

  it('everything works with the keyboard alone', async () => {
    const page = await opened({ width: 1280, height: 900 })
    await page.goto(`${dataapp.url}/?${wholeSample}`)
    const { email, password } = dataapp.account('manager')
    await page.getByLabel('E-mail').waitFor()
    await page.keyboard.type(email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Visão geral' }).waitFor()
    await reach(page, /^Receita/)
    await page.locator('[data-figure=revenue]').waitFor()
    await reach(page, /O que é este número\? Margem/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Home')
    await reach(page, /^Produtos$/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Produtos', level: 1 }).waitFor()
    await reach(page, /^Margem$/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/sort=margin/)
    await page.context().close()
  })

  const shown = (amount: string) =>
    new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' }).format(Number(amount))

  /** Whether a file has an amount: as a number of a sheet, or as people read it. */
  function wrote(file: string, amount: string): boolean {
    const number = amount.replace(/\.00$/, '').replace(/(\.\d)0$/, '$1')
    return [number, shown(amount), shown(amount).replace(/^-?R\$\s/, '')].some(text => file.includes(text))
  }

  /** The sums of the columns of a CSV, to the cent. */
  function sumsOf(file: string): string[] {
    const rows = file
      .replace('\ufeff', '')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map(row => row.split(','))
    const width = rows[0]?.length ?? 0
    return Array.from({ length: width }, (_, column) => {
      const cents = rows.reduce((sum, row) => sum + Math.round(Number(row.at(column - width) ?? 0) * 100), 0)
      return (cents / 100).toFixed(2)
    })
  }

  /** Presses Tab until what has the focus is called so. */
  async function reach(page: Page, name: RegExp): Promise<void> {
    const seen: string[] = []
    for (let presses = 0; presses < 120; presses++) {
      const now = await page.evaluate(() => {
        const at = document.activeElement
        return (at?.getAttribute('aria-label') ?? at?.textContent ?? '').trim()
      })
      if (name.test(now)) return
      seen.push(now.slice(0, 30))
      await page.keyboard.press('Tab')
    }
    throw new Error(`no Tab reaches ${name}: ${seen.join(' | ')}`)
  }

  it('an administrator corrects a row that a file had wrong, and sees it arrive in the numbers', async () => {
    const page = await as('admin')
    const figures = await page.context().newPage()
    await figures.goto(`${dataapp.url}/?from=2024-01-02&to=2024-01-02&store=001`)
    await figures
      .getByText(/R\$\s90,00/)
      .first()
      .waitFor({ timeout: 120_000 })

    await page.goto(`${dataapp.url}/data`)
    await page.getByRole('link', { name: '2 linhas recusadas' }).click()
    await page.getByRole('link', { name: /quantidade: “duas” não é um número/ }).click()
    await page.getByLabel('Qtde').fill('2')
    await page.getByRole('button', { name: 'Corrigir e ler de novo' }).click()
    await page.getByText(/Corrigida por/).waitFor()
    // The other page is told and moves by itself: 90,00 and the corrected 2 × 7,50.
    await figures
      .getByText(/R\$\s105,00/)
      .first()
      .waitFor()
    await page.goto(`${dataapp.url}/administration?tab=audit`)
    await page.getByRole('cell', { name: 'Linha recusada corrigida' }).first().waitFor()
    await page.context().close()
  })

  it('an administrator corrects a line that a quality rule turned away; one that breaks it again waits again', async () => {
    const page = await as('admin')
    await page.goto(`${dataapp.url}/data?tab=rejected`)
    await page.getByRole('link', { name: /quebra a regra “at-most-five”/ }).click()
    await page.getByLabel('quantidade').fill('3')
    await page.getByRole('button', { name: 'Corrigir e ler de novo' }).click()
    await page.getByText(/Corrigida por/).waitFor()
    for (let revenue = ''; revenue !== '108.00'; ) {
      const answer = await asked(page, '/summary?from=2024-01-02&to=2024-01-02&store=001')
      revenue = z.object({ revenue: z.string() }).parse(answer).revenue
    }
    await page.goto(`${dataapp.url}/data?tab=rejected`)
    await page.getByRole('heading', { name: 'Nenhuma linha recusada aqui' }).waitFor()
    await page.context().close()
  })

  it('an administrator sees the quality of each source and day, and every file', async () => {
    const page = await as('admin')
    await page.goto(`${dataapp.url}/data?tab=quality`)
    const row = page.getByRole('region', { name: 'O que chegou' }).getByRole('row', { name: /\bloja\b/ })
    await row.waitFor()
    expect(await row.getByRole('cell').allTextContents()).to.include('11')
    await page.goto(`${dataapp.url}/data?tab=files`)
    await page.getByRole('row', { name: /vendas\.csv/ }).waitFor()
    await page.context().close()
  })
})
