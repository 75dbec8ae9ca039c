import { grains } from '#presentation/period.ts'

/** What the page's address says and the API understands: the filters, in one order, so that the same view is always the same question. */
export const filterNames = ['from', 'to', 'preset', 'against', 'store', 'seller', 'product'] as const

/** What the overview asks: the filters, and how finely it is drawn. */
export function overviewQuery(search: URLSearchParams): string {
  const grain = grains.find(name => name === search.get('grain'))
  return filterQuery(search, grain === undefined ? {} : { grain })
}

/** The filters of an address as a query for the API, '' or `?…`. Anything else in the address belongs to the page. */
export function filterQuery(search: URLSearchParams, more: Record<string, string> = {}): string {
  const query = new URLSearchParams()
  for (const name of filterNames) for (const value of search.getAll(name)) if (value !== '') query.append(name, value)
  for (const [name, value] of Object.entries(more)) query.append(name, value)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
