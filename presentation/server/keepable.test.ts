import { expect } from 'chai'
import { unkeepable } from './keepable.ts'

describe('text that no database keeps', () => {
  it('is found wherever it stands in what was sent, and named by its field', () => {
    expect(unkeepable({ name: 'ana', stores: ['centro', 'praia\0'] }, 'body')).to.equal('body.stores.1')
    expect(unkeepable({ filters: { 'a\0': 1 } }, 'body')).to.equal('body.filters.a�')
    expect(unkeepable({ person: '\0' }, 'query')).to.equal('query.person')
    expect(unkeepable('half of a pair: \ud83d', 'body')).to.equal('body')
  })

  it('is nothing else', () => {
    expect(unkeepable({ name: 'João 🍞\n\t', at: 1, none: null, many: [true, ['']] }, 'body')).to.equal(undefined)
    expect(unkeepable(undefined, 'body')).to.equal(undefined)
  })
})
