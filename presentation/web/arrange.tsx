import { useRef, useState } from 'preact/hooks'
import type { Block } from '#presentation/preferences.ts'
import { Icon } from './icon.tsx'
import { isUsual, keep, type Layout, layoutOf, moved, toggled, usual } from './layout.ts'
import { locale, words } from './words.ts'

const texts = {
  'pt-BR': {
    hint: 'A página muda enquanto você arruma, e fica guardada para você.',
    up: (name: string) => `${name}: subir`,
    down: (name: string) => `${name}: descer`,
    show: (name: string) => `Mostrar ${name}`,
    undo: 'Desfazer',
    usual: 'Como vem',
    figures: 'Números e gráfico',
  },
  en: {
    hint: 'The page changes while you arrange it, and stays that way for you.',
    up: (name: string) => `${name}: up`,
    down: (name: string) => `${name}: down`,
    show: (name: string) => `Show ${name}`,
    undo: 'Undo',
    usual: 'As it comes',
    figures: 'Figures and chart',
  },
} as const

/** The blocks of the overview to move up and down, show and hide. Every step can be taken back. */
export function Arrange({ kept }: { kept: Layout | undefined }) {
  const w = texts[locale()]
  const now = layoutOf(kept)
  const [past, setPast] = useState<Layout[]>([])
  const list = useRef<HTMLOListElement>(null)
  const change = (next: Layout) => {
    setPast([...past, now])
    keep({ overview: next })
  }
  const undo = () => {
    const before = past.at(-1)
    if (before === undefined) return
    setPast(past.slice(0, -1))
    keep({ overview: before })
  }
  return (
    <div class="arrange">
      <p class="quiet small">{w.hint}</p>
      <ol ref={list}>
        {now.order.map((block, at) => {
          const name = nameOf(block)
          return (
            <li key={block}>
              <label class="check">
                <input
                  type="checkbox"
                  aria-label={w.show(name)}
                  checked={!now.hidden.includes(block)}
                  onChange={() => change(toggled(now, block))}
                />
                <span aria-hidden="true">{name}</span>
              </label>
              <button
                type="button"
                class="ghost"
                aria-label={w.up(name)}
                disabled={at === 0}
                onClick={() => change(moved(now, block, -1))}
              >
                <Icon name="up" size={18} />
              </button>
              <button
                type="button"
                class="ghost"
                aria-label={w.down(name)}
                disabled={at === now.order.length - 1}
                onClick={() => change(moved(now, block, 1))}
              >
                <Icon name="down" size={18} />
              </button>
            </li>
          )
        })}
      </ol>
      <p class="row-actions">
        <button type="button" class="plain" disabled={past.length === 0} onClick={undo}>
          {w.undo}
        </button>
        <button
          type="button"
          class="ghost"
          disabled={isUsual(now)}
          onClick={() => change({ order: [...usual], hidden: [] })}
        >
          {w.usual}
        </button>
      </p>
    </div>
  )
}

function nameOf(block: Block): string {
  const w = words()
  switch (block) {
    case 'figures':
      return texts[locale()].figures
    case 'month':
      return w.month.title
    case 'attention':
      return w.attention.title
    case 'stores':
    case 'sellers':
    case 'products':
      return w.best[block]
  }
}
