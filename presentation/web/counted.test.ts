import { expect } from 'chai'
import { counted } from './counted.ts'

describe('a count in words', () => {
  it('says one of a thing otherwise than several or none', () => {
    const stores = (count: string) => counted(count, 'loja', 'lojas')
    expect(['0', '1', '2', '1.001'].map(stores)).to.deep.equal(['0 lojas', '1 loja', '2 lojas', '1.001 lojas'])
  })
})
