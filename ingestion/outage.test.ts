import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { openParts } from '#cli/parts.ts'
import { silentLog } from '#shared/log.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { needs } from '../test/parts/part.ts'
import { available, startPostgres } from '../test/parts/postgres.ts'
import { ingestion } from './main.ts'

const source = 'name: loja\nsale: { id: Cupom, store: Loja, soldAt: Data, product: Produto, unitPrice: Valor }\n'

describe('settings that are away', () => {
  before(needs(available()))

  it('keep no tier from going on: a file that came meanwhile is read when they are back', async () => {
    const server = await startPostgres()
    const home = temporaryHome({ DATAAPP_SETTINGS_URL: server.url, DATAAPP_INGESTION_PORT: '0' })
    const directory = home.config.DATAAPP_HOME
    const inbox = join(directory, 'inbox', 'loja')
    for (const folder of [inbox, join(directory, 'sources')]) mkdirSync(folder, { recursive: true })
    writeFileSync(join(directory, 'sources', 'loja.yaml'), source)
    const said: string[] = []
    const note = (details: { code?: string }) => void said.push(details.code ?? '')
    const log = { ...silentLog, error: note }
    const { close, ...parts } = await openParts(home.config, log)
    const tier = await ingestion(parts)
    const until = async (is: () => Promise<boolean> | boolean) => {
      while (!(await is())) await Promise.race([sleep(50), tier.failed])
    }
    try {
      await server.kill()
      writeFileSync(join(inbox, 'a.csv'), 'Cupom,Loja,Data,Produto,Valor\n1,1,2024-05-01,bread,2.00\n')
      await until(() => said.includes('SETTINGS_UNREACHABLE'))
      await server.restart()
      await until(async () => {
        const read = await parts.settings.query<{ state: string }>('SELECT state FROM ledger')
        return read.some(({ state }) => state === 'done')
      })
      expect(await parts.settings.query("SELECT totals->>'accepted' AS rows FROM ledger")).to.deep.equal([
        { rows: '1' },
      ])
    } finally {
      await tier.stop()
      await close()
      await server.stop()
      home.remove()
    }
  })
})
