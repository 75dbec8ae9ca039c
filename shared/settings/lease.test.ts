import { expect } from 'chai'
import { temporaryHome } from '../../test/parts/home.ts'
import { openPreparedSettings } from '../../test/parts/prepared.ts'
import { withLease } from './lease.ts'
import type { Settings } from './settings.ts'

describe('work that one process at a time may do', () => {
  const home = temporaryHome()
  const never = new AbortController().signal
  let settings: Settings

  before(async () => {
    settings = await openPreparedSettings(home.config)
  })
  after(async () => {
    await settings.close()
    home.remove()
  })

  it('waits until nobody else is at it, and is done also after a failure', async () => {
    const steps: string[] = []
    const first = withLease(settings, 'one', never, async () => {
      steps.push('first begins')
      await new Promise(done => setTimeout(done, 200))
      steps.push('first ends')
      throw new Error('failed')
    }).catch(() => {})
    while (steps.length === 0) await new Promise(done => setTimeout(done, 10))
    await withLease(settings, 'one', never, async () => steps.push('second'))
    await first
    expect(steps).to.deep.equal(['first begins', 'first ends', 'second'])
  })

  it('is taken over when its holder is gone, and a holder that was too slow is told', async () => {
    const shared: Settings = { ...settings, kind: 'server' }
    const outcome = await withLease(shared, 'two', never, async ({ renew }) => {
      await renew()
      await settings.query("UPDATE leases SET holder = 'another' WHERE name = 'two'")
      return renew().catch((error: unknown) => error)
    })
    expect(outcome).to.include({ code: 'LEASE_LOST' })
    await settings.query("UPDATE leases SET until = now() - interval '1 second' WHERE name = 'two'")
    expect(await withLease(shared, 'two', never, async () => 'mine')).to.equal('mine')
  })

  it('waits for nobody in an embedded database, which a process that is gone left behind', async () => {
    await settings.query("INSERT INTO leases VALUES ('left', 'another', now() + interval '1 hour')")
    expect(await withLease(settings, 'left', never, async () => 'mine')).to.equal('mine')
  })

  it('gives up waiting when it is asked to', async () => {
    await settings.query("INSERT INTO leases VALUES ('three', 'another', now() + interval '1 hour')")
    const reason = await withLease(
      { ...settings, kind: 'server' },
      'three',
      AbortSignal.timeout(50),
      async () => 'mine',
    ).catch((error: unknown) => error)
    expect(reason).to.be.instanceOf(Error)
  })
})
