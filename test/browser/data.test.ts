import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../parts/chromium.ts'
import { type RunningDataApp, startDataApp } from '../parts/dataapp.ts'

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
  - { rule: at-most-five, kind: range, field: quantity, max: 5, severity: reject }
`

describe('an administrator looks after the data', function () {
  this.timeout(300_000)
  let browser: Browser
  let dataapp: RunningDataApp

  before(async function () {
    browser = await openChromium(this)
    dataapp = await startDataApp({ DATAAPP_SAMPLE: 'raw' }, home => {
      mkdirSync(join(home, 'sources'))
      writeFileSync(join(home, 'sources', 'loja.yaml'), source)
      writeFileSync(join(home, 'quality.yaml'), rules)
    })
    const inbox = join(dataapp.home, 'inbox', 'loja')
    mkdirSync(inbox, { recursive: true })
    writeFileSync(join(dataapp.home, 'vendas.csv'), text)
    renameSync(join(dataapp.home, 'vendas.csv'), join(inbox, 'vendas.csv'))
  })
  after(async () => {
    await browser?.close()
    await dataapp?.stop()
  })

  async function administrator(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'pt-BR' })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const { email, password } = dataapp.account('admin')
    await context.request.post(`${dataapp.url}/api/v1/session`, { data: { email, password } })
    return page
  }

  it('corrects a row that a file had wrong, and sees it arrive in the numbers', async () => {
    const page = await administrator()
    const figures = await page.context().newPage()
    await figures.goto(`${dataapp.url}/?from=2024-01-02&to=2024-01-02&store=001`)
    await figures
      .getByText(/R\$\s90,00/)
      .first()
      .waitFor({ timeout: 120_000 })

    await page.goto(`${dataapp.url}/data`)
    await page.getByRole('link', { name: '2 linhas recusadas esperam' }).click()
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
    await page.getByRole('cell', { name: 'rejected-corrected' }).first().waitFor()
    await page.context().close()
  })

  it('corrects a line that a quality rule turned away; one that breaks it again waits again', async () => {
    const page = await administrator()
    await page.goto(`${dataapp.url}/data?tab=rejected`)
    await page.getByRole('link', { name: /quebra a regra “at-most-five”/ }).click()
    await page.getByLabel('quantidade').fill('3')
    await page.getByRole('button', { name: 'Corrigir e ler de novo' }).click()
    await page.getByText(/Corrigida por/).waitFor()
    await page.goto(`${dataapp.url}/?from=2024-01-02&to=2024-01-02&store=001`)
    await page
      .getByText(/R\$\s108,00/)
      .first()
      .waitFor()
    await page.goto(`${dataapp.url}/data?tab=rejected`)
    await page.getByRole('heading', { name: 'Nenhuma linha recusada aqui' }).waitFor()
    await page.context().close()
  })

  it('sees the quality of each source and day, and every file', async () => {
    const page = await administrator()
    await page.goto(`${dataapp.url}/data?tab=quality`)
    const row = page.getByRole('row', { name: /^loja/ })
    await row.waitFor()
    expect(await row.getByRole('cell').allTextContents()).to.include('11')
    await page.goto(`${dataapp.url}/data?tab=files`)
    await page.getByRole('row', { name: /vendas\.csv/ }).waitFor()
    await page.context().close()
  })
})
