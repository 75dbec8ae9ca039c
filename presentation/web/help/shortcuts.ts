import { go, toPage } from '../location.ts'
import { storeOf } from '../store.ts'

/** Whether the sheet of shortcuts lies open. */
export const sheetOpen = storeOf(false)

/** After `g`, a letter goes to a page. The same letters in both languages. */
export const goTo = {
  v: '/',
  p: '/products',
  e: '/team',
  l: '/stores',
  a: '/alerts',
  r: '/reports',
  m: '/pay',
  d: '/data',
  h: '/help',
} as const

let gAt = 0

/** `?` opens the sheet, `/` goes to the search of the page, `g` and a letter to a page. Nothing while somebody types or holds a modifier. */
export function followKeys(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (event.target instanceof Element && event.target.closest('input, select, textarea, dialog') !== null) return
  if (event.key === '?') {
    event.preventDefault()
    sheetOpen.set(true)
    return
  }
  if (event.key === '/') {
    const search = document.querySelector<HTMLInputElement>('main input[type=search]')
    if (search === null) return
    event.preventDefault()
    search.focus()
    return
  }
  const isAfterG = Date.now() - gAt < 1_500
  gAt = event.key === 'g' ? Date.now() : 0
  const to = Object.entries(goTo).find(([letter]) => letter === event.key)?.[1]
  if (isAfterG && to !== undefined && document.querySelector(`.rail a[href^="${to}"]`) !== null)
    go(toPage(to, new URLSearchParams()))
}
