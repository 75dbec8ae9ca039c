import { expect } from 'chai'
import { evaluate } from './evaluate.ts'
import type { SubjectFacts } from './facts.ts'
import type { Firing } from './firing.ts'
import { type Language, readyMade, readyMadeRules } from './ready-made.ts'
import { readyMadeNames } from './ready-made-names.ts'
import { type Action, suggestionFor } from './suggestion.ts'
import { advice, type Manner, sentence } from './wording.ts'

const now = Date.UTC(2024, 4, 6, 15)
const manner = (language: Language): Manner => ({ language, currency: 'BRL', nameOf: (_, id) => `«${id}»` })
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

const subject = (kind: SubjectFacts['subject']['kind'], id: string, rest: Partial<SubjectFacts>): SubjectFacts => ({
  subject: { kind, id, store: 'S1' },
  readings: {},
  ...rest,
})

/** The first firing of a ready-made rule, once it has held long enough. */
function fired(id: string, ...subjects: SubjectFacts[]): Firing {
  const rule = readyMadeRules('pt-BR').find(one => one.id === id)
  if (!rule) throw new Error(`no rule ${id}`)
  const facts = { day: '2024-05-06', zone: 'America/Sao_Paulo', subjects }
  const first = evaluate(rule, facts, new Map(), now)
  const then = evaluate(rule, facts, first.state, now + 86_400_000)
  const [change] = [...first.changes, ...then.changes]
  if (change?.kind !== 'fired') throw new Error('did not fire')
  return change.firing
}

const falling = () =>
  fired('ready:weekday-fall', subject('store', 'S1', { readings: { revenue: { value: 1234.5, sameWeekdays: 2000 } } }))
const standing = () =>
  fired(
    'ready:no-sales',
    subject('product', 'tea', { lastSaleAt: now - 20 * 86_400_000 }),
    subject('product', 'jam', { lastSaleAt: now - 30 * 86_400_000 }),
  )

describe('the words of an alert', () => {
  it('are Portuguese', () => {
    expect(plain(sentence(falling(), manner('pt-BR')))).to.equal(
      '«S1»: faturamento 38% abaixo dos mesmos dias da semana (R$ 1.234,50 contra R$ 2.000,00).',
    )
    expect(sentence(standing(), manner('pt-BR'))).to.equal('«jam», «S1» (e mais 1): sem vendas há 30 dias.')
  })

  it('are English when asked', () => {
    expect(plain(sentence(falling(), manner('en')))).to.equal(
      '«S1»: revenue 38% below the same weekdays (R$1,234.50 against R$2,000.00).',
    )
  })

  it('every ready-made rule is valid, named in both languages, and on', () => {
    expect(readyMadeRules('en').map(({ id, on }) => [id, on])).to.deep.equal(
      readyMade.map(({ rule }) => [rule.id, true]),
    )
    for (const names of Object.values(readyMadeNames)) expect(names['pt-BR']).to.not.equal(names.en)
  })
})

describe('the suggested action', () => {
  const actions: Action[] = [
    { kind: 'sellWith', product: 'jam', with: 'bread', gain: 900 },
    { kind: 'moveStock', product: 'tea', store: 'S1', to: 'S2', gain: 50 },
    { kind: 'moveStock', product: 'jam', store: 'S9', to: 'S2', gain: 800 },
    { kind: 'moveStock', product: 'jam', store: 'S1', to: 'S3', gain: 30 },
    { kind: 'moveStock', product: 'jam', store: 'S1', to: 'S2', gain: 40 },
    { kind: 'talkTo', seller: 'ana', store: 'S1', gain: 10 },
    { kind: 'talkTo', seller: 'eva', store: 'S2', gain: 99 },
  ]

  it('concerns the worst subject, helps most against the condition, gains most', () => {
    const action = suggestionFor(standing(), actions)
    expect(action).to.equal(actions[4])
    expect(action && advice(action, manner('pt-BR'))).to.equal('Leve «jam» de «S1» para «S2», onde vende.')
  })

  it('is for the store that falls', () => {
    const action = suggestionFor(falling(), actions)
    expect(action && advice(action, manner('en'))).to.equal('Talk to «ana».')
  })

  it('names a price as the reader writes money, and what it would do', () => {
    const action: Action = { kind: 'reprice', product: 'tea', store: 'S1', price: '1559.94', gain: 10 }
    expect(plain(advice(action, manner('pt-BR')))).to.equal(
      'Reveja o preço de «tea»: por R$ 1.559,94 daria a margem usual da categoria.',
    )
  })

  it('is none where the insights have none', () => {
    expect(suggestionFor(falling(), [])).to.equal(undefined)
  })
})
