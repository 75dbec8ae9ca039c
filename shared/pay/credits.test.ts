import { expect } from 'chai'
import { creditsOf } from './credits.ts'

describe('who is credited for a sale', () => {
  it('is its seller, or several with their shares, or several alike', () => {
    expect(creditsOf('')).to.deep.equal([])
    expect(creditsOf('ana')).to.deep.equal([{ person: 'ana', share: '1' }])
    expect(creditsOf('ana=0.6|rui=0.4')).to.deep.equal([
      { person: 'ana', share: '0.6' },
      { person: 'rui', share: '0.4' },
    ])
    expect(creditsOf('ana | rui | bia').map(({ share }) => share)).to.deep.equal(['1/3', '1/3', '1/3'])
  })
})
