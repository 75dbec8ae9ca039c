import type { Sale } from '#shared/records/sale.ts'

/** Columns of `sale_lines` in the order of the rows below. */
export const lineColumns = [
  'store',
  'day',
  'sale',
  'line',
  'sold_at',
  'product',
  'seller',
  'customer',
  'quantity',
  'unit_price',
  'discount',
  'revenue',
  'cost',
  'cost_known',
  'source',
  'file',
  'row',
  'version',
  'deleted',
] as const

export type LineRow = readonly (string | number)[]
export type KnownDay = { store: string; sale: string; day: string; whole: string }
export type KnownLine = { store: string; day: string; sale: string; line: string; version: string }
export type StoreDay = readonly [store: string, day: string]

/** What a batch of sales means for the warehouse, given what it knows about these sales already. Pure. */
export type Plan = {
  lines: LineRow[]
  withdrawn: LineRow[]
  saleDays: (readonly [store: string, sale: string, day: string, whole: number])[]
  touched: StoreDay[]
  /** True when anything may have left a day, so that aggregate rows can have become empty. */
  corrects: boolean
  lacksCost: boolean
}

export const dayOf = (sale: Sale): string => sale.soldAt.slice(0, 10)
export const saleKey = (store: string, sale: string): string => `${store}\u0000${sale}`

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
  const touch = (store: string, day: string) => touched.set(saleKey(store, day), [store, day])
  for (const known of knownDays) {
    const key = saleKey(known.store, known.sale)
    wholes.set(key, Math.max(wholes.get(key) ?? 0, Number(known.whole)))
    touch(known.store, known.day)
  }
  for (const sale of sales) {
    if (sale.extent !== 'whole') continue
    const key = saleKey(sale.store, sale.sale)
    wholes.set(key, Math.max(wholes.get(key) ?? 0, sale.version))
  }

  const plan: Plan = {
    lines: [],
    withdrawn: [],
    saleDays: [],
    touched: [],
    corrects: knownDays.length > 0,
    lacksCost: false,
  }
  const standing = new Map<string, Map<string, { day: string; version: number }[]>>()
  const again = statedAgain(sales)
  for (const known of knownLines)
    remember(standing, known.store, known.sale, known.line, known.day, Number(known.version))

  for (const sale of inOrder(sales)) {
    const day = dayOf(sale)
    const key = saleKey(sale.store, sale.sale)
    touch(sale.store, day)
    if (sale.version < (wholes.get(key) ?? 0)) continue
    plan.saleDays.push([sale.store, sale.sale, day, sale.extent === 'whole' ? sale.version : 0])
    const lines = standing.get(key)
    if (lines !== undefined) {
      const stated = new Set(sale.lines.map(line => line.line))
      for (const [line, places] of lines) {
        for (const place of places) {
          const leaves = stated.has(line) ? place.day !== day : sale.extent === 'whole'
          if (!leaves || place.version > sale.version + 1) continue
          plan.withdrawn.push(withdrawnRow(sale, place.day, line))
          plan.corrects = true
        }
      }
    }
    for (const line of sale.lines) {
      if (line.cost === null) plan.lacksCost = true
      plan.lines.push(lineRow(sale, day, line))
      if (again.has(key)) remember(standing, sale.store, sale.sale, line.line, day, sale.version)
    }
  }
  plan.touched = [...touched.values()]
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
    const key = saleKey(sale.store, sale.sale)
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
  const key = saleKey(store, sale)
  const lines = standing.get(key) ?? new Map<string, { day: string; version: number }[]>()
  standing.set(key, lines)
  const places = (lines.get(line) ?? []).filter(place => place.day !== day)
  places.push({ day, version })
  lines.set(line, places)
}

const millionth = 1e6
/** Exact: a double holds every integer of millionths up to 2^53, and its shortest decimal text has at most the six decimals that were put in. */
function decimal(value: number): string {
  const negative = value < 0
  const absolute = Math.abs(value)
  const whole = Math.floor(absolute / millionth)
  const fraction = absolute - whole * millionth
  return `${negative ? '-' : ''}${whole}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`}`
}

function lineRow(sale: Sale, day: string, line: Sale['lines'][number]): LineRow {
  return [
    sale.store,
    day,
    sale.sale,
    line.line,
    sale.soldAt.replace('T', ' '),
    line.product,
    sale.seller,
    sale.customer,
    decimal(line.quantity),
    decimal(line.unitPrice),
    decimal(line.discount),
    decimal(line.revenue),
    decimal(line.cost ?? 0),
    line.cost === null ? 0 : 1,
    sale.source,
    sale.file,
    line.row,
    sale.version,
    0,
  ]
}

function withdrawnRow(sale: Sale, day: string, line: string): LineRow {
  return [
    sale.store,
    day,
    sale.sale,
    line,
    `${day} 00:00:00`,
    '',
    '',
    '',
    '0',
    '0',
    '0',
    '0',
    '0',
    0,
    sale.source,
    sale.file,
    0,
    sale.version + 1,
    1,
  ]
}
