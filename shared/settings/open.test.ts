import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { temporaryHome } from '../../test/parts/home.ts'
import { needs } from '../../test/parts/part.ts'
import { available, type PostgresPart, startPostgres } from '../../test/parts/postgres.ts'
import { openSettings } from './open.ts'
import type { Settings } from './settings.ts'

describe('settings on a server', () => {
  before(needs(available()))
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
    )
  let server: PostgresPart | undefined
  let settings: Settings | undefined
  after(async () => {
    await settings?.close()
    await server?.stop()
  })

  it('say that they are away whatever was going on when the server stopped, and go on when it is back', async () => {
    const home = temporaryHome()
    server = await startPostgres()
    settings = await openSettings({ ...home.config, DATAAPP_SETTINGS_URL: server.url })
    home.remove()
    const { query, transaction } = settings
    let stopped = () => {}
    for (const stop of [server.restart, server.kill]) {
      const ended = new Promise<void>(done => {
        stopped = done
      })
      const asked = codeOf(query('SELECT pg_sleep(60)'))
      const between = codeOf(
        transaction(async inside => {
          await inside('SELECT 1')
          await ended
          await inside('SELECT 1')
        }),
      )
      while ((await query("SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'")).length === 0)
        await sleep(10)
      await stop()
      stopped()
      expect([await asked, await between]).to.deep.equal(['SETTINGS_UNREACHABLE', 'SETTINGS_UNREACHABLE'])
    }
    expect(await codeOf(query('SELECT 1'))).to.equal('SETTINGS_UNREACHABLE')
    await server.restart()
    expect(await codeOf(query('SELECT 1'))).to.equal('done')
    expect(await codeOf(transaction(inside => inside('SELECT 1')))).to.equal('done')
  })
})
