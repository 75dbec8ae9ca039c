import type { Widened } from './widened.ts'
import { en } from './words-en.ts'
import { pt } from './words-pt.ts'

export type Locale = 'pt-BR' | 'en'
/** Every text of the page. English must have what Portuguese has, or it does not compile. */
export type Words = Widened<typeof pt>

let current: Locale = document.documentElement.lang === 'en' ? 'en' : 'pt-BR'

export function locale(): Locale {
  return current
}

export function words(): Words {
  return current === 'en' ? en : pt
}

/** Switches the language for this browser and from now on. */
export function setLocale(to: Locale): void {
  current = to
  document.documentElement.lang = to
  remember({ locale: to })
}

/** Keeps a choice for this browser. The server puts it into a cookie, so that the next page comes in it from its first byte. */
export function remember(choice: { theme?: string; locale?: Locale }): void {
  void fetch('/api/v1/preferences', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(choice),
    keepalive: true,
  }).catch(() => {})
}
