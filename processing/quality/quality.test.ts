import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { z } from 'zod'
import { parseMicros, zero } from '#shared/records/micros.ts'
import { readRejectedLine } from '#shared/records/rejected-line.ts'
import type { Sale } from '#shared/records/sale.ts'
import { checked, corrected, type Judged, type Known } from './judge.ts'
import { parseRules, qualitySchema, type Rule } from './rules.ts'
import { cleanUnit } from './unit.ts'

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

const judge = (given: readonly Rule[], of: Sale, known: Known = {}): Judged =>
  checked(given, corrected(given, of, known), known)

describe('quality rules', () => {
  it('reject a service code with the line it came from', () => {
    const judged = judge(
      rules('{ rule: service, kind: forbidden, field: product, values: [POST], severity: reject }'),
      sale,
    )
    expect(judged.sale.lines.map(each => each.product)).to.deep.equal(['a10'])
    expect(judged.rejected).to.have.length(1)
    expect(judged.rejected[0]).to.include({ source: 'loja', file: 'a.csv', line: 7, field: 'product', rule: 'service' })
  })

  it('correct letter case and keep what came, before they turn anything away', () => {
    const judged = judge(
      rules(
        '{ rule: twice, kind: unique, field: product, severity: reject }',
        '{ rule: codes, kind: letter-case, field: product, to: upper, severity: correct }',
      ),
      { ...sale, lines: [line, { ...line, line: '2', product: 'A10' }] },
    )
    expect(judged.sale.lines.map(each => each.product)).to.deep.equal(['A10'])
    expect(judged.hits.map(({ rule, original, value }) => [rule, original, value])).to.deep.equal([
      ['codes', 'a10', 'A10'],
      ['twice', 'A10', ''],
    ])
  })

  it('keep a line that is turned away as it came: told again, it is corrected as it was the first time', () => {
    const given = rules(
      '{ rule: usd, kind: currency, from: USD, rates: [{ since: 2024-04-01, rate: "5" }], severity: correct }',
      '{ rule: codes, kind: letter-case, field: product, to: upper, severity: correct }',
      '{ rule: shops, kind: replace, field: store, values: { "1": "001" }, severity: correct }',
      '{ rule: most, kind: range, field: revenue, max: 4, severity: reject }',
    )
    const judged = judge(given, { ...sale, lines: [line] })
    expect(judged.sale.lines).to.have.length(0)
    const [kept] = judged.rejected.map(({ raw }) => readRejectedLine(raw))
    expect(kept).to.deep.include({ ...line, store: '1', sale: 'S' })
    expect(judge(given, { ...sale, lines: kept === undefined ? [] : [kept] }).rejected[0]).to.include({
      message: 'revenue "5" breaks rule most',
    })
  })

  it('replace only what their file names, also where the text is a word that every object knows', () => {
    const renamed = rules('{ rule: renamed, kind: replace, field: product, values: { a10: A-10 }, severity: correct }')
    const judged = judge(renamed, {
      ...sale,
      lines: ['a10', 'constructor', 'toString', '__proto__'].map((product, at) => ({
        ...line,
        line: String(at),
        product,
      })),
    })
    expect(judged.sale.lines.map(each => each.product)).to.deep.equal(['A-10', 'constructor', 'toString', '__proto__'])
    expect(judged.hits).to.have.length(1)
  })

  it('write a code as its description does, where exactly one differs only in case', () => {
    const codes = rules('{ rule: codes, kind: letter-case, field: product, to: known, severity: correct }')
    const known = (...written: string[]) => ({ product: { any: true, of: new Map([['a10', written]]) } })
    expect(judge(codes, sale, known('A10')).sale.lines[0]?.product).to.equal('A10')
    expect(judge(codes, sale, known('A10', 'a10')).sale.lines[0]?.product).to.equal('a10')
  })

  it('turn away what is not described, unless nothing is', () => {
    const described = rules('{ rule: described, kind: known, field: product, severity: reject }')
    const of = new Map([['a10', ['a10']]])
    expect(judge(described, sale, { product: { any: true, of } }).rejected.map(why => why.message)).to.deep.equal([
      'product "POST" breaks rule described',
    ])
    expect(judge(described, sale, { product: { any: false, of: new Map() } }).rejected).to.deep.equal([])
  })

  it("turn money of another currency into the chain's own at the rate of the day", () => {
    const dollars = rules(
      '{ rule: usd, kind: currency, from: USD, rates: [{ since: 2024-04-01, rate: "5.25" }, { since: 2024-06-01, rate: "5.5" }], severity: correct }',
    )
    const judged = judge(dollars, sale)
    expect(judged.sale.lines.map(({ revenue, cost }) => [revenue, cost])).to.deep.equal([
      [5_250_000, 10_500_000],
      [5_250_000, null],
    ])
    expect(judged.hits[0]).to.include({ original: '1 USD', value: '5.25', field: 'revenue' })
    const early = judge(dollars, { ...sale, soldAt: '2024-03-31T10:00:00' })
    expect(early.rejected.map(why => why.message)).to.deep.equal(
      Array(2).fill('soldAt "2024-03-31" has no rate of USD'),
    )
  })

  it('look at required fields, ranges and allowed values, each only for its sources', () => {
    const judged = judge(
      rules(
        '{ rule: few, kind: range, field: quantity, max: 0.5, severity: reject, sources: [other] }',
        '{ rule: dear, kind: range, field: cost, max: 1.5, severity: reject }',
        '{ rule: seller-given, kind: required, field: seller, severity: reject }',
        '{ rule: shops, kind: allowed, field: store, values: ["2"], severity: reject }',
      ),
      sale,
    )
    expect(judged.hits.map(hit => hit.rule)).to.deep.equal(['dear', 'seller-given'])
  })

  it('say what is wrong in their file', () => {
    expect(() => rules('{ rule: x, kind: range, field: product, min: 1, severity: flag }')).to.throw(
      /q\.yaml: rule "x": field/,
    )
    expect(() => rules('{ kind: below-cost, severity: flag }')).to.throw(/q\.yaml: rules\.0\.rule/)
    expect(() => rules('{ rule: x, kind: rnge, field: quantity, min: 1, severity: flag }')).to.throw(
      'rule "x": kind "rnge" is no kind of rule (nearest: range)',
    )
    expect(() => rules('{ rule: x, kind: range, field: quantity, mn: 1, severity: flag }')).to.throw(/rule "x": .*"mn"/)
    expect(() =>
      rules('{ rule: x, kind: below-cost, severity: flag }', '{ rule: x, kind: below-cost, severity: flag }'),
    ).to.throw(/"x"/)
    expect(() => rules('{ rule: x, kind: service, severity: reject }')).to.throw(/severity/)
  })

  it('are refused by name when nothing could ever keep or break them', () => {
    const refused = {
      '{ rule: x, kind: range, field: quantity, severity: reject }': 'min and max are both missing',
      '{ rule: x, kind: range, field: quantity, min: 10, max: 1, severity: reject }': 'min is more than max',
      '{ rule: x, kind: range, field: quantity, max: 999999999999999, severity: flag }': 'max is more than a line can',
      '{ rule: x, kind: range, field: quantity, min: -1e15, severity: flag }': 'min is less than a line can',
      '{ rule: x, kind: volume, min: 3, max: 0.5, severity: flag }': 'min is more than max',
      '{ rule: x, kind: volume, min: 3, severity: flag }': 'min is more than 1',
      '{ rule: x, kind: freshness, hours: 1e9, severity: flag }': 'hours is more than ten years',
      '{ rule: x, kind: currency, from: USD, rates: [{ since: 2024-01-01, rate: "0" }], severity: correct }':
        'rates.0.rate is not above zero',
      '{ rule: x, kind: currency, from: USD, rates: [{ since: 2024-01-01, rate: "9999999999999" }], severity: correct }':
        'rates.0.rate is more than',
      '{ rule: x, kind: currency, from: USD, rates: [{ since: 2024-01-01, rate: "5" }, { since: 2024-01-01, rate: "6" }], severity: correct }':
        'rates has two rates since 2024-01-01',
      '{ rule: x, kind: replace, field: product, values: {}, severity: correct }': 'values is empty',
      '{ rule: x, kind: letter-case, field: line, to: known, severity: correct }':
        'to is known for a field that nothing',
      '{ rule: x, kind: below-cost, severity: flag, sources: [] }': 'sources is empty',
    }
    for (const [rule, why] of Object.entries(refused)) expect(() => rules(rule)).to.throw(`q.yaml: rule "x": ${why}`)
    expect(() => rules('{ rule: x, kind: range, field: quantity, min: 1, max: 1, severity: flag }')).not.to.throw()
  })

  it('have a published JSON Schema, and examples in their page that hold', () => {
    const published: unknown = JSON.parse(readFileSync(new URL('./quality.schema.json', import.meta.url), 'utf8'))
    expect(published).to.deep.equal(JSON.parse(JSON.stringify(z.toJSONSchema(qualitySchema, { io: 'input' }))))
    const page = readFileSync(new URL('../../docs/quality.md', import.meta.url), 'utf8')
    const examples = [...page.matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/g)]
    expect(examples.length).to.be.greaterThan(0)
    for (const [, example = ''] of examples) expect(parseRules(example, 'docs/quality.md')).not.to.have.length(0)
    for (const kind of qualitySchema.shape.rules.element.options.map(option => option.shape.kind.value))
      expect(page).to.contain(`| \`${kind}\``)
  })
})

describe('units of measure', () => {
  it('have one spelling, and what is none of them stays', () => {
    expect(['KG', 'Kg.', 'quilo', 'UN', 'Peça', 'bandeja'].map(cleanUnit)).to.deep.equal([
      'kg',
      'kg',
      'kg',
      'un',
      'un',
      'bandeja',
    ])
  })
})
