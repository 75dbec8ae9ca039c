import type { Day } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

const sql = { days: loadSql('./basket-days.sql', import.meta.url), baskets: loadSql('./baskets.sql', import.meta.url) }

/** Baskets as numbers, latest days first: `sizes[b]` products of each, one after another in `members`, numbered as in `products`. */
export type ReadBaskets = {
  readonly products: readonly string[]
  readonly sizes: Int32Array
  readonly members: Int32Array
}

/** The latest so many lines say enough of what is bought together; a longer history would only cost memory. */
const mostLines = 6_000_000
/** Read at once: small enough that nothing else waits for it. */
const linesAtOnce = 150_000

/** The baskets of `from` up to but not including `to`, in parts of some days, the latest first. */
export async function readBaskets(warehouse: Warehouse, window: { from: Day; to: Day }): Promise<ReadBaskets> {
  const numbers = new Map<string, number>()
  const parts: { sizes: Int32Array; members: Int32Array }[] = []
  const days = await warehouse.rows<{ day: string; lines: number }>(sql.days, window)
  for (const span of spansOf(days)) {
    const rows = await warehouse.rows<{ items: string[] }>(sql.baskets, span)
    const members = rows.flatMap(({ items }) => items.map(item => numbered(numbers, item)))
    parts.push({ sizes: Int32Array.from(rows, ({ items }) => items.length), members: Int32Array.from(members) })
  }
  return {
    products: [...numbers.keys()],
    sizes: joined(parts.map(({ sizes }) => sizes)),
    members: joined(parts.map(({ members }) => members)),
  }
}

/** Runs of days with so many lines at most (a single day may have more). */
function spansOf(days: readonly { day: string; lines: number }[]): { from: Day; to: Day }[] {
  const spans: { from: Day; to: Day; lines: number }[] = []
  let all = 0
  for (const { day, lines } of days) {
    if (all > 0 && all + lines > mostLines) break
    all += lines
    const last = spans.at(-1)
    if (last !== undefined && last.lines + lines <= linesAtOnce) {
      last.from = day
      last.lines += lines
    } else spans.push({ from: day, to: day, lines })
  }
  return spans
}

function numbered(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name)
  if (known !== undefined) return known
  numbers.set(name, numbers.size)
  return numbers.size - 1
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
