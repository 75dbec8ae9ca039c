import { expect } from 'chai'
import { type EngineOrder, orderOf } from './order.ts'

describe('what the engine is told', () => {
  const order: EngineOrder = { directory: '/data', database: 'dataapp', password: 'p', port: 0, memoryBytes: 1 }

  it('is read as it was written', () => {
    expect(orderOf(JSON.stringify(order))).to.deep.equal(order)
  })

  it('is refused when something is missing or of another kind', () => {
    for (const key of Object.keys(order))
      for (const value of [undefined, null, {}])
        expect(() => orderOf(JSON.stringify({ ...order, [key]: value })), key).to.throw('not an order for the engine')
    expect(() => orderOf('{}')).to.throw('not an order for the engine')
  })
})
