import { useEffect } from 'preact/hooks'
import type { Role } from '#presentation/access.ts'
import { useStore } from '../store.ts'
import { locale } from '../words.ts'
import { endTour, tourOf, tourStep, tourTo } from './tour.ts'

const pt = {
  title: 'Tour',
  step: (now: number, all: number) => `${now} de ${all}`,
  next: 'Próximo',
  back: 'Anterior',
  end: 'Terminar',
  texts: {
    '/': 'Aqui está o período inteiro: receita, margem, unidades. Toque num número para ver o gráfico dele, no “?” para saber o que é, e num nome para entrar nele. O período e a loja ficam no endereço: mande o link e a outra pessoa vê o mesmo.',
    '/products':
      'Todos os produtos lado a lado. Os cartões de cima mostram os que dão prejuízo, os que caem e os que fazem a receita. Toque num produto para saber por quê.',
    '/team': 'Cada pessoa da equipe, com o que vendeu e o que mudou. Em Remuneração está quanto cada uma deve receber.',
    '/alerts':
      'O DataApp avisa aqui em até um minuto quando algo sai do esperado, com o que fazer. Em Regras você cria as suas, e testa antes.',
    '/reports':
      'Monte um relatório escolhendo números e agrupamentos, salve, compartilhe, mande por e-mail ou leve para o Excel.',
    '/data': 'De onde veio cada venda, e as linhas que não puderam ser usadas: corrija aqui, e elas passam a contar.',
    '/pay':
      'Quanto você já ganhou no mês, de que é feito, e em quanto deve fechar. Toque numa parte para ver as vendas por trás.',
    '/sell': 'O que está em alta, o que dá mais margem e o que sai junto: bom de oferecer agora.',
    '/help': 'Tudo isso, com busca, está aqui na Ajuda. A tecla ? mostra os atalhos. Bom trabalho!',
  },
} as const

const en = {
  title: 'Tour',
  step: (now: number, all: number) => `${now} of ${all}`,
  next: 'Next',
  back: 'Back',
  end: 'Finish',
  texts: {
    '/': 'The whole period is here: revenue, margin, units. Touch a figure for its chart, its “?” to learn what it is, and a name to go into it. Period and store are in the address: send the link and the other person sees the same.',
    '/products':
      'All products side by side. The cards on top show those sold at a loss, those falling and those that make the revenue. Touch a product to learn why.',
    '/team': 'Everybody of the team, with what they sold and what changed. Pay tells what each is to receive.',
    '/alerts':
      'DataApp tells you here within a minute when something is not as expected, and what to do. Under Rules you make your own, and try them first.',
    '/reports': 'Build a report from figures and groupings, save it, share it, have it mailed, or take it to Excel.',
    '/data': 'Where each sale came from, and the rows that could not be used: correct them here, and they count.',
    '/pay':
      'What you have earned this month, what it is made of, and where it should close. Touch a part for the sales behind it.',
    '/sell': 'What is rising, what has most margin and what goes together: good to offer now.',
    '/help': 'All of this, searchable, is here under Help. The ? key shows the shortcuts. Have a good day!',
  },
} as const

/** One step of the tour, above the page it speaks of. Escape ends it. */
export function TourBar({ role }: { role: Role }) {
  const w = locale() === 'en' ? en : pt
  const step = useStore(tourStep) ?? 0
  const ways = tourOf(role)
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') endTour()
    }
    document.addEventListener('keydown', key)
    return () => document.removeEventListener('keydown', key)
  }, [])
  const texts: Record<string, string> = w.texts
  const last = step === ways.length - 1
  return (
    <section class="tour" aria-label={w.title}>
      <p role="status">
        <strong>
          {w.title} {w.step(step + 1, ways.length)}.
        </strong>{' '}
        {texts[ways[step] ?? '/']}
      </p>
      <p class="row-actions">
        <button type="button" class="primary" onClick={() => tourTo(role, step + 1)}>
          {last ? w.end : w.next}
        </button>
        {step > 0 && (
          <button type="button" class="plain" onClick={() => tourTo(role, step - 1)}>
            {w.back}
          </button>
        )}
        {!last && (
          <button type="button" class="ghost" onClick={endTour}>
            {w.end}
          </button>
        )}
      </p>
    </section>
  )
}
