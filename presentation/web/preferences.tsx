import { storeOf, useStore } from './store.ts'
import { type Theme, theme } from './theme.ts'
import { type Locale, locale, setLocale, words } from './words.ts'

/** Grows when the language changes: everything on the page is drawn again. */
export const language = storeOf<Locale>(locale())

export function LanguageSwitch() {
  const now = useStore(language)
  const choose = (to: Locale) => {
    setLocale(to)
    language.set(to)
  }
  return (
    <fieldset class="segmented">
      <legend class="sr-only">{words().language}</legend>
      <button type="button" lang="pt-BR" aria-pressed={now === 'pt-BR'} onClick={() => choose('pt-BR')}>
        Português
      </button>
      <button type="button" lang="en" aria-pressed={now === 'en'} onClick={() => choose('en')}>
        English
      </button>
    </fieldset>
  )
}

export function ThemeSwitch() {
  const w = words().theme
  const now = useStore(theme)
  const themes: Theme[] = ['system', 'light', 'dark']
  return (
    <fieldset class="segmented">
      <legend class="sr-only">{w.label}</legend>
      {themes.map(name => (
        <button key={name} type="button" aria-pressed={now === name} onClick={() => theme.set(name)}>
          {w[name]}
        </button>
      ))}
    </fieldset>
  )
}
