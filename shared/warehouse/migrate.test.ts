import { join } from 'node:path'
import { expect } from 'chai'
import { parseConfig } from '#shared/config.ts'
import { silentLog } from '#shared/log.ts'
import { openSettings } from '#shared/settings/open.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { needs } from '../../test/parts/part.ts'
import { available, type PostgresPart, startPostgres } from '../../test/parts/postgres.ts'
import { Engine } from './embedded/supervisor.ts'
import { migrations } from './migrate.ts'
import { openWarehouse } from './open.ts'

const together = [1, 2, 3, 4]

describe('tiers that start at the same moment', () => {
  before(needs(available()))

  const home = temporaryHome()
  let postgres: PostgresPart

  before(async () => {
    postgres = await startPostgres()
  })
  after(async () => {
    await postgres?.stop()
    home.remove()
  })

  it('bring new settings and a new warehouse up to date once, whichever of them comes first', async () => {
    const engine = new Engine({
      directory: join(home.config.DATAAPP_HOME, 'warehouse'),
      database: 'dataapp',
      memoryBytes: 700_000_000,
      log: silentLog,
    })
    await engine.up()
    const config = parseConfig({
      DATAAPP_HOME: home.config.DATAAPP_HOME,
      DATAAPP_WAREHOUSE_URL: engine.url,
      DATAAPP_WAREHOUSE_PASSWORD: engine.password,
      DATAAPP_SETTINGS_URL: postgres.url,
    })
    const opened = await Promise.all(
      together.map(async () => {
        const settings = await openSettings(config)
        return { settings, warehouse: await openWarehouse(config, silentLog, settings) }
      }),
    )
    try {
      for (const { warehouse } of opened) {
        const had = await warehouse.rows<{ name: string }>('SELECT name FROM migrations ORDER BY name')
        expect(had.map(({ name }) => name)).to.deep.equal(migrations().map(({ file }) => file))
      }
    } finally {
      for (const { settings, warehouse } of opened) {
        await warehouse.close()
        await settings.close()
      }
      await engine.close()
    }
  })
})
