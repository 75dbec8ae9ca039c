import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { temporaryHome } from '../test/parts/home.ts'
import { keptPrivate } from './home.ts'

describe('a private file', () => {
  it('is made once, for its owner alone, and never in the place of one that came first', () => {
    const home = temporaryHome()
    const path = join(home.config.DATAAPP_HOME, 'keys.json')
    try {
      const overtaken = keptPrivate(path, () => keptPrivate(path, () => 'first'))
      expect(overtaken).to.equal('first')
      expect(keptPrivate(path, () => 'later')).to.equal('first')
      expect(statSync(path).mode & 0o077).to.equal(0)
      expect(readdirSync(home.config.DATAAPP_HOME)).to.deep.equal(['keys.json'])
    } finally {
      home.remove()
    }
  })
})
