import { type FigureName, figureNames } from './figure.ts'
import { Freshness } from './freshness.tsx'
import { locale, words } from './words.ts'

type Meaning = { what: string; formula: string }

const pt = {
  today: {
    what: 'O que já foi vendido hoje, ao lado do que se esperava do dia inteiro nesta época.',
    formula: 'soma da receita das linhas de hoje',
  },
  soFar: {
    what: 'O que já foi vendido neste mês, até a última venda que chegou.',
    formula: 'soma da receita das linhas do mês',
  },
  expected: {
    what: 'Onde o mês deve fechar, se os dias que faltam forem como os de costume nesta época.',
    formula: 'vendido até agora + previsão dos dias que faltam',
  },
  perDay: {
    what: 'Quanto é preciso vender em cada dia que falta para chegar à meta.',
    formula: '(meta − vendido) ÷ dias que faltam',
  },
  payMonth: {
    what: 'A remuneração do mês pelo plano em vigor, com o que foi vendido até agora.',
    formula: 'fixo + comissões + bônus + parte da equipe',
  },
  payProjected: {
    what: 'Em quanto a remuneração deve fechar se as vendas seguirem a previsão.',
    formula: 'o plano aplicado ao mês previsto inteiro',
  },
  peers: {
    what: 'Lojas parecidas em tamanho, região e mistura de produtos, no mesmo período.',
    formula: 'mediana das parecidas, por dia aberto',
  },
  lift: {
    what: 'Quantas vezes mais do que o acaso estes produtos saem juntos.',
    formula: 'vendas juntas ÷ vendas juntas esperadas ao acaso',
  },
  change: {
    what: 'Quanto a receita mudou em relação ao período comparado; a diferença em dinheiro onde a porcentagem não diria nada.',
    formula: '(receita − receita do período comparado) ÷ receita do período comparado',
  },
  share: {
    what: 'Quanto da receita fica depois do custo, contando só linhas com custo conhecido.',
    formula: 'margem ÷ receita',
  },
} as const satisfies Record<string, Meaning>

const en: Record<keyof typeof pt, Meaning> = {
  today: {
    what: 'What has been sold today, beside what was expected of the whole day in this season.',
    formula: "sum of the revenue of today's lines",
  },
  soFar: {
    what: 'What has been sold this month, up to the latest sale that arrived.',
    formula: "sum of the revenue of the month's lines",
  },
  expected: {
    what: 'Where the month should close if the days left are as usual for the season.',
    formula: 'sold so far + forecast of the days left',
  },
  perDay: { what: 'What has to be sold on each day left to reach the target.', formula: '(target − sold) ÷ days left' },
  payMonth: {
    what: 'Pay of the month by the plan in force, with what has been sold so far.',
    formula: "base + commissions + bonus + share of the team's",
  },
  payProjected: {
    what: 'Where pay should close if sales follow the forecast.',
    formula: 'the plan applied to the whole expected month',
  },
  peers: {
    what: 'Stores alike in size, region and mix of products, in the same period.',
    formula: 'mean of those alike, per open day',
  },
  lift: {
    what: 'How many times more often than by chance these products go together.',
    formula: 'sales together ÷ sales together expected by chance',
  },
  change: {
    what: 'How far revenue is from the compared period; the difference in money where a percentage would say nothing.',
    formula: '(revenue − revenue of the compared period) ÷ revenue of the compared period',
  },
  share: {
    what: 'How much of revenue is left after cost, counting only lines whose cost is known.',
    formula: 'margin ÷ revenue',
  },
}

export type WhatName = keyof typeof pt | FigureName

export function WhatPanel({ name, title, exact }: { name: WhatName; title: string; exact?: string }) {
  const w = words()
  const { what, formula } = meaningOf(name)
  return (
    <div class="what-panel">
      <p class="what-title">{title}</p>
      <p>{what}</p>
      <dl>
        <dt>{w.formula}</dt>
        <dd>{formula}</dd>
        {exact !== undefined && (
          <>
            <dt>{w.exact}</dt>
            <dd class="exact">{exact}</dd>
          </>
        )}
      </dl>
      <Freshness />
    </div>
  )
}

/** The main figures are explained on the first page too: their words come with it. */
function meaningOf(name: WhatName): Meaning {
  return isFigure(name)
    ? { what: words().what[name], formula: words().whatFormula[name] }
    : (locale() === 'en' ? en : pt)[name]
}

const isFigure = (name: WhatName): name is FigureName => figureNames.some(known => known === name)
