import type { FreshView } from '../server/data/intake.ts'
import { day, moment } from './format.ts'
import { useResource } from './resource.ts'
import { locale } from './words.ts'

const texts = {
  'pt-BR': {
    source: 'Fonte e atualidade',
    of: (at: string, newest: string) => `chegou ${at}, vendas até ${newest}`,
    none: 'Nenhuma venda ainda',
  },
  en: {
    source: 'Source and freshness',
    of: (at: string, newest: string) => `arrived ${at}, sales until ${newest}`,
    none: 'No sales yet',
  },
} as const
const shownAtMost = 4

/** Where the numbers come from, and how fresh they are: the sources with the latest arrivals first. */
export function Freshness() {
  const w = texts[locale()]
  const { answer } = useResource<{ items: FreshView[] }>('/api/v1/freshness')
  const items = [...(answer?.items ?? [])].sort((a, b) => b.arrivedAt.localeCompare(a.arrivedAt))
  return (
    <dl class="freshness">
      <dt>{w.source}</dt>
      {answer === undefined && <dd class="skeleton line" />}
      {answer !== undefined && items.length === 0 && <dd>{w.none}</dd>}
      {items.slice(0, shownAtMost).map(({ source, arrivedAt, day: newest }) => (
        <dd key={source}>
          {source} <span class="quiet">{w.of(moment(arrivedAt), day(newest))}</span>
        </dd>
      ))}
    </dl>
  )
}
