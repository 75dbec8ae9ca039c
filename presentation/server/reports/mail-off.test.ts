import { expect } from 'chai'
import { type Chain, startChain } from '../../../test/parts/chain.ts'
import { sayWaiting } from './post.ts'

describe('reports by mail where there is no mail server', () => {
  let chain: Chain

  before(async () => {
    chain = await startChain()
    await chain.add({ email: 'admin@chain.example', name: 'Admin', role: 'admin' })
  })
  after(() => chain.stop())

  const ask = async (method: string, path: string, body?: unknown) =>
    (
      await (
        await chain.as('admin@chain.example')
      )(`/api/v1${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
    ).json()

  it('are scheduled with the word that mail is off, which the log says once they are due', async () => {
    const definition = { name: 'Lojas', metrics: ['revenue'], dimensions: ['store'], period: { preset: '30d' } }
    const { id } = await ask('POST', '/reports', definition)
    const path = `/reports/${id}/schedules`
    expect(await ask('GET', path)).to.deep.equal({ items: [], mail: 'off' })
    const rhythm = { every: 'day', at: '07:00' }
    const schedule = await ask('POST', path, { rhythm, recipients: ['admin@chain.example'] })
    expect(schedule).to.include({ mail: 'off' })

    const said: unknown[] = []
    const log = { warn: (...words: unknown[]) => void said.push(words) }
    const due = new Date(schedule.nextAt)
    expect(await sayWaiting(chain.parts.settings, log, new Date(due.getTime() - 1))).to.equal(false)
    expect(await sayWaiting(chain.parts.settings, log, due)).to.equal(true)
    expect(said).to.deep.equal([
      [{ due: 1 }, 'there is no DATAAPP_SMTP_URL: reports scheduled by mail wait until there is one'],
    ])
  })

  it('and so are rules whose alerts would leave by mail', async () => {
    expect(await ask('GET', '/insights/rules')).to.include({ mail: 'off' })
  })
})
