import { DataAppError } from '#shared/error.ts'
import { type Baskets, basketsWith } from './baskets.ts'
import { doubled } from './doubled.ts'

/**
 * Frequent itemsets as a tree in typed arrays: node 0 is the empty set; every other node adds `item` to the set of its
 * `parent`, and `count` baskets hold that whole set. Items go down a path by rank: from the rarest to the most frequent.
 */
export type Itemsets = {
  readonly size: number
  item(node: number): number
  parent(node: number): number
  count(node: number): number
  /** The node that adds `item` to the set of `parent`, or -1. */
  child(parent: number, item: number): number
  /** Compares two items by where they stand on a path. */
  rank(item: number): number
}

const mostItemsets = 8_000_000

/** The smallest count whose share of all baskets reaches `support`, by the same division a plain count would do. */
export function leastCount(support: number, baskets: number): number {
  let count = Math.max(1, Math.floor(support * baskets) - 1)
  while (count / baskets < support) count++
  return count
}

/**
 * All itemsets in at least `minCount` baskets, with exact counts, by depth-first search over occurrences: a set's
 * occurrences are positions in the baskets (each ends in -1), its extensions are whatever follows there (the
 * "occurrence deliver" of LCM; Uno, Kiyomi and Arimura 2004). No candidates are made that do not occur.
 * Throws `BASKET_TOO_MANY_ITEMSETS` beyond eight million sets.
 */
export function frequentItemsets(baskets: Baskets, minCount: number): Itemsets {
  const frequent = baskets.items
    .map((_, item) => item)
    .filter(item => basketsWith(baskets, item) >= minCount)
    .sort((a, b) => basketsWith(baskets, a) - basketsWith(baskets, b) || a - b)
  const ranks = new Int32Array(baskets.items.length).fill(-1)
  for (const [rank, item] of frequent.entries()) ranks[item] = rank

  const { flat, length, starts } = ranked(baskets, ranks)
  const tree = itemsetTree()
  // Shared by all levels, and all zero again before one goes down to the next.
  const counts = new Int32Array(frequent.length)
  const lists = new Int32Array(frequent.length)
  const extend = (node: number, places: Int32Array) => {
    const seen: number[] = []
    for (const place of places)
      for (let at = place; ; at++) {
        const rank = flat[at] ?? -1
        if (rank < 0) break
        const count = counts[rank] ?? 0
        if (count === 0) seen.push(rank)
        counts[rank] = count + 1
      }
    const kept = seen.filter(rank => (counts[rank] ?? 0) >= minCount).sort((a, b) => a - b)
    const next = kept.map(rank => new Int32Array(counts[rank] ?? 0))
    for (const rank of seen) counts[rank] = 0
    if (kept.length === 0) return
    for (const [list, rank] of kept.entries()) lists[rank] = list + 1
    // A second pass hands every kept extension the places where it goes on.
    for (const place of places)
      for (let at = place; ; at++) {
        const rank = flat[at] ?? -1
        if (rank < 0) break
        const which = lists[rank] ?? 0
        if (which === 0) continue
        const list = next[which - 1] ?? starts
        const to = counts[rank] ?? 0
        list[to] = at + 1
        counts[rank] = to + 1
      }
    for (const rank of kept) {
      counts[rank] = 0
      lists[rank] = 0
    }
    for (const rank of kept) {
      const list = next.shift() ?? starts
      extend(tree.add(node, frequent[rank] ?? 0, list.length), list)
    }
  }
  if (length > 0) extend(0, starts)
  return { ...tree.read(), rank: item => ranks[item] ?? -1 }
}

/** Baskets as runs of ranks of frequent items only, each run ending in -1, and where each run begins. */
function ranked(baskets: Baskets, ranks: Int32Array) {
  const { start, members, names } = baskets
  const flat = new Int32Array(members.length + names.length)
  const starts = new Int32Array(names.length)
  let length = 0
  let kept = 0
  for (let basket = 0; basket < names.length; basket++) {
    const first = length
    for (let m = start[basket] ?? 0; m < (start[basket + 1] ?? 0); m++) {
      const rank = ranks[members[m] ?? 0] ?? -1
      if (rank >= 0) flat[length++] = rank
    }
    if (length === first) continue
    flat.subarray(first, length).sort()
    flat[length++] = -1
    starts[kept++] = first
  }
  return { flat, length, starts: starts.subarray(0, kept) }
}

function itemsetTree() {
  let items = new Int32Array(1 << 10)
  let parents = new Int32Array(1 << 10)
  let counts = new Int32Array(1 << 10)
  let slots = new Int32Array(1 << 11)
  let size = 1
  const slotOf = (parent: number, item: number): number => {
    const mask = slots.length - 1
    let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(item + 1, 0x85ebca6b)
    hash ^= hash >>> 15
    let slot = hash & mask
    for (;;) {
      const node = slots[slot] ?? 0
      if (node === 0 || (parents[node] === parent && items[node] === item)) return slot
      slot = (slot + 1) & mask
    }
  }
  return {
    add(parent: number, item: number, count: number): number {
      if (size > mostItemsets)
        throw new DataAppError(
          'BASKET_TOO_MANY_ITEMSETS',
          `more than ${mostItemsets} sets of items are that frequent`,
          {
            hint: 'Ask for a higher --support.',
          },
        )
      if (size === items.length) {
        items = doubled(items)
        parents = doubled(parents)
        counts = doubled(counts)
        slots = new Int32Array(slots.length * 2)
        for (let node = 1; node < size; node++) slots[slotOf(parents[node] ?? 0, items[node] ?? 0)] = node
      }
      items[size] = item
      parents[size] = parent
      counts[size] = count
      slots[slotOf(parent, item)] = size
      return size++
    },
    read: () => ({
      size,
      item: (node: number) => items[node] ?? -1,
      parent: (node: number) => parents[node] ?? -1,
      count: (node: number) => counts[node] ?? 0,
      child: (parent: number, item: number) => slots[slotOf(parent, item)] || -1,
    }),
  }
}
