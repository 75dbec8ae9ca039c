import { createServer } from 'node:http'
import { expect } from 'chai'
import { closeServer, listen } from '#shared/health.ts'
import { freePort } from '../test/parts/part.ts'
import { withDoors } from './opening.ts'

const host = '127.0.0.1'

async function answer(url: string): Promise<Response> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined)
    if (response !== undefined) return response
    await new Promise(done => setTimeout(done, 50))
  }
}

describe('a start that waits for a server', () => {
  it('is alive, says what it waits for, and gives the port to the tier once that is there', async () => {
    const port = await freePort()
    const waiting = new Set(['warehouse'])
    let arrive = (_: string) => {}
    const opened = withDoors(
      [port],
      host,
      waiting,
      new Promise<string>(done => {
        arrive = done
      }),
    )
    const ready = await answer(`http://${host}:${port}/readyz`)
    expect(ready.status).to.equal(503)
    const { checks } = await ready.json()
    expect(checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok])).to.deep.equal([
      ['bus', true],
      ['settings', true],
      ['warehouse', false],
    ])
    expect((await fetch(`http://${host}:${port}/healthz`)).status).to.equal(200)
    const page = await fetch(`http://${host}:${port}/`)
    expect([page.status, await page.text()]).to.deep.equal([503, 'DataApp is starting. Waiting for: warehouse\n'])
    arrive('parts')
    expect(await opened).to.equal('parts')
    const tier = createServer()
    expect(await listen(tier, port, host, false)).to.equal(port)
    await closeServer(tier)
  })

  it('opens no doors when everything is there at once, nor where a port is taken', async () => {
    const taken = createServer()
    const port = await listen(taken, 0, host, false)
    expect(await withDoors([port], host, new Set(), Promise.resolve('parts'))).to.equal('parts')
    const late = new Promise<string>(done => setTimeout(() => done('late'), 1_200))
    expect(await withDoors([port], host, new Set(['bus']), late)).to.equal('late')
    await closeServer(taken)
  })
})
