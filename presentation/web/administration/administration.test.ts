import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Chain, passwordOfAll, startChain } from '../../../test/parts/chain.ts'
import { needs } from '../../../test/parts/part.ts'

const program = process.env.CHROME_PATH ?? '/usr/bin/chromium'

describe('administration in a browser', () => {
  before(needs(existsSync(program) ? undefined : `needs ${program} (test/parts/install.sh)`))
  let chain: Chain
  let browser: Browser

  before(async () => {
    chain = await startChain({ DATAAPP_LOCALE: 'en' })
    await chain.add({ email: 'admin@chain.example', name: 'Ada Lima', role: 'admin' })
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
  })
  after(async () => {
    await browser?.close()
    await chain?.stop()
  })

  it('an administrator adds a manager, who sets a password with the link and gets in', async () => {
    const problems: string[] = []
    const page = await opened(problems)
    await enter(page, 'admin@chain.example', passwordOfAll)
    await page.goto(`${chain.url}/administration`)
    await page.getByRole('button', { name: 'Add a person' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Bia Rocha')
    await page.getByLabel('E-mail').fill('bia@chain.example')
    await page.getByLabel('Stores (codes').fill('centro, praia')
    await page.getByRole('button', { name: 'Save' }).click()
    const row = page.getByRole('row', { name: /bia@chain\.example/ })
    await row.getByText('centro, praia').waitFor()
    await row.getByRole('button', { name: 'Password link' }).click()
    const link = (await page.locator('.secret').textContent()) ?? ''
    for (const tab of ['Sessions', 'API keys', 'Audit trail', 'Settings']) {
      await page.getByRole('link', { name: tab }).click()
      await page.locator('.administration .card').first().waitFor()
    }
    await page.getByText('DATAAPP_RETENTION_LINES_DAYS').waitFor()

    const other = await opened(problems)
    await other.goto(link)
    await other.getByLabel('New password').fill('words of her own')
    await other.getByRole('button', { name: 'Save' }).click()
    await other.getByText('The password is set').waitFor()
    await enter(other, 'bia@chain.example', 'words of her own')
    expect(await other.getByRole('link', { name: 'Administration' }).count()).to.equal(0)
    await other.goto(`${chain.url}/account`)
    await other.getByRole('heading', { name: 'Sessions' }).waitFor()
    expect(problems).to.deep.equal([])
  })

  async function opened(problems: string[]): Promise<Page> {
    const context = await browser.newContext({ locale: 'en' })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error' && /Content Security Policy/.test(message.text())) problems.push(message.text())
    })
    return page
  }

  async function enter(page: Page, email: string, password: string): Promise<void> {
    await page.goto(chain.url)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('navigation').waitFor()
  }
})
