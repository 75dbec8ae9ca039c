import { expect } from 'chai'
import fc from 'fast-check'
import { type Node, reconcile } from './hierarchy.ts'

function expectAddsUp(node: Node, agreed: Map<string, Float64Array>): void {
  if (node.children.length === 0) return
  agreed.get(node.id)?.forEach((whole, j) => {
    const sum = node.children.reduce((total, child) => total + (agreed.get(child.id)?.[j] ?? 0), 0)
    expect(sum).to.be.closeTo(whole, 1e-6 * Math.max(Math.abs(whole), 1))
  })
  for (const child of node.children) expectAddsUp(child, agreed)
}

const leaf = (id: string, history: number[], forecast: number[]): Node => ({
  id,
  history: Float64Array.from(history),
  forecast: Float64Array.from(forecast),
  children: [],
})

describe('levels that add up', () => {
  it('makes the chain the sum of its stores', () => {
    const chain: Node = {
      ...leaf('chain', [30, 30], [36, 40]),
      children: [leaf('a', [10, 10], [10, 10]), leaf('b', [20, 20], [20, 30])],
    }
    const agreed = reconcile(chain)
    expect(agreed.get('a')).to.deep.equal(Float64Array.of(10, 10))
    expect(agreed.get('b')).to.deep.equal(Float64Array.of(20, 30))
    expect(agreed.get('chain')).to.deep.equal(Float64Array.of(30, 40))
  })

  it('gives a sparse product its share of the parent', () => {
    const seldom = [8, 0, 0, 0, 0, 0, 0, 0]
    const often = [9, 9, 9, 9, 9, 9, 9, 9]
    const parent: Node = {
      ...leaf(
        'category',
        often.map((value, i) => value + (seldom[i] ?? 0)),
        [10],
      ),
      children: [leaf('often', often, [9]), leaf('seldom', seldom, [500])],
    }
    expect(reconcile(parent).get('seldom')?.[0]).to.be.closeTo(1, 0.1)
  })

  it('adds up at every node whatever the forecasts', () => {
    const figures = fc.array(fc.integer({ min: -50, max: 500 }), { minLength: 4, maxLength: 4 })
    const tree = fc.array(fc.array(figures, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(figures, tree, (top, stores) => {
        const root: Node = {
          ...leaf('chain', top, top),
          children: stores.map((sellers, s) => ({
            ...leaf(`store ${s}`, sellers[0] ?? [], sellers[0] ?? []),
            children: sellers.map((own, k) => leaf(`seller ${s}.${k}`, own, own)),
          })),
        }
        expectAddsUp(root, reconcile(root))
      }),
    )
  })
})
