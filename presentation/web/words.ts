import { en } from './words-en.ts'
import { pt } from './words-pt.ts'

export type Locale = 'pt-BR' | 'en'
/** Every text of the page. English must have what Portuguese has, or it does not compile. */
export type Words = Widened<typeof pt>

type Widened<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: infer A) => string
      ? (...given: A) => string
      : Widened<T[K]>
}

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
  remember('dataapp_locale', to)
}

export function remember(name: string, value: string): void {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict${location.protocol === 'https:' ? '; secure' : ''}`
}
