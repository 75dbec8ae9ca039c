import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { z } from 'zod'
import { parseMicros, zero } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'
import { judge } from './judge.ts'
import { parseRules, qualitySchema } from './rules.ts'

const one = parseMicros('1') ?? zero
const two = parseMicros('2') ?? zero
const line = {
  line: '1',
  product: 'a10',
  quantity: one,
  unitPrice: one,
  discount: zero,
  revenue: one,
  cost: two,
  row: 7,
}
const sale: Sale = {
  store: '1',
  sale: 'S',
  soldAt: '2024-05-01T10:00:00',
  seller: '',
  customer: '',
  source: 'loja',
  file: 'a.csv',
  extent: 'lines',
  version: 1,
  lines: [line, { ...line, line: '2', product: 'POST', cost: null }],
}
const rules = (...lines: string[]) =>
  parseRules(`version: 1\nrules:\n${lines.map(each => `  - ${each}\n`).join('')}`, 'q.yaml')

describe('quality rules', () => {
  it('flag what is sold below cost and load it all the same', () => {
    const judged = judge(rules('{ rule: below-cost, kind: below-cost, severity: flag }'), sale)
    expect(judged.hits.map(({ rule, line, original }) => [rule, line, original])).to.deep.equal([
      ['below-cost', '1', '1'],
    ])
    expect(judged.sale).to.equal(sale)
  })

  it('reject a service code with the line it came from', () => {
    const judged = judge(
      rules('{ rule: service, kind: forbidden, field: product, values: [POST], severity: reject }'),
      sale,
    )
    expect(judged.sale.lines.map(each => each.product)).to.deep.equal(['a10'])
    expect(judged.rejected).to.have.length(1)
    expect(judged.rejected[0]).to.include({ source: 'loja', file: 'a.csv', line: 7, field: 'product', rule: 'service' })
  })

  it('correct letter case and keep what came', () => {
    const judged = judge(
      rules(
        '{ rule: codes, kind: letter-case, field: product, to: upper, severity: correct }',
        '{ rule: twice, kind: unique, field: product, severity: flag }',
      ),
      { ...sale, lines: [line, { ...line, line: '2', product: 'A10' }] },
    )
    expect(judged.sale.lines.map(each => each.product)).to.deep.equal(['A10', 'A10'])
    expect(judged.hits.map(({ rule, original, value }) => [rule, original, value])).to.deep.equal([
      ['codes', 'a10', 'A10'],
      ['twice', 'A10', ''],
    ])
  })

  it('look at required fields, ranges and allowed values, each only for its sources', () => {
    const judged = judge(
      rules(
        '{ rule: seller-given, kind: required, field: seller, severity: flag }',
        '{ rule: few, kind: range, field: quantity, max: 0.5, severity: flag, sources: [other] }',
        '{ rule: shops, kind: allowed, field: store, values: ["2"], severity: flag }',
      ),
      sale,
    )
    expect(judged.hits.map(hit => hit.rule)).to.deep.equal(['seller-given', 'seller-given', 'shops', 'shops'])
  })

  it('say what is wrong in their file', () => {
    expect(() => rules('{ rule: x, kind: range, field: product, severity: flag }')).to.throw(/q\.yaml: rules\.0\.field/)
    expect(() =>
      rules('{ rule: x, kind: below-cost, severity: flag }', '{ rule: x, kind: below-cost, severity: flag }'),
    ).to.throw(/"x"/)
  })

  it('have a published JSON Schema', () => {
    const published: unknown = JSON.parse(readFileSync(new URL('./quality.schema.json', import.meta.url), 'utf8'))
    expect(published).to.deep.equal(JSON.parse(JSON.stringify(z.toJSONSchema(qualitySchema))))
  })
})
