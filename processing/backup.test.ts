import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { openParts } from '#cli/parts.ts'
import { withDigests } from '#shared/chain-files.ts'
import { silentLog } from '#shared/log.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { saleOf, startChain } from '../test/parts/chain.ts'
import { temporaryHome } from '../test/parts/home.ts'
import { restore } from './backup.ts'
import { keepFiles, putInPlace } from './backup-files.ts'
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
  it('brings back what the chain wrote beside the settings, and no key of a till in plain', async () => {
    const chain = await startChain()
    const [kept, other] = [temporaryHome(), temporaryHome()]
    try {
      const home = chain.parts.config.DATAAPP_HOME
      const rules = 'version: 1\nrules:\n  - { rule: own, kind: required, field: seller, severity: flag }\n'
      mkdirSync(join(home, 'sources'), { recursive: true })
      writeFileSync(join(home, 'sources', 'loja.yaml'), 'name: loja\n')
      writeFileSync(join(home, 'quality.yaml'), rules)
      writeFileSync(join(home, 'http-keys'), 'caixa-1 plain-key-of-a-till\n')
      const directory = join(kept.config.DATAAPP_HOME, 'one')
      await runJob(chain.parts, { job: 'backup', directory })
      expect(readFileSync(join(directory, 'http-keys'), 'utf8')).to.match(/^caixa-1 sha256:[0-9a-f]{64}\n$/)

      const own = (...path: string[]) => join(other.config.DATAAPP_HOME, ...path)
      copyFileSync(join(directory, 'keys.json'), own('keys.json'))
      writeFileSync(own('quality.yaml'), 'of the new one')
      const { close, ...restored } = await openParts(other.config, silentLog)
      try {
        expect(await restore(restored, directory)).to.include({ lines: 0 })
        const read = (...path: string[]) => readFileSync(own(...path), 'utf8')
        expect(read('sources', 'loja.yaml')).to.equal('name: loja\n')
        expect(read('quality.yaml'), 'what is there stays').to.equal('of the new one')
        expect(withDigests('caixa-1 plain-key-of-a-till\n'), 'tills go on with their keys').to.equal(read('http-keys'))
        rmSync(own('quality.yaml'))
        await restore(restored, directory)
        expect(read('quality.yaml')).to.equal(rules)
      } finally {
        await close()
      }

      await chain.publish([saleOf({ store: '1', sale: 'A', day: '2024-05-01', seller: 'v1' })])
      rmSync(join(home, 'quality.yaml'))
      const refused = await restore(chain.parts, directory).catch((error: unknown) => error)
      expect(refused).to.have.property('code', 'RESTORE_NOT_EMPTY')
      expect(existsSync(join(home, 'quality.yaml')), 'an installation in use').to.equal(false)
    } finally {
      await chain.stop()
      kept.remove()
      other.remove()
    }
  })

  it('brings source files back wherever DATAAPP_SOURCES says they are: a folder of any name, or one file', async () => {
    const kept = temporaryHome()
    try {
      const place = (...path: string[]) => join(kept.config.DATAAPP_HOME, ...path)
      mkdirSync(place('chain.d'))
      writeFileSync(place('chain.d', 'loja.yaml'), 'name: loja\n')
      for (const from of [place('chain.d'), place('chain.d', 'loja.yaml')])
        for (const to of ['shop.d', 'sources', 'loja.yaml']) {
          const directory = mkdtempSync(place('backup-'))
          await keepFiles({ ...kept.config, DATAAPP_SOURCES: from }, directory)
          await putInPlace({ ...kept.config, DATAAPP_SOURCES: join(directory, 'there', to) }, directory)
          const file = to.endsWith('.yaml') ? to : join(to, 'loja.yaml')
          expect(readFileSync(join(directory, 'there', file), 'utf8'), to).to.equal('name: loja\n')
        }
    } finally {
      kept.remove()
    }
  })

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
