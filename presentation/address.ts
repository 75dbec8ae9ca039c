import { againsts, grains, isDay, presets } from '#presentation/period.ts'

/** What the page's address says and the API understands: the filters, in one order, so that the same view is always the same question. */
export const filterNames = ['from', 'to', 'preset', 'against', 'store', 'seller', 'product'] as const

/** What narrows the figures to a part of what somebody may see. */
export const narrowingNames = ['store', 'seller', 'product'] as const

/** An address without a period that can't be read: an old link, or one typed by hand, shows what the page shows without any. */
export function readable(search: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams(search)
  keepOnly(kept, 'preset', presets)
  keepOnly(kept, 'against', againsts)
  const [from, to] = [kept.get('from') ?? '', kept.get('to') ?? '']
  const isPeriod = isDay(from) && isDay(to) && from <= to
  keepOnly(kept, 'from', isPeriod ? [from] : [])
  keepOnly(kept, 'to', isPeriod ? [to] : [])
  return kept
}

function keepOnly(search: URLSearchParams, name: string, known: readonly string[]): void {
  const value = known.find(one => one === search.get(name))
  if (value === undefined) search.delete(name)
  else search.set(name, value)
}

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
