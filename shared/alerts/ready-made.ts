import { type Language, type ReadyMadeRule, readyMadeNames } from './ready-made-names.ts'
import { chainOwner, type Rule, type RuleText, ruleSchema } from './rule.ts'

export type { Language } from './ready-made-names.ts'

type ReadyMade = {
  readonly rule: Omit<RuleText, 'owner' | 'name' | 'id'> & { readonly id: ReadyMadeRule }
  readonly explains: Readonly<Record<Language, string>>
}

const night = { from: '22:00', to: '07:00' }

/** The rules that are on from the start. Ids are kept for good: state and alerts refer to them. */
export const readyMade: readonly ReadyMade[] = [
  {
    rule: {
      id: 'ready:weekday-fall',
      scope: { kind: 'store' },
      condition: { kind: 'weekdayFall', percent: 30 },
      forMinutes: 30,
      coolDownMinutes: 720,
      channels: ['page', 'email'],
      quietHours: night,
    },
    explains: {
      'pt-BR': 'A loja vendeu 30% menos que nos mesmos dias da semana, até a mesma hora, por meia hora.',
      en: 'The store sold 30% less than on the same weekdays up to the same time, for half an hour.',
    },
  },
  {
    rule: {
      id: 'ready:below-pace',
      scope: { kind: 'store' },
      condition: { kind: 'belowPace', percent: 15 },
      coolDownMinutes: 2880,
      channels: ['page', 'email'],
      quietHours: night,
    },
    explains: {
      'pt-BR': 'A loja está 15% atrás do ritmo para alcançar a meta do mês.',
      en: "The store is 15% behind the pace that reaches the month's target.",
    },
  },
  {
    rule: {
      id: 'ready:below-cost',
      metric: 'margin',
      scope: { kind: 'product' },
      condition: { kind: 'marginBelow', percent: 0 },
      coolDownMinutes: 1440,
    },
    explains: {
      'pt-BR': 'O produto foi vendido na loja por menos do que custou.',
      en: 'The product was sold in the store for less than it cost.',
    },
  },
  {
    rule: {
      id: 'ready:forecast-broken',
      scope: { kind: 'store' },
      condition: { kind: 'forecastBroken', interval: 95 },
      forMinutes: 30,
      coolDownMinutes: 720,
      quietHours: night,
    },
    explains: {
      'pt-BR': 'A loja vendeu menos que o mínimo do intervalo de 95% da previsão.',
      en: 'The store sold less than the lower end of the forecast’s 95% interval.',
    },
  },
  {
    rule: {
      id: 'ready:no-sales',
      metric: 'units',
      scope: { kind: 'product' },
      condition: { kind: 'noSales', days: 14 },
      coolDownMinutes: 10_080,
    },
    explains: {
      'pt-BR': 'Produtos que a loja costuma vender estão há 14 dias sem venda.',
      en: 'Products that the store usually sells have not sold for 14 days.',
    },
  },
  {
    rule: {
      id: 'ready:seller-below-average',
      scope: { kind: 'seller' },
      condition: { kind: 'belowAverage', percent: 40 },
      forMinutes: 120,
      coolDownMinutes: 1440,
      quietHours: night,
    },
    explains: {
      'pt-BR': 'O vendedor vendeu 40% menos que a própria média, por duas horas.',
      en: 'The seller sold 40% less than their own average, for two hours.',
    },
  },
  {
    rule: {
      id: 'ready:data-late',
      metric: 'sales',
      scope: { kind: 'store' },
      condition: { kind: 'dataLate', minutes: 90 },
      group: 'rule',
      coolDownMinutes: 60,
      channels: ['page', 'email'],
    },
    explains: {
      'pt-BR': 'Há 90 minutos não chegam vendas da loja, com a loja aberta.',
      en: 'No sales have arrived from the store for 90 minutes while it is open.',
    },
  },
]

/** The ready-made rules as rules of the chain, named in its language. */
export const readyMadeRules = (language: Language): Rule[] =>
  readyMade.map(({ rule }) => ruleSchema.parse({ ...rule, owner: chainOwner, name: readyMadeNames[rule.id][language] }))
