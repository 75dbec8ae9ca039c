import { expect } from 'chai'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { runJob } from '#processing/jobs.ts'
import { topics } from '#shared/agreement.ts'
import type { Changed } from '#shared/records/changed.ts'
import { type Chain, saleOf, startChain } from '../../test/parts/chain.ts'

describe('live news and what is kept for it', () => {
  let chain: Chain
  const day = '2020-05-02'

  before(async () => {
    chain = await startChain()
    await chain.publish([
      saleOf({ store: 'centro', sale: '1', day, seller: 'ana' }),
      saleOf({ store: 'praia', sale: '1', day, seller: 'rui' }),
    ])
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
    await chain.add({ email: 'moved@chain.example', name: 'Moved', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'gone@chain.example', name: 'Gone', role: 'manager', stores: ['centro'] })
    await chain.add({ email: 'stays@chain.example', name: 'Stays', role: 'manager', stores: ['centro'] })
  })
  after(() => chain.stop())

  async function listen(email: string, since = '') {
    const socket = new WebSocket(`${chain.url.replace('http', 'ws')}/ws${since}`, {
      headers: { cookie: await chain.cookieOf(email) },
    })
    const heard: string[] = []
    const closed = new Promise<number>(done => socket.once('close', done))
    await new Promise<void>((done, fail) => {
      socket.on('error', fail)
      socket.on('message', text => {
        heard.push(String(text))
        done()
      })
    })
    return { socket, heard, closed }
  }

  const newsOf = (store: string) => {
    const changed: Changed = {
      v: 1,
      at: new Date().toISOString(),
      kind: 'sales',
      from: day,
      to: day,
      stores: [store],
      products: null,
      sellers: [],
      lines: 1,
    }
    return chain.parts.bus.publish(topics.changed, [{ key: 'changed', value: Buffer.from(JSON.stringify(changed)) }])
  }
  const isNews = (text: string) => text.includes('"changed"')

  it('holds what somebody may see from the moment it changes, whoever changed it', async () => {
    const [moved, gone, stays] = [
      await listen('moved@chain.example'),
      await listen('gone@chain.example'),
      await listen('stays@chain.example'),
    ]
    // As another instance or an operator does it: nothing tells this process.
    const { settings } = chain.parts
    await settings.query(`UPDATE people SET stores = ARRAY['praia'] WHERE email = 'moved@chain.example'`)
    await settings.query(`UPDATE people SET disabled_at = now() WHERE email = 'gone@chain.example'`)
    await newsOf('centro')
    expect(await moved.closed).to.equal(1012)
    expect(await gone.closed).to.equal(4401)
    while (!stays.heard.some(isNews)) await pause()
    expect([...moved.heard, ...gone.heard].filter(isNews)).to.deep.equal([])

    const back = await listen('moved@chain.example')
    await newsOf('praia')
    while (!back.heard.some(isNews)) await pause()
    expect(stays.heard.filter(isNews)).to.have.length(1)
    back.socket.terminate()
    stays.socket.terminate()
  })

  it('tells a page on its first connection what came after its first answers', async () => {
    const as = await chain.as('stays@chain.example')
    const session = z.object({ heard: z.object({ epoch: z.string(), seq: z.number() }) })
    const heardNow = async () => session.parse(await (await as('/api/v1/session')).json()).heard
    const { epoch, seq } = await heardNow()
    await newsOf('centro')
    while ((await heardNow()).seq === seq) await pause()
    const page = await listen('stays@chain.example', `?epoch=${epoch}&seq=${seq}`)
    while (!page.heard.some(isNews)) await pause()
    page.socket.terminate()
  })

  it('lets go of a session that ended elsewhere without any news', async () => {
    await chain.add({ email: 'out@chain.example', name: 'Out', role: 'admin' })
    const out = await listen('out@chain.example')
    await chain.parts.settings.query(
      `DELETE FROM sessions WHERE person = (SELECT id FROM people WHERE email = 'out@chain.example')`,
    )
    expect(await out.closed).to.equal(4401)
    expect(out.heard.at(-1)).to.include('signed-out')
  })

  it('keeps no name of an erased person in the answers that are kept', async () => {
    const as = await chain.as('admin@chain.example')
    const sellers = async () => (await as(`/api/v1/rankings/sellers?from=${day}&to=${day}`)).text()
    const attributes = { name: 'Zulmira Quintela', title: '', store: '', email: '', phone: '', document: '', code: '' }
    await chain.describe([{ v: 1, kind: 'seller', id: 'ana', source: 'test', version: 1, attributes }])
    while (!(await sellers()).includes('Zulmira')) await pause()
    expect(await sellers()).to.include('Zulmira')
    await runJob(chain.parts, { job: 'person-erase', kind: 'seller', id: 'ana' })
    while ((await sellers()).includes('Zulmira')) await pause()
  })
})

function pause(): Promise<void> {
  return new Promise(done => setTimeout(done, 20))
}
