import { expect } from 'chai'
import type { ShownAlert } from '../server/insights/alert-routes.ts'
import { caseOf, causeOf, groupsOf, toldIn } from './alert-groups.ts'

describe('alerts side by side', () => {
  const alert = (id: string, rule: string, subjects: [kind: 'product' | 'store', name: string, store: string][]) =>
    ({
      id,
      rule,
      owner: 'chain',
      name: `rule ${rule}`,
      at: '2026-01-02T10:00:00Z',
      metric: 'margin',
      condition: {},
      joins: null,
      reminder: 0,
      suggestion: null,
      status: 'open',
      resolvedAt: null,
      snoozedUntil: null,
      breaches: subjects.map(([kind, name, store]) => ({
        subject: { kind, id: name, store, name },
        badness: 3,
        value: -3,
        reference: 0,
        sentence: `${name}: margem de -3,6%, abaixo de 0%.`,
      })),
    }) satisfies ShownAlert
  const nameOf = (id: string) => (id === '8' ? 'Loja, da Praia' : undefined)

  it('stand under their rule, with how many cases it has', () => {
    const groups = groupsOf([
      alert('a', 'cost', [['product', 'pão, Loja, da Praia', '8']]),
      alert('b', 'pace', [['store', 'Centro', 'Centro']]),
      alert('c', 'cost', [
        ['product', 'bolo', ''],
        ['product', 'leite', ''],
      ]),
    ])
    expect(groups.map(({ rule, alerts, cases }) => [rule, alerts.map(({ id }) => id), cases])).to.deep.equal([
      ['cost', ['a', 'c'], 3],
      ['pace', ['b'], 1],
    ])
  })

  it('are titled by the one store they are about, and name what is worst there', () => {
    const one = alert('a', 'cost', [
      ['product', 'pão, 40, Loja, da Praia', '8'],
      ['product', 'bolo, Loja, da Praia', '8'],
    ])
    expect(causeOf(one, nameOf)).to.deep.equal({
      title: 'Loja, da Praia',
      within: { kind: 'product', count: 2 },
      worst: 'pão, 40: margem de -3,6%, abaixo de 0%',
    })
    expect(one.breaches.map(breach => caseOf(breach, 'Loja, da Praia'))).to.deep.equal([
      'pão, 40: margem de -3,6%, abaixo de 0%',
      'bolo: margem de -3,6%, abaixo de 0%',
    ])
  })

  it('are titled by the thing itself where there is no store, or more than one', () => {
    const title = (subjects: Parameters<typeof alert>[2]) => causeOf(alert('a', 'cost', subjects), nameOf).title
    expect(title([['product', 'pão', '']])).to.equal('pão')
    expect(title([['store', 'Centro', 'c']])).to.equal('Centro')
    expect(
      title([
        ['product', 'pão, Centro', 'c'],
        ['product', 'pão, Loja, da Praia', '8'],
      ]),
    ).to.equal('pão, Centro')
  })

  it('are told in the language of whoever reads them', () => {
    const kept = { ...alert('a', 'cost', [['product', 'pão', '']]), condition: { kind: 'marginBelow', percent: 0 } }
    const sentence = (language: 'pt-BR' | 'en') => toldIn(kept, { language, currency: 'BRL' }).breaches[0]?.sentence
    expect(sentence('en')).to.equal('pão: margin of -3%, below 0%.')
    expect(sentence('pt-BR')).to.equal('pão: margem de -3%, abaixo de 0%.')
    const ready = { ...kept, rule: 'ready:below-cost', name: 'Produto vendido abaixo do custo' }
    const name = (given: typeof kept) => toldIn(given, { language: 'en', currency: 'BRL' }).name
    expect(name(ready)).to.equal('Product sold below cost')
    expect(name({ ...ready, name: 'Renamed by somebody' })).to.equal('Renamed by somebody')
    const unknown = { ...kept, condition: { kind: 'of a later version' } }
    expect(toldIn(unknown, { language: 'en', currency: 'BRL' })).to.deep.equal(unknown)
  })
})
