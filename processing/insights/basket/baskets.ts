/**
 * Baskets in typed arrays. Items are numbered in code-point order of their names, so comparing numbers compares names.
 * `members[start[b] … start[b + 1])` are the items of basket b, ascending, each once; `holders[held[i] … held[i + 1])`
 * are the baskets that hold item i, ascending, and `places` says beside each where in `members` the item stands.
 */
export type Baskets = {
  readonly names: readonly string[]
  readonly items: readonly string[]
  readonly start: Int32Array
  readonly members: Int32Array
  readonly held: Int32Array
  readonly holders: Int32Array
  readonly places: Int32Array
}

/** A name as it stands in a file, with its bytes in UTF-8: byte order of UTF-8 is code-point order. */
export type Named = { readonly name: string; readonly bytes: Uint8Array }

/** How many baskets hold `item`. */
export const basketsWith = (baskets: Baskets, item: number): number =>
  (baskets.held[item + 1] ?? 0) - (baskets.held[item] ?? 0)

/** The items of one basket, ascending. */
export const itemsOf = (baskets: Baskets, basket: number): Int32Array =>
  baskets.members.subarray(baskets.start[basket], baskets.start[basket + 1])

/** Prefix sums of `keys`' frequencies: where each key's run begins. */
function runs(keys: Int32Array, length: number, groups: number): Int32Array {
  const start = new Int32Array(groups + 1)
  for (let i = 0; i < length; i++) {
    const next = (keys[i] ?? 0) + 1
    start[next] = (start[next] ?? 0) + 1
  }
  for (let g = 0; g < groups; g++) start[g + 1] = (start[g + 1] ?? 0) + (start[g] ?? 0)
  return start
}

/** `values` regrouped by `keys`, keeping their order within a key (a counting sort). */
function regroup(keys: Int32Array, values: Int32Array, length: number, start: Int32Array): Int32Array {
  const at = start.slice()
  const out = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    const key = keys[i] ?? 0
    const to = at[key] ?? 0
    out[to] = values[i] ?? 0
    at[key] = to + 1
  }
  return out
}

/**
 * Builds the arrays from lines in any order: line i says that basket `basketOf[i]` holds item `itemOf[i]`, both numbered
 * as in `names` and `found`. A repeat of an item in its basket counts once. Linear in the lines.
 */
export function indexBaskets(
  names: readonly string[],
  found: readonly Named[],
  basketOf: Int32Array,
  itemOf: Int32Array,
): Baskets {
  const lines = basketOf.length
  const order = found.map((_, id) => id).sort((a, b) => compareBytes(found[a], found[b]))
  const rank = new Int32Array(found.length)
  for (const [to, id] of order.entries()) rank[id] = to
  const ranked = itemOf.map(id => rank[id] ?? 0)

  // Sorting by item first and by basket second leaves each basket's items ascending.
  const byItem = runs(ranked, lines, found.length)
  const basketsByItem = regroup(ranked, basketOf, lines, byItem)
  const itemsByItem = new Int32Array(lines)
  for (let item = 0; item < found.length; item++) itemsByItem.fill(item, byItem[item], byItem[item + 1])
  const byBasket = runs(basketsByItem, lines, names.length)
  const sorted = regroup(basketsByItem, itemsByItem, lines, byBasket)

  const start = new Int32Array(names.length + 1)
  const owners = new Int32Array(lines)
  let kept = 0
  for (let basket = 0; basket < names.length; basket++) {
    let last = -1
    for (let i = byBasket[basket] ?? 0; i < (byBasket[basket + 1] ?? 0); i++) {
      const item = sorted[i] ?? 0
      if (item === last) continue
      last = item
      sorted[kept] = item
      owners[kept++] = basket
    }
    start[basket + 1] = kept
  }
  return withHolders(
    names,
    order.map(id => found[id]?.name ?? ''),
    start,
    sorted.slice(0, kept),
    owners,
  )
}

function withHolders(
  names: readonly string[],
  items: readonly string[],
  start: Int32Array,
  members: Int32Array,
  owners: Int32Array,
): Baskets {
  const held = runs(members, members.length, items.length)
  const holders = regroup(members, owners, members.length, held)
  const places = regroup(
    members,
    members.map((_, place) => place),
    members.length,
    held,
  )
  return { names, items, start, members, held, holders, places }
}

/** Only the baskets that `keep` lets through; items keep their numbers, also those that no kept basket holds. */
export function someBaskets(baskets: Baskets, keep: (basket: number) => boolean): Baskets {
  const kept = baskets.names.map((_, basket) => basket).filter(keep)
  const start = new Int32Array(kept.length + 1)
  const size = kept.reduce((sum, basket) => sum + itemsOf(baskets, basket).length, 0)
  const members = new Int32Array(size)
  const owners = new Int32Array(size)
  for (const [to, basket] of kept.entries()) {
    const list = itemsOf(baskets, basket)
    const at = start[to] ?? 0
    members.set(list, at)
    owners.fill(to, at, at + list.length)
    start[to + 1] = at + list.length
  }
  return withHolders(
    kept.map(basket => baskets.names[basket] ?? ''),
    baskets.items,
    start,
    members,
    owners,
  )
}

const compareBytes = (a: Named | undefined, b: Named | undefined): number =>
  a && b ? Buffer.compare(a.bytes, b.bytes) : 0

/** Baskets from lists in memory: what the warehouse's rows and tests start from. */
export function basketsFrom(lists: Iterable<readonly [basket: string, items: readonly string[]]>): Baskets {
  const names = new Map<string, number>()
  const items = new Map<string, number>()
  const basketOf: number[] = []
  const itemOf: number[] = []
  const numbered = (known: Map<string, number>, name: string): number => {
    const id = known.get(name) ?? known.size
    known.set(name, id)
    return id
  }
  for (const [basket, list] of lists) {
    const number = numbered(names, basket)
    for (const item of list) {
      basketOf.push(number)
      itemOf.push(numbered(items, item))
    }
  }
  const found = [...items.keys()].map(name => ({ name, bytes: Buffer.from(name) }))
  return indexBaskets([...names.keys()], found, Int32Array.from(basketOf), Int32Array.from(itemOf))
}
