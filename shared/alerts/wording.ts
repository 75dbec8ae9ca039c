import type { Subject } from './facts.ts'
import type { Breach, Firing } from './firing.ts'
import type { Language } from './ready-made.ts'
import type { Condition, Metric } from './rule.ts'
import type { Action } from './suggestion.ts'

/** What something is called. Its kind is part of the question: a store and a product may have the same id. */
export type NameOf = (kind: Subject['kind'], id: string) => string

/** How amounts and names are shown: the chain's currency, and what subjects and products are called. */
export type Manner = { readonly language: Language; readonly currency: string; readonly nameOf: NameOf }

/** A product or category of one store is named with its store. */
export function subjectName({ kind, id, store }: Subject, nameOf: NameOf): string {
  const name = nameOf(kind, id)
  return (kind === 'product' || kind === 'category') && store !== '' ? `${name}, ${nameOf('store', store)}` : name
}

const metricWords: Record<Language, Record<Metric, string>> = {
  'pt-BR': {
    revenue: 'faturamento',
    margin: 'margem',
    units: 'unidades',
    sales: 'vendas',
    averageTicket: 'ticket médio',
  },
  en: { revenue: 'revenue', margin: 'margin', units: 'units', sales: 'sales', averageTicket: 'average ticket' },
}

/** What happened, in a sentence, with the numbers that show it; the worst subject first and how many more. */
export function sentence(firing: Firing, manner: Manner): string {
  const [worst, ...rest] = firing.breaches
  if (!worst) return ''
  const pt = manner.language === 'pt-BR'
  const more = rest.length === 0 ? '' : pt ? ` (e mais ${rest.length})` : ` (and ${rest.length} more)`
  return `${subjectName(worst.subject, manner.nameOf)}${more}: ${happened(firing.condition.kind, firing.metric, worst, manner)}.`
}

type Numbers = Pick<Breach, 'badness' | 'value' | 'reference'>

/** The same from an alert that is kept, in the language of whoever reads it, without its subject; undefined for what this version does not know. */
export function happenedTo(
  { condition, metric }: { condition: { kind?: unknown }; metric: string },
  breach: Numbers,
  manner: Omit<Manner, 'nameOf'>,
): string | undefined {
  const kind = conditionKinds.find(known => known === condition.kind)
  const counted = isMetric(metric) ? metric : undefined
  return kind === undefined || counted === undefined ? undefined : happened(kind, counted, breach, manner)
}

const conditionKinds = [
  'belowAverage',
  'weekdayFall',
  'belowPace',
  'marginBelow',
  'forecastBroken',
  'noSales',
  'dataLate',
] as const satisfies readonly Condition['kind'][]

function isMetric(text: string): text is Metric {
  return Object.hasOwn(metricWords.en, text)
}

function happened(kind: Condition['kind'], metric: Metric, breach: Numbers, manner: Omit<Manner, 'nameOf'>): string {
  const pt = manner.language === 'pt-BR'
  const amount = (value: number) => shown(value, metric, manner)
  const percent = `${number(Math.round(breach.badness), manner)}%`
  const word = metricWords[manner.language][metric]
  switch (kind) {
    case 'belowAverage':
      return pt
        ? `${word} ${percent} abaixo da média (${amount(breach.value)} contra ${amount(breach.reference)})`
        : `${word} ${percent} below average (${amount(breach.value)} against ${amount(breach.reference)})`
    case 'weekdayFall':
      return pt
        ? `${word} ${percent} abaixo dos mesmos dias da semana (${amount(breach.value)} contra ${amount(breach.reference)})`
        : `${word} ${percent} below the same weekdays (${amount(breach.value)} against ${amount(breach.reference)})`
    case 'belowPace':
      return pt
        ? `${word} ${percent} atrás do ritmo da meta (${amount(breach.value)} de ${amount(breach.reference)} até agora)`
        : `${word} ${percent} behind the target's pace (${amount(breach.value)} of ${amount(breach.reference)} by now)`
    case 'marginBelow': {
      const margin = `${number(round1(breach.value), manner)}%`
      const limit = `${number(breach.reference, manner)}%`
      return pt ? `margem de ${margin}, abaixo de ${limit}` : `margin of ${margin}, below ${limit}`
    }
    case 'forecastBroken':
      return pt
        ? `${word} de ${amount(breach.value)}, abaixo do mínimo previsto de ${amount(breach.reference)}`
        : `${word} of ${amount(breach.value)}, below the forecast's least of ${amount(breach.reference)}`
    case 'noSales': {
      const days = number(Math.floor(breach.value), manner)
      return pt ? `sem vendas há ${days} dias` : `no sales for ${days} days`
    }
    case 'dataLate': {
      const minutes = number(Math.floor(breach.value), manner)
      return pt ? `sem dados há ${minutes} minutos` : `no data for ${minutes} minutes`
    }
  }
}

/** What could be done about it, in a sentence. */
export function advice(action: Action, manner: Manner): string {
  const { language, nameOf } = manner
  const pt = language === 'pt-BR'
  switch (action.kind) {
    case 'sellWith':
      return pt
        ? `Ofereça ${nameOf('product', action.with)} junto com ${nameOf('product', action.product)}.`
        : `Offer ${nameOf('product', action.with)} together with ${nameOf('product', action.product)}.`
    case 'moveStock':
      return pt
        ? `Leve ${nameOf('product', action.product)} de ${nameOf('store', action.store)} para ${nameOf('store', action.to)}, onde vende.`
        : `Move ${nameOf('product', action.product)} from ${nameOf('store', action.store)} to ${nameOf('store', action.to)}, where it sells.`
    case 'reprice': {
      const price = shown(Number(action.price), 'revenue', manner)
      return pt
        ? `Reveja o preço de ${nameOf('product', action.product)}: por ${price} daria a margem usual da categoria.`
        : `Reprice ${nameOf('product', action.product)}: at ${price} it would earn its category's usual margin.`
    }
    case 'reorder':
      return pt
        ? `Reponha ${nameOf('product', action.product)} em ${nameOf('store', action.store)}.`
        : `Reorder ${nameOf('product', action.product)} for ${nameOf('store', action.store)}.`
    case 'talkTo':
      return pt ? `Converse com ${nameOf('seller', action.seller)}.` : `Talk to ${nameOf('seller', action.seller)}.`
  }
}

const number = (value: number, { language }: Pick<Manner, 'language'>): string => value.toLocaleString(language)
const round1 = (value: number): number => Math.round(value * 10) / 10

function shown(value: number, metric: Metric, { language, currency }: Omit<Manner, 'nameOf'>): string {
  return metric === 'units' || metric === 'sales'
    ? Math.round(value).toLocaleString(language)
    : value.toLocaleString(language, { style: 'currency', currency })
}
