import { expect } from 'chai'
import { silentLog } from '#shared/log.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { needs } from '../test/parts/part.ts'
import { available, startPostgres } from '../test/parts/postgres.ts'
import { openParts } from './parts.ts'

describe('the parts of an installation', () => {
  before(needs(available()))

  it('are there once a settings database that was away at the start is back', async () => {
    const server = await startPostgres()
    const home = temporaryHome({ DATAAPP_SETTINGS_URL: server.url })
    try {
      await server.kill()
      let away = () => {}
      const tried = new Promise<void>(done => {
        away = done
      })
      const opened = openParts(home.config, { ...silentLog, warn: () => away() })
      await Promise.race([tried, opened])
      await server.restart()
      const { close, settings } = await opened
      expect(await settings.query('SELECT 1 AS one')).to.deep.equal([{ one: 1 }])
      await close()
    } finally {
      await server.stop()
      home.remove()
    }
  })
})
