import { expect } from 'chai'
import { isFor, pickable } from './pickable.ts'

describe('what can be picked', () => {
  const items = [
    { id: 'l-1', text: 'Centro' },
    { id: 'l-2', text: 'Praia' },
  ]
  const offered = (first: string[], chosen: string[]) => pickable(items, first, chosen).map(({ text }) => text)

  it('begins with what was chosen when the list opened, and does not move while one chooses', () => {
    expect(offered(['l-2'], ['l-2'])).to.deep.equal(['Praia', 'Centro'])
    expect(offered(['l-2'], ['l-1'])).to.deep.equal(['Praia', 'Centro'])
  })

  it('keeps what the list does not know, also after it was switched off', () => {
    expect(offered(['not-open-yet'], [])).to.deep.equal(['not-open-yet', 'Centro', 'Praia'])
    expect(offered([], ['typed'])).to.deep.equal(['typed', 'Centro', 'Praia'])
  })

  it('is found by its name, its place and its code, without accents', () => {
    const found = (text: string) => isFor(text)({ id: 'l-9', text: 'São Bento', found: 'Manaus AM' })
    expect(['sao', ' BENTO ', 'manaus', 'l-9', ''].map(found)).to.deep.equal([true, true, true, true, true])
    expect(found('recife')).to.equal(false)
  })
})
