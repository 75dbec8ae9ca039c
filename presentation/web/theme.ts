import { storeOf } from './store.ts'
import { remember } from './words.ts'

export type Theme = 'system' | 'light' | 'dark'

const dark = matchMedia('(prefers-color-scheme: dark)')
const chosenAtStart = document.documentElement.dataset.theme

export const theme = storeOf<Theme>(chosenAtStart === 'light' || chosenAtStart === 'dark' ? chosenAtStart : 'system')
/** What is on show now: charts draw with its colours. */
export const themeOnShow = storeOf(onShow())

theme.follow(apply)
dark.addEventListener('change', () => themeOnShow.set(onShow()))

function apply(): void {
  const chosen = theme.get()
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
  remember({ theme: chosen })
  themeOnShow.set(onShow())
}

function onShow(): 'light' | 'dark' {
  const chosen = theme.get()
  if (chosen !== 'system') return chosen
  return dark.matches ? 'dark' : 'light'
}
