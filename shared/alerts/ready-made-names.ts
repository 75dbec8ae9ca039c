export type Language = 'pt-BR' | 'en'

/** What the ready-made rules are called. Apart from the rules themselves, because the page needs only this of them. */
export const readyMadeNames = {
  'ready:weekday-fall': { 'pt-BR': 'Vendas da loja em queda', en: 'Store sales falling' },
  'ready:below-pace': { 'pt-BR': 'Loja abaixo do ritmo da meta', en: 'Store behind its target' },
  'ready:below-cost': { 'pt-BR': 'Produto vendido abaixo do custo', en: 'Product sold below cost' },
  'ready:forecast-broken': { 'pt-BR': 'Vendas fora do previsto', en: 'Sales below the forecast' },
  'ready:no-sales': { 'pt-BR': 'Produtos parados', en: 'Products standing still' },
  'ready:seller-below-average': { 'pt-BR': 'Vendedor abaixo da média', en: 'Seller below average' },
  'ready:data-late': { 'pt-BR': 'Dados atrasados', en: 'Data is late' },
} as const satisfies Record<string, Record<Language, string>>

export type ReadyMadeRule = keyof typeof readyMadeNames

/** A rule's name for a reader: a ready-made one that nobody has renamed is called what it is called in the reader's language. */
export function ruleNameIn(language: Language, rule: string, name: string): string {
  const names = isReadyMade(rule) ? readyMadeNames[rule] : undefined
  return names !== undefined && (name === names['pt-BR'] || name === names.en) ? names[language] : name
}

function isReadyMade(rule: string): rule is ReadyMadeRule {
  return Object.hasOwn(readyMadeNames, rule)
}
