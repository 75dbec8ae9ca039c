import { useEffect, useState } from 'preact/hooks'
import type { SessionView } from '../../server/session-routes.ts'
import { figureNames } from '../figure.ts'
import { Icon } from '../icon.tsx'
import { go, usePlace, withQuery } from '../location.ts'
import { plain } from '../plain.ts'
import { locale, words } from '../words.ts'
import { guideEn } from './guide-en.ts'
import { guidePt } from './guide-pt.ts'
import { ShortcutList } from './shortcut-sheet.tsx'
import { tourTo } from './tour.ts'

const texts = {
  'pt-BR': {
    search: 'Buscar na ajuda',
    guide: 'Guia',
    figures: 'O que é cada número',
    shortcuts: 'Atalhos do teclado',
    tour: 'Fazer o tour',
    none: 'Nada com essas palavras. Tente outra, como “meta”, “link” ou “Excel”.',
    open: 'Abrir',
  },
  en: {
    search: 'Search the help',
    guide: 'Guide',
    figures: 'What each number is',
    shortcuts: 'Keyboard shortcuts',
    tour: 'Take the tour',
    none: 'Nothing with these words. Try another, such as “target”, “link” or “Excel”.',
    open: 'Open',
  },
} as const

/** The guide with its search, what each figure is, the shortcuts, and the way into the tour. */
export function HelpPage({ session }: { session: SessionView }) {
  const w = texts[locale()]
  const { search } = usePlace()
  const [text, setText] = useState(search.get('q') ?? '')
  const { role } = session.person
  useEffect(() => {
    if (search.has('tour')) tourTo(role, 0)
  }, [])
  const wanted = plain(text.trim()).split(/\s+/)
  const has = (...parts: string[]) => {
    const whole = plain(parts.join(' '))
    return wanted.every(word => whole.includes(word))
  }
  const guide = (locale() === 'en' ? guideEn : guidePt).filter(({ title, text: body }) => has(title, ...body))
  const { figures, what, whatFormula } = words()
  const known = figureNames.filter(name => has(figures[name], what[name], whatFormula[name]))
  return (
    <>
      <header class="page-head">
        <h1>{words().help}</h1>
        <button type="button" class="plain" onClick={() => tourTo(role, 0)}>
          {w.tour}
        </button>
      </header>
      <div class="page-body help">
        <label class="search">
          <Icon name="search" size={18} />
          <input
            type="search"
            placeholder={w.search}
            aria-label={w.search}
            value={text}
            onInput={event => {
              setText(event.currentTarget.value)
              go(withQuery({ q: event.currentTarget.value || undefined, tour: undefined }), 'replace')
            }}
          />
        </label>
        {guide.length + known.length === 0 && (
          <p class="quiet" role="status">
            {w.none}
          </p>
        )}
        {guide.length > 0 && (
          <section class="card guide" aria-label={w.guide}>
            {guide.map(({ id, title, text: body, more }) => (
              <details key={id} open={wanted[0] !== '' || undefined}>
                <summary>{title}</summary>
                {body.map(paragraph => (
                  <p key={paragraph}>{paragraph}</p>
                ))}
                {more !== undefined && mayOpen(more) && (
                  <p>
                    <a class="see-all" href={more}>
                      {w.open}
                    </a>
                  </p>
                )}
              </details>
            ))}
          </section>
        )}
        {known.length > 0 && (
          <section class="card glossary" aria-label={w.figures}>
            <h2>{w.figures}</h2>
            <dl>
              {known.map(name => (
                <div key={name}>
                  <dt>{figures[name]}</dt>
                  <dd>
                    {what[name]} <span class="quiet">{whatFormula[name]}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        )}
        {wanted[0] === '' && (
          <section class="card glossary keys" aria-label={w.shortcuts}>
            <h2>{w.shortcuts}</h2>
            <ShortcutList />
          </section>
        )}
      </div>
    </>
  )
}

/** Leads only where this person's menu leads. */
function mayOpen(to: string): boolean {
  const path = to.split('?')[0] ?? to
  return path === '/account' || document.querySelector(`.rail a[href="${path}"], .rail a[href^="${path}?"]`) !== null
}
