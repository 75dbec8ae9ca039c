/** A target of a month: of a store (`seller` is ''), or of a seller, whose home store is `store` where it is known. */
export type MonthTarget = { readonly store: string; readonly seller: string; readonly amount: number }

/**
 * The month's targets by store, by seller, or of the chain (under ''). A store has the target that was set for it; without one, the sum of its sellers': these part the
 * store's target among themselves and don't come on top of it.
 */
export function monthTargets(level: string, targets: readonly MonthTarget[]): ReadonlyMap<string, number> {
  const ofSellers = targets.filter(({ seller }) => seller !== '')
  if (level === 'seller') return sums(ofSellers, ({ seller }) => seller)
  const own = sums(
    targets.filter(({ seller }) => seller === ''),
    ({ store }) => store,
  )
  const stores = new Map([...sums(ofSellers, ({ store }) => store), ...own])
  if (level === 'chain') return stores.size === 0 ? stores : new Map([['', [...stores.values()].reduce(add, 0)]])
  stores.delete('')
  return stores
}

const add = (a: number, b: number): number => a + b

function sums(targets: readonly MonthTarget[], keyOf: (target: MonthTarget) => string): Map<string, number> {
  const found = new Map<string, number>()
  for (const target of targets) found.set(keyOf(target), (found.get(keyOf(target)) ?? 0) + target.amount)
  return found
}
