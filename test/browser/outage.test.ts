import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Chain, saleOf, startChain } from '../parts/chain.ts'
import { openChromium } from '../parts/chromium.ts'

describe('a browser without a connection', () => {
  let browser: Browser
  let chain: Chain
  let line: Line

  before(async function () {
    browser = await openChromium(this)
    chain = await startChain({ DATAAPP_LOCALE: 'en' })
    line = await lineTo(Number(new URL(chain.url).port))
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.publish([saleOf({ store: 'centro', sale: '1', day: '2020-05-02', seller: 'ana' })])
  })
  after(async () => {
    await browser?.close()
    await line?.cut()
    await chain?.stop()
  })

  it('opens a page that was never opened as soon as the connection is back', async () => {
    const { context, page } = await opened('/')
    await line.cut()
    await page.getByRole('link', { name: 'Stores' }).first().click()
    await page.getByText('This could not be loaded').first().waitFor()
    await page
      .getByText(/Connection lost|No connection/)
      .first()
      .waitFor()
    await line.mend()
    await page.getByRole('heading', { level: 1, name: 'Stores' }).waitFor()
    await context.close()
  })

  it('finds the frame of the app behind every address, whichever page was the only one opened', async () => {
    const { context, page } = await opened('/products')
    await line.cut()
    await page.goto(`${line.url}/sell`)
    await page.getByRole('link', { name: 'Products' }).first().waitFor()
    await line.mend()
    await context.close()
  })

  /** A page that the service worker has kept. */
  async function opened(path: string): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ locale: 'en' })
    const [name = '', value = ''] = (await chain.cookieOf('admin@chain.example')).split('=')
    await context.addCookies([{ name, value, url: line.url }])
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(`${line.url}${path}`)
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    const kept = () => page.evaluate(async () => (await (await caches.open('views')).keys()).map(({ url }) => url))
    while (!(await kept()).includes(`${line.url}${path}`)) await new Promise(done => setTimeout(done, 50))
    return { context, page }
  }
})

type Line = { url: string; cut: () => Promise<void>; mend: () => Promise<void> }

/** A line to a server that can be cut, also under connections that are open, and mended where it was. */
async function lineTo(port: number): Promise<Line> {
  const open = new Set<Socket>()
  const join = (near: Socket) => {
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }
  let server: Server | undefined
  const listen = async (at: number): Promise<number> => {
    server = createServer(join).listen(at, '127.0.0.1')
    await once(server, 'listening')
    return portOf(server.address())
  }
  const own = await listen(0)
  return {
    url: `http://127.0.0.1:${own}`,
    async cut() {
      const over = server
      server = undefined
      if (over === undefined) return
      const closed = once(over, 'close')
      over.close()
      for (const socket of open) socket.destroy()
      await closed
    },
    async mend() {
      await listen(own)
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('a server without a port')
  return address.port
}
