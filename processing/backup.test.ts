import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { openParts } from '#cli/parts.ts'
import { silentLog } from '#shared/log.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { saleOf, startChain } from '../test/parts/chain.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { restore } from './backup.ts'
import { runJob } from './jobs.ts'

const person: Dimension = {
  v: 1,
  kind: 'customer',
  id: '77',
  source: 'test',
  version: 1,
  attributes: { name: 'Zulmira Quaresmeira', email: '', phone: '', document: '', city: '', region: '', country: '' },
}

describe('a backup', () => {
  it('that is made while keys rotate holds the keys that open it', async () => {
    const chain = await startChain()
    const [kept, other] = [temporaryHome(), temporaryHome()]
    try {
      const { parts } = chain
      await chain.describe([person])
      await chain.publish([saleOf({ store: '1', sale: 'A', day: '2024-05-01', seller: 'v1', customer: '77' })])
      const directory = join(kept.config.DATAAPP_HOME, 'one')
      const made = runJob(parts, { job: 'backup', directory })
      while (!existsSync(join(directory, 'settings', 'data_keys.json'))) await sleep(1)
      await runJob(parts, { job: 'key-rotate' })
      expect(await made).to.include({ directory })
      copyFileSync(join(directory, 'keys.json'), join(other.config.DATAAPP_HOME, 'keys.json'))
      const { close, ...restored } = await openParts(other.config, silentLog)
      try {
        await restore(restored, directory)
        const exported = await runJob(restored, { job: 'person-export', kind: 'customer', id: '77' })
        expect(exported).to.have.nested.property('person.name', 'Zulmira Quaresmeira')
      } finally {
        await close()
      }
    } finally {
      await chain.stop()
      kept.remove()
      other.remove()
    }
  })
})
