import { expect } from 'chai'
import { filterQuery, readable } from './address.ts'

describe('an address of the page', () => {
  const read = (query: string) => readable(new URLSearchParams(query)).toString()

  it('keeps a period that can be read', () => {
    expect(read('from=2026-04-01&to=2026-05-01&tab=all')).to.equal('from=2026-04-01&to=2026-05-01&tab=all')
    expect(read('preset=7d&against=year&store=a&store=b')).to.equal('preset=7d&against=year&store=a&store=b')
  })

  it('is read as one without a period where there is none in it', () => {
    expect(read('from=2026-05-01&to=2026-04-01&store=a')).to.equal('store=a')
    expect(read('from=abc&to=def')).to.equal('')
    expect(read('from=2026-11-29')).to.equal('')
    expect(read('from=2026-02-30&to=2026-03-01')).to.equal('')
    expect(read('preset=nope&against=never')).to.equal('')
    expect(read('preset=7d&preset=30d')).to.equal('preset=7d')
    expect(filterQuery(readable(new URLSearchParams('from=abc&product=p')))).to.equal('?product=p')
  })
})
