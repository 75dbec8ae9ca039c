import { expect } from 'chai'
import { type Changed, readChanged } from './changed.ts'

const changed: Changed = {
  v: 1,
  at: '2026-05-31T12:00:00.000Z',
  kind: 'sales',
  from: '2026-05-31',
  to: '2026-05-31',
  stores: ['12'],
  products: null,
  sellers: [],
  lines: 3,
}

describe('news of what changed', () => {
  it('is read from a message of the bus', () => {
    expect(readChanged(Buffer.from(JSON.stringify(changed)))).to.deep.equal(changed)
  })

  it('is none in a message that is no JSON, or of another form: what listens goes on', () => {
    for (const text of ['', '{"v":1', 'null', '{"v":2}', JSON.stringify({ ...changed, lines: -1 })])
      expect(readChanged(Buffer.from(text)), text).to.equal(undefined)
  })
})
