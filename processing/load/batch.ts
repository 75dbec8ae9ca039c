import type { Sale } from '#shared/records/sale.ts'
import type { Statement, WithdrawnLine } from './line-block.ts'

export type KnownDay = { store: string; sale: string; day: string; whole: string }
export type KnownLine = { store: string; day: string; sale: string; line: string; version: string }
export type StoreDay = readonly [store: string, day: string]

/** What a batch of sales means for the warehouse, given what it knows about these sales already. Pure. */
export type Plan = {
  /** What is written. */
  statements: Statement[]
  withdrawn: WithdrawnLine[]
  touched: StoreDay[]
  /** Those of `touched` that anything may have left, or whose lines may have been here without their aggregates: any row may read differently. */
  corrected: StoreDay[]
  /** The rest of `touched`. */
  gained: StoreDay[]
  /** Sales with a line whose cost is not stated. */
  lacksCost: (readonly [store: string, day: string, sale: string])[]
}

export const dayOf = (sale: Sale): string => sale.soldAt.slice(0, 10)
/** Something of a store as one text: a sale, a day or a product. */
export const inStore = (store: string, what: string): string => `${store}\u0000${what}`

/**
 * Plans a batch. Every line is written under its own version; lines that a whole statement no longer has, and lines that moved to another day, are withdrawn
 * under the version of the statement that did it. A statement older than the latest whole one of its sale is stale and writes nothing, but what it touched is
 * recomputed all the same: it may be here because a crash came between the lines and the aggregates.
 */
export function planBatch(
  sales: readonly Sale[],
  knownDays: readonly KnownDay[],
  knownLines: readonly KnownLine[],
): Plan {
  const wholes = new Map<string, number>()
  const touched = new Map<string, StoreDay>()
  const corrected = new Map<string, StoreDay>()
  const touch = (store: string, day: string) => touched.set(inStore(store, day), [store, day])
  const correct = (store: string, day: string) => {
    touch(store, day)
    corrected.set(inStore(store, day), [store, day])
  }
  const seen = new Set<string>()
  for (const known of knownDays) {
    const key = inStore(known.store, known.sale)
    wholes.set(key, Math.max(wholes.get(key) ?? 0, Number(known.whole)))
    seen.add(key)
    correct(known.store, known.day)
  }
  for (const sale of sales) {
    if (sale.extent !== 'whole') continue
    const key = inStore(sale.store, sale.sale)
    wholes.set(key, Math.max(wholes.get(key) ?? 0, sale.version))
  }

  const plan: Plan = {
    statements: [],
    withdrawn: [],
    touched: [],
    corrected: [],
    gained: [],
    lacksCost: [],
  }
  const standing = new Map<string, Map<string, { day: string; version: number }[]>>()
  const again = statedAgain(sales)
  for (const known of knownLines)
    remember(standing, known.store, known.sale, known.line, known.day, Number(known.version))

  for (const sale of inOrder(sales)) {
    const day = dayOf(sale)
    const key = inStore(sale.store, sale.sale)
    if (seen.has(key)) correct(sale.store, day)
    else touch(sale.store, day)
    if (sale.version < (wholes.get(key) ?? 0)) continue
    const lines = standing.get(key)
    if (lines !== undefined) {
      const stated = new Set(sale.lines.map(line => line.line))
      for (const [line, places] of lines) {
        for (const place of places) {
          const leaves = stated.has(line) ? place.day !== day : sale.extent === 'whole'
          if (!leaves || place.version > sale.version + 1) continue
          plan.withdrawn.push({ sale, day: place.day, line })
          correct(sale.store, place.day)
        }
      }
    }
    if (sale.lines.some(line => line.cost === null)) plan.lacksCost.push([sale.store, day, sale.sale])
    plan.statements.push({ sale, day })
    if (!again.has(key)) continue
    for (const { line } of sale.lines) remember(standing, sale.store, sale.sale, line, day, sale.version)
  }
  plan.touched = [...touched.values()]
  plan.corrected = [...corrected.values()]
  plan.gained = [...touched].flatMap(([key, place]) => (corrected.has(key) ? [] : [place]))
  return plan
}

/** Older statements first, so that within one batch, too, the latest has the last word. Batches are nearly always in order already. */
function inOrder(sales: readonly Sale[]): readonly Sale[] {
  for (let i = 1; i < sales.length; i++) {
    if ((sales[i]?.version ?? 0) < (sales[i - 1]?.version ?? 0)) return sales.toSorted((a, b) => a.version - b.version)
  }
  return sales
}

/** Sales that a batch states more than once: only for them does it matter what the batch itself said before. */
function statedAgain(sales: readonly Sale[]): Set<string> {
  const once = new Set<string>()
  const again = new Set<string>()
  for (const sale of sales) {
    const key = inStore(sale.store, sale.sale)
    if (once.has(key)) again.add(key)
    once.add(key)
  }
  return again
}

function remember(
  standing: Map<string, Map<string, { day: string; version: number }[]>>,
  store: string,
  sale: string,
  line: string,
  day: string,
  version: number,
): void {
  const key = inStore(store, sale)
  const lines = standing.get(key) ?? new Map<string, { day: string; version: number }[]>()
  standing.set(key, lines)
  const places = (lines.get(line) ?? []).filter(place => place.day !== day)
  places.push({ day, version })
  lines.set(line, places)
}
