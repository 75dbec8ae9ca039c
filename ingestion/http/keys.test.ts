import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { httpKeysFile, withDigests } from '#shared/chain-files.ts'
import { temporaryHome } from '../../test/parts/home.ts'
import { openKeys } from './keys.ts'

describe('the keys of tills', () => {
  it('let in who has the key, and nobody who has only read its digest', () => {
    const home = temporaryHome()
    try {
      const text = withDigests('caixa-1 abc\n')
      writeFileSync(httpKeysFile(home.config), text)
      const { senderOf } = openKeys(home.config)
      expect(senderOf('abc')).to.equal('caixa-1')
      const digest = text.trim().split(' ')[1] ?? ''
      expect(senderOf(digest)).to.equal(undefined)
      expect(senderOf(digest.slice('sha256:'.length))).to.equal(undefined)
    } finally {
      home.remove()
    }
  })
})
