import { expect } from 'chai'
import { httpKeyDigest, withDigests } from './chain-files.ts'

describe('the keys of tills', () => {
  it('are written as their digests, which stay as they are, between comments and empty lines', () => {
    const written = withDigests('# tills\n\ncaixa-1 abc\n  loja\tdef \nold sha256:ABCD\n')
    expect(written).to.equal(
      `# tills\n\ncaixa-1 sha256:${httpKeyDigest('abc')}\n  loja\tsha256:${httpKeyDigest('def')} \nold sha256:abcd\n`,
    )
    expect(withDigests(written)).to.equal(written)
  })
})
