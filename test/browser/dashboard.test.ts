import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../parts/chromium.ts'
import { type RunningDataApp, startDataApp } from '../parts/dataapp.ts'

describe('the dashboard in a real browser', () => {
  let browser: Browser
  let dataapp: RunningDataApp

  before(async function () {
    browser = await openChromium(this)
    dataapp = await startDataApp({ DATAAPP_SAMPLE: 'raw' })
  })
  after(async () => {
    await browser?.close()
    await dataapp?.stop()
  })

  const all = '/?from=2017-07-01&to=2020-05-31'

  async function signedIn(role: string, size = { width: 1360, height: 900 }): Promise<Page> {
    const context = await browser.newContext({ viewport: size, locale: 'pt-BR' })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await page.goto(`${dataapp.url}${all}`)
    const { email, password } = dataapp.account(role)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Senha', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    return page
  }

  function drop(name: string, row: string): void {
    const inbox = join(dataapp.home, 'inbox', 'adventureworks')
    mkdirSync(inbox, { recursive: true })
    const header =
      'SalesOrderNumber|OrderDate|ProductKey|ResellerKey|EmployeeKey|SalesTerritoryKey|Quantity|Unit Price|Sales|Cost'
    writeFileSync(join(dataapp.home, `${name}.csv`), `${header}\r\n${row}\r\n`)
    renameSync(join(dataapp.home, `${name}.csv`), join(inbox, `${name}.csv`))
  }

  it('shows the sample to the cent while it arrives, and a file dropped into the inbox without reload', async () => {
    const page = await signedIn('admin')
    await page
      .getByText(/R\$\s77\.548\.570,20/)
      .first()
      .waitFor({ timeout: 120_000 })
    await page.getByText('3.616', { exact: true }).first().waitFor()
    drop('Sales-drop', 'SO99999|2020/05/30|235|312|282|4|2|50.00|100.00|63.45')
    await page
      .getByText(/R\$\s77\.548\.670,20/)
      .first()
      .waitFor({ timeout: 15_000 })
    await page.context().close()
  })

  it('keeps a seller to their own lines on a phone, in both languages, with nothing wider than the screen', async () => {
    const page = await signedIn('seller', { width: 390, height: 844 })
    await page.getByRole('heading', { name: 'Minhas vendas' }).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).to.be.at.most(390)
    await page.locator('.person').click()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'My sales' }).waitFor()
    await page.context().close()
  })

  it('says that the connection is lost, mends it, and shows what was missed', async () => {
    const page = await signedIn('manager')
    await page.getByText('Ao vivo').waitFor()
    await page.context().setOffline(true)
    await page.evaluate(() => dispatchEvent(new Event('offline')))
    await page.getByText(/Conexão perdida/).waitFor({ timeout: 60_000 })
    await page.context().setOffline(false)
    await page
      .getByText(/Conexão de volta|Ao vivo/)
      .first()
      .waitFor({ timeout: 60_000 })
    await page.context().close()
  })

  it('asks ahead for the choice that the pointer rests on, and asks anew when news have come since', async () => {
    const page = await signedIn('admin')
    await page
      .getByText(/R\$\s77\.548\.\d70,20/)
      .first()
      .waitFor({ timeout: 120_000 })
    const asked: string[] = []
    page.on('request', request => asked.push(request.url()))
    const times = (preset: string) => asked.filter(url => url.endsWith(`/overview?preset=${preset}`)).length
    const rest = async (preset: string, name: RegExp) => {
      await page.getByRole('button', { name: /^Período/ }).click()
      await page.getByRole('button', { name }).hover()
      while (times(preset) === 0) await page.waitForTimeout(20)
    }
    const choose = async (preset: string, name: RegExp) => {
      await page.getByRole('button', { name }).click()
      await page.waitForURL(url => url.searchParams.get('preset') === preset)
      await page.locator('.page-body:not(.waiting)').waitFor()
    }
    // News may come between the two by chance: one choice that was shown as it had been asked ahead is enough.
    const onceAsked: string[] = []
    for (const [preset, name] of [
      ['year', /^Este ano/],
      ['month', /^Este mês/],
      ['7d', /^Últimos 7 dias/],
    ] as const) {
      await rest(preset, name)
      await choose(preset, name)
      if (times(preset) === 1) onceAsked.push(preset)
    }
    expect(onceAsked).to.have.length.above(0)
    await rest('12m', /^Últimos 12 meses/)
    const heard = times('7d')
    drop('Sales-ahead', 'SO99998|2020/05/30|235|312|282|4|2|50.00|100.00|63.45')
    while (times('7d') === heard) await page.waitForTimeout(20)
    await choose('12m', /^Últimos 12 meses/)
    expect(times('12m')).to.be.above(1)
    await page.context().close()
  })

  it('takes the removal of a person back', async () => {
    const page = await signedIn('admin')
    await page.getByRole('heading', { name: 'Visão geral' }).waitFor()
    const added = await page.context().request.post(`${dataapp.url}/api/v1/people`, {
      data: { email: 'novo@grupox.example', name: 'Nova Pessoa', bounds: { role: 'manager', stores: ['1'] } },
    })
    expect(added.status(), await added.text()).to.equal(201)
    await page.goto(`${dataapp.url}/administration`)
    const row = page.getByRole('row', { name: /Nova Pessoa/ })
    await row.getByRole('button', { name: 'Remover' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Desfazer' }).click()
    await row.getByRole('button', { name: 'Remover' }).click()
    await row.waitFor({ state: 'detached' })
    // Leaving does what was not taken back.
    await page.goto(`${dataapp.url}/help`)
    await page.goto(`${dataapp.url}/administration`)
    await page.getByRole('row', { name: /Gerente/ }).waitFor()
    expect(await row.count()).to.equal(0)
    await page.context().close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe finds wrong (${colorScheme})`, async () => {
      const page = await signedIn('admin')
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.locator('.figure').first().waitFor()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).to.deep.equal([])
      await page.context().close()
    })
  }
})
