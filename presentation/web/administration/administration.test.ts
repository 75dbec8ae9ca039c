import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { type Browser, chromium, type Page } from 'playwright-core'
import { z } from 'zod'
import { type Chain, passwordOfAll, saleOf, startChain } from '../../../test/parts/chain.ts'
import { needs } from '../../../test/parts/part.ts'

const program = process.env.CHROME_PATH ?? '/usr/bin/chromium'

describe('administration in a browser', () => {
  before(needs(existsSync(program) ? undefined : `needs ${program} (test/parts/install.sh)`))
  let chain: Chain
  let browser: Browser

  before(async () => {
    chain = await startChain({ DATAAPP_LOCALE: 'en', DATAAPP_TIME_ZONE: 'America/Sao_Paulo' })
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
    await page.getByRole('button', { name: 'Stores: Choose stores' }).click()
    for (const code of ['centro', 'praia']) {
      await page.getByLabel('Search store, city or code').fill(code)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: code, pressed: true }).waitFor()
    }
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    const row = page.getByRole('row', { name: /bia@chain\.example/ })
    await row.getByText('Store centro, Store praia').waitFor()
    await row.getByRole('button', { name: 'Password link' }).click()
    const link = (await page.locator('.secret').textContent()) ?? ''
    for (const tab of ['Sessions', 'API keys', 'Audit trail', 'Settings']) {
      await page.getByRole('link', { name: tab }).click()
      await page.locator('.administration .card').first().waitFor()
    }
    await page.getByText('DATAAPP_RETENTION_LINES_DAYS').waitFor()
    await page.getByRole('link', { name: 'Audit trail' }).click()
    await page
      .getByRole('row', { name: /Person added/ })
      .getByText('role: Manager, stores: centro praia')
      .waitFor()

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

  it('shows two stores of a manager, and the others when asked', async () => {
    await chain.add({
      email: 'many@chain.example',
      name: 'Many',
      role: 'manager',
      stores: ['north', 'south', 'east', 'west', 'harbour'],
    })
    const page = await asAdmin('people')
    const row = page.getByRole('row', { name: /many@chain\.example/ })
    await row.getByText('Store north, Store south', { exact: true }).waitFor()
    const more = row.getByRole('button', { name: '+3 stores' })
    const all = 'Store north, Store south, Store east, Store west, Store harbour'
    expect(await more.getAttribute('title')).to.equal(all)
    await more.press('Enter')
    await row.getByText(all).waitFor()
    await page.context().close()
  })

  it('a manager’s stores are chosen by name, and a store without one keeps its code', async () => {
    await chain.publish([
      saleOf({ store: 'l-1', sale: '1', day: '2026-03-02', seller: 'v' }),
      saleOf({ store: 'l-2', sale: '1', day: '2026-03-02', seller: 'v' }),
    ])
    const attributes = {
      name: 'São Bento',
      type: '',
      city: 'Manaus',
      region: '',
      country: '',
      size: null,
      openedOn: null,
      closedOn: null,
    }
    await chain.describe([{ v: 1, kind: 'store', id: 'l-1', source: 'test', version: 1, attributes }])
    await chain.add({ email: 'duo@chain.example', name: 'Duo', role: 'manager', stores: ['l-1', 'not-open-yet'] })
    const page = await asAdmin('people')
    const row = page.getByRole('row', { name: /duo@chain\.example/ })
    await row.getByText('São Bento, Store not-open-yet', { exact: true }).waitFor()
    await row.getByRole('button', { name: 'Change' }).click()
    const opener = page.getByRole('button', { name: 'Stores: 2 stores' })
    expect(await opener.evaluate(focusedAsItOpens), 'what is typed at once arrives').to.equal('searchbox')
    await page.keyboard.press('Escape')
    await opener.press('Enter')
    expect(await page.getByRole('button', { name: 'not-open-yet', pressed: true }).count()).to.equal(1)
    await page.keyboard.type('l-2')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Stores: 3 stores' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove São Bento' }).press('Enter')
    await page.getByRole('button', { name: 'Stores: 2 stores' }).and(page.locator(':focus')).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await row.getByText('Store not-open-yet, Store l-2', { exact: true }).waitFor()
    await page.context().close()
  })

  it('lets an ended session, a revoked key and an assigned plan be taken back', async () => {
    await chain.add({ email: 'caio@chain.example', name: 'Caio', role: 'manager', stores: ['centro'] })
    const caio = await chain.as('caio@chain.example')
    const { token } = await made(caio)
    const withSession = async () => (await caio('/api/v1/account')).status
    const withKey = async () =>
      (await fetch(`${chain.url}/odata/v4`, { headers: { authorization: `Bearer ${token}` } })).status
    const works = async () => [await withSession(), await withKey()]
    expect(await works()).to.deep.equal([200, 200])

    const page = await asAdmin('sessions')
    const row = page.getByRole('row', { name: /caio@chain\.example/ })
    await row.getByRole('button', { name: 'End' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('status').getByText('Session ended: caio@chain.example').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.waitFor()

    await page.getByRole('link', { name: 'API keys' }).click()
    await row.getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    await page.keyboard.press('z')
    await row.waitFor()
    expect(await works()).to.deep.equal([200, 200])

    await page.getByRole('link', { name: 'Plans' }).click()
    const assignments = page.getByRole('region', { name: 'Who has which plan' })
    const assigned = assignments.getByRole('row', { name: /^Caio/ })
    await assignments.getByLabel('Person').selectOption({ label: 'Caio' })
    await assignments.getByRole('button', { name: 'Assign' }).click()
    await assigned.waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await assigned.waitFor({ state: 'detached' })

    // What is not taken back is done, at the latest when the page is left.
    await assignments.getByRole('button', { name: 'Assign' }).click()
    await assigned.waitFor()
    await page.getByRole('link', { name: 'API keys' }).click()
    await row.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('link', { name: 'Sessions' }).click()
    await row.getByRole('button', { name: 'End' }).click()
    await page.goto(`${chain.url}/administration?tab=plans`)
    await assigned.waitFor()
    // One after the other: who shows a revoked key again and again is slowed down.
    while ((await withSession()) !== 401) await new Promise(done => setTimeout(done, 50))
    while ((await withKey()) === 200) await new Promise(done => setTimeout(done, 50))
    expect(await works()).to.deep.equal([401, 401])
    await page.context().close()
  })

  it('says how long each kind of data is kept, and since when there is any', async () => {
    await chain.publish([saleOf({ store: 'centro', sale: '1', day: '2026-03-02', seller: 'v' })])
    const page = await asAdmin('settings')
    const row = (name: string) => page.getByRole('region', { name: 'How long data is kept' }).getByRole('row', { name })
    await row('Sale lines').getByText('1,826 days').waitFor()
    await row('Sale lines').getByText('2 Mar 2026').waitFor()
    await row('Raw history').getByRole('cell', { name: '–', exact: true }).waitFor()
    await row('Rejected records').getByText('90 days').waitFor()
    await row('Audit trail and personal data seen').getByText('1,826 days').waitFor()
    await row('Alerts and reports that have been sent').getByText('30 days').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    const tab = await page.getByRole('link', { name: 'Settings', exact: true }).boundingBox()
    expect(tab?.x, 'the open tab is in view on a phone').to.be.within(0, 390 - (tab?.width ?? 0))
    await page.context().close()
  })

  it("says times in the chain's time zone, wherever the browser is", async () => {
    const { at } = await signedInLast('admin@chain.example')
    const inChain = new Intl.DateTimeFormat('en-GB', {
      dateStyle: 'short',
      timeStyle: 'short',
      timeZone: 'America/Sao_Paulo',
    }).format(at)
    const page = await asAdmin('audit', 'Asia/Tokyo')
    await page.getByRole('cell', { name: inChain, exact: true }).first().waitFor()
    await page.context().close()
  })

  async function signedInLast(email: string): Promise<{ at: Date }> {
    await chain.as(email)
    const [row] = await chain.parts.settings.query<{ at: Date }>(
      "SELECT at FROM audit WHERE action = 'signed-in' ORDER BY at DESC LIMIT 1",
    )
    if (row === undefined) throw new Error('nobody signed in')
    return row
  }

  async function made(ask: (path: string, init?: RequestInit) => Promise<Response>): Promise<{ token: string }> {
    const answer = await ask('/api/v1/account/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'till', days: 30 }),
    })
    return z.object({ token: z.string() }).parse(await answer.json())
  }

  async function asAdmin(tab: string, timezoneId = 'America/Sao_Paulo'): Promise<Page> {
    const context = await browser.newContext({ locale: 'en', timezoneId })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const [name = '', value = ''] = (await chain.cookieOf('admin@chain.example')).split('=')
    await context.addCookies([{ name, value, url: chain.url }])
    await page.goto(`${chain.url}/administration?tab=${tab}`)
    return page
  }

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

/** Presses the button; the role of what has the focus in the same moment in which the panel is there. */
function focusedAsItOpens(button: Element): Promise<string> {
  return new Promise(tell => {
    const seen = new MutationObserver(() => {
      if (document.querySelector('[role=dialog]') === null) return
      seen.disconnect()
      tell(document.activeElement?.matches('[role=dialog] input[type=search]') === true ? 'searchbox' : 'elsewhere')
    })
    seen.observe(document.body, { childList: true, subtree: true })
    if (button instanceof HTMLElement) button.click()
  })
}
