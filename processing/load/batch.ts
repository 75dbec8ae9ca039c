import type { Sale } from '#shared/records/sale.ts'
import { InStores } from './in-stores.ts'
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
  /** Those of `touched` that anything may have left, or whose lines may have been here without their aggregates: any row may read differently. The rest only gained lines. */
  corrected: StoreDay[]
  /** Sales with a line whose cost is not stated. */
  lacksCost: (readonly [store: string, day: string, sale: string])[]
}

export const dayOf = (sale: Sale): string => sale.soldAt.slice(0, 10)

type Place = { day: string; version: number }
/** Per line of a sale, where it stands. */
type Places = ReadonlyMap<string, readonly Place[]>
type Standing = InStores<Map<string, Place[]>>
const nowhere: Places = new Map()

/**
 * Plans a batch. Every line is written under its own version; lines that a whole statement no longer has, and lines that moved to another day, are withdrawn
 * under the version of the statement that did it. A statement older than the latest whole one of its sale is stale and writes nothing; what it may have written
 * where that one could not be seen yet is taken back, and what it touched is recomputed all the same: it may be here because a crash came between the lines and
 * the aggregates. Nor is a line written that a later statement has put on another day.
 */
export function planBatch(
  sales: readonly Sale[],
  knownDays: readonly KnownDay[],
  knownLines: readonly KnownLine[],
): Plan {
  const touched = new InStores<true>()
  const corrected = new InStores<true>()
  const touch = (store: string, day: string) => touched.set(store, day, true)
  const correct = (store: string, day: string) => {
    touch(store, day)
    corrected.set(store, day, true)
  }
  /** The version of the latest whole statement of each sale that was seen before, 0 without one. */
  const seen = new InStores<number>()
  for (const known of knownDays) {
    seen.set(known.store, known.sale, Math.max(seen.get(known.store, known.sale) ?? 0, Number(known.whole)))
    correct(known.store, known.day)
  }
  const stated = statedIn(sales)

  const plan: Plan = {
    statements: [],
    withdrawn: [],
    touched: [],
    corrected: [],
    lacksCost: [],
  }
  const standing: Standing = new InStores()
  for (const known of knownLines)
    remember(standing, known.store, known.sale, known.line, known.day, Number(known.version))

  const withdraw = (lines: readonly WithdrawnLine[]) => {
    for (const line of lines) {
      plan.withdrawn.push(line)
      correct(line.sale.store, line.day)
    }
  }

  for (const sale of inOrder(sales)) {
    const day = dayOf(sale)
    const before = seen.get(sale.store, sale.sale)
    const here = stated.get(sale.store, sale.sale)
    if (before !== undefined) correct(sale.store, day)
    else touch(sale.store, day)
    const places = standing.get(sale.store, sale.sale) ?? nowhere
    if (sale.version < (before ?? 0)) {
      withdraw(outlived(sale, before ?? 0, places))
      continue
    }
    if (sale.version < (here?.whole ?? 0)) continue
    withdraw(withdrawnBy(sale, day, places))
    const current = withoutOvertaken(sale, day, places)
    if (current.lines.some(line => line.cost === null)) plan.lacksCost.push([sale.store, day, sale.sale])
    plan.statements.push({ sale: current, day })
    // Only of a sale that the batch states more than once does it matter what the batch itself said before.
    if (here?.again !== true) continue
    for (const { line } of current.lines) remember(standing, sale.store, sale.sale, line, day, sale.version)
  }
  plan.touched = [...touched.keys()]
  plan.corrected = [...corrected.keys()]
  return plan
}

/** Standing lines of a sale that this statement takes away: those on another day than the line's latest, and those it no longer has if it is whole. */
function withdrawnBy(sale: Sale, day: string, places: Places): WithdrawnLine[] {
  if (places.size === 0) return []
  const stated = new Set(sale.lines.map(line => line.line))
  return olderThan(sale, places).filter(gone =>
    stated.has(gone.line) ? gone.day !== day || overtaken(gone.line, sale, day, places) : sale.extent === 'whole',
  )
}

/** What stands of a stale statement, or of those before it, and isn't of the latest whole one. */
function outlived(sale: Sale, latestWhole: number, places: Places): WithdrawnLine[] {
  return olderThan(sale, places).filter(gone => gone.version < latestWhole)
}

function olderThan(sale: Sale, places: Places): (WithdrawnLine & Place)[] {
  return [...places].flatMap(([line, there]) =>
    there.filter(place => isOlder(place, sale)).map(place => ({ sale, line, ...place })),
  )
}

/** The statement without the lines that a later one has put on another day. */
function withoutOvertaken(sale: Sale, day: string, places: Places): Sale {
  if (places.size === 0) return sale
  const lines = sale.lines.filter(({ line }) => !overtaken(line, sale, day, places))
  return lines.length === sale.lines.length ? sale : { ...sale, lines }
}

const overtaken = (line: string, sale: Sale, day: string, places: Places): boolean =>
  places.get(line)?.some(place => place.day !== day && !isOlder(place, sale)) === true

/** Whether what stands comes from this statement or one before it: when its cost became known, it was written again under the version after its own. */
export const isOlder = ({ version }: { version: number }, sale: Sale): boolean => version <= sale.version + 1

/** Older statements first, so that within one batch, too, the latest has the last word. Batches are nearly always in order already. */
function inOrder(sales: readonly Sale[]): readonly Sale[] {
  for (let i = 1; i < sales.length; i++) {
    if ((sales[i]?.version ?? 0) < (sales[i - 1]?.version ?? 0)) return sales.toSorted((a, b) => a.version - b.version)
  }
  return sales
}

type Stated = { again: boolean; whole: number }
/** What is shared by all that are stated once and not whole: nearly every sale. */
const once: Stated = { again: false, whole: 0 }

/** Of each sale, whether the batch states it more than once, and the version of its latest whole statement in it, 0 without one. */
function statedIn(sales: readonly Sale[]): InStores<Stated> {
  const stated = new InStores<Stated>()
  for (const { store, sale, extent, version } of sales) {
    const before = stated.get(store, sale)
    const whole = Math.max(before?.whole ?? 0, extent === 'whole' ? version : 0)
    const again = before !== undefined
    stated.set(store, sale, again || whole > 0 ? { again, whole } : once)
  }
  return stated
}

function remember(standing: Standing, store: string, sale: string, line: string, day: string, version: number): void {
  const lines = standing.get(store, sale) ?? new Map<string, Place[]>()
  standing.set(store, sale, lines)
  const places = (lines.get(line) ?? []).filter(place => place.day !== day)
  places.push({ day, version })
  lines.set(line, places)
}
