import { useEffect, useRef } from 'preact/hooks'
import { locale, words } from '../words.ts'
import { type goTo, sheetOpen } from './shortcuts.ts'

/** The shortcuts, as rows of keys and what they do. */
export function ShortcutList() {
  const w = words()
  const isEnglish = locale() === 'en'
  const pages: Record<keyof typeof goTo, string> = {
    v: w.overview,
    p: w.products,
    e: w.team,
    l: w.stores,
    a: w.alerts.title,
    r: isEnglish ? 'Reports' : 'Relatórios',
    m: w.pay.title,
    d: w.data,
    h: w.help,
  }
  const rows: [string, string][] = [
    ['?', isEnglish ? 'These shortcuts' : 'Estes atalhos'],
    ['/', isEnglish ? 'Search on the page' : 'Buscar na página'],
    ['Z', isEnglish ? 'Take back what was just done' : 'Desfazer o que acabou de ser feito'],
    ['Esc', isEnglish ? 'Close what is open' : 'Fechar o que está aberto'],
    ...Object.entries(pages).map(([letter, name]): [string, string] => [`G ${letter.toUpperCase()}`, name]),
  ]
  return (
    <dl class="shortcuts">
      {rows.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            {keys.split(' ').map(key => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  )
}

/** The sheet over the page. The browser keeps the focus inside and gives it back. */
export function ShortcutSheet() {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = locale() === 'en' ? 'Keyboard shortcuts' : 'Atalhos do teclado'
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="sheet" aria-label={title} onClose={() => sheetOpen.set(false)}>
      <header class="card-head">
        <h2>{title}</h2>
        <button type="button" class="ghost" onClick={() => dialog.current?.close()}>
          {words().close}
        </button>
      </header>
      <ShortcutList />
    </dialog>
  )
}
