import type { Narrowing } from '../ask.ts'
import type { Person } from '../person.ts'
import type { Definition } from './definition.ts'

/** What a reader may get of a report: filters to ask with, or nothing at all. */
export type Reach = Narrowing | 'nothing'

/**
 * The filters of a report, cut down to what `maker` may see when it is read through the maker's link. The reader's own scope is not written here: whoever
 * asks the warehouse asks as the reader, so that a link can only take away.
 */
export function reachOf({ filters }: Definition, maker?: Person): Reach {
  const stores = both(filters.stores, maker?.role === 'manager' ? maker.stores : undefined)
  const sellers = both(filters.sellers, maker?.role === 'seller' ? [maker.seller] : undefined)
  if (stores === 'nothing' || sellers === 'nothing') return 'nothing'
  return { stores, sellers, products: filters.products }
}

/** An empty list of wishes wishes everything; an empty bound allows nothing. */
function both(wished: readonly string[], allowed: readonly string[] | undefined): readonly string[] | 'nothing' {
  if (allowed === undefined) return wished
  const found = wished.length === 0 ? allowed : wished.filter(id => allowed.includes(id))
  return found.length === 0 ? 'nothing' : found
}
