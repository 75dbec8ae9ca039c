import { readable } from '#presentation/address.ts'
import { storeOf, useStore } from './store.ts'

export type Place = { path: string; search: URLSearchParams }

const here = (): Place => ({ path: location.pathname, search: readable(new URLSearchParams(location.search)) })
const place = storeOf(here())
/** True once the server has another version: the next page is loaded anew, with its code. */
export const isOutdated = storeOf(false)
addEventListener('popstate', () => place.set(here()))

export function usePlace(): Place {
  return useStore(place)
}

/** Goes to an address of the page. A filter replaces the entry when `replace` is given, so that the back button leaves the page and not the filter. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === `${location.pathname}${location.search}`) return
  if (how === 'push' && isOutdated.get()) {
    location.assign(to)
    return
  }
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', to)
  place.set(here())
  if (how === 'push') scrollTo(0, 0)
}

/** The query of the address with some parts of it changed; `undefined` takes a part out. */
export function changedQuery(changes: Record<string, string | undefined>): URLSearchParams {
  const search = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) search.delete(name)
    else search.set(name, value)
  }
  return search
}

/** The address with some parts of its query changed. */
export function withQuery(changes: Record<string, string | undefined>): string {
  const text = changedQuery(changes).toString()
  return text === '' ? location.pathname : `${location.pathname}?${text}`
}

/** An address of another page that keeps the filters. */
export function toPage(path: string, search: URLSearchParams): string {
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Follows a link inside the page without loading it anew; leaves new tabs and downloads to the browser. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return
  if (/^\/(api|assets|odata)\//.test(link.pathname) || link.hash !== '') return
  event.preventDefault()
  go(`${link.pathname}${link.search}`)
}
