import type { Micros } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'

/** A line as it must stand: amounts in millionths, `cost` null while nobody told it. */
export type Standing = {
  store: string
  sale: string
  line: string
  day: string
  product: string
  seller: string
  quantity: bigint
  revenue: bigint
  cost: bigint | null
}
export type Sums = { lines: number; sales: number; revenue: bigint; costed: bigint; cost: bigint; units: bigint }
export type Grain = 'store' | 'seller' | 'product'

/** A plain recomputation of what the warehouse must hold: the latest statement about every line, kept in memory. */
export class Truth {
  readonly #sales = new Map<string, Map<string, Standing>>()
  readonly #costs = new Map<string, Micros>()

  /** Statements must come in the order of their versions. */
  state(sale: Sale): void {
    const key = `${sale.store} ${sale.sale}`
    const lines = sale.extent === 'whole' ? new Map<string, Standing>() : (this.#sales.get(key) ?? new Map())
    for (const { line, product, quantity, revenue, cost } of sale.lines)
      lines.set(line, {
        store: sale.store,
        sale: sale.sale,
        line,
        day: sale.soldAt.slice(0, 10),
        product,
        seller: sale.seller,
        quantity: BigInt(quantity),
        revenue: BigInt(revenue),
        cost: cost === null ? null : BigInt(cost),
      })
    this.#sales.set(key, lines)
  }

  /** What a piece costs: counts for lines that came without a cost, before or after. */
  describe(product: string, cost: Micros): void {
    this.#costs.set(product, cost)
  }

  *lines(): Generator<Standing> {
    for (const lines of this.#sales.values()) {
      for (const line of lines.values()) {
        const each = this.#costs.get(line.product)
        const told = each === undefined ? null : (line.quantity * BigInt(each)) / 1_000_000n
        yield { ...line, cost: line.cost ?? told }
      }
    }
  }
}

/** One text that says everything about a line. */
export const textOf = ({ store, sale, line, day, product, seller, quantity, revenue, cost }: Standing): string =>
  [store, sale, line, day, product, seller, quantity, revenue, cost ?? 'unknown'].join(' ')

/** The key of a line's row in the aggregate of this grain. */
function keyOf(grain: Grain, { day, store, seller, product }: Standing): string {
  switch (grain) {
    case 'store':
      return `${day} ${store}`
    case 'seller':
      return `${day} ${store} ${seller}`
    case 'product':
      return `${day} ${store} ${product} ${seller}`
  }
}

/** An aggregate from its lines: key and sums of each row as one text. */
export function sumUp(grain: Grain, lines: Iterable<Standing>): Set<string> {
  const rows = new Map<string, Sums>()
  const sales = new Map<string, Set<string>>()
  for (const line of lines) {
    const key = keyOf(grain, line)
    const sums = rows.get(key) ?? { lines: 0, sales: 0, revenue: 0n, costed: 0n, cost: 0n, units: 0n }
    const seen = sales.get(key) ?? new Set<string>()
    sums.lines++
    sums.sales = seen.add(line.sale).size
    sums.revenue += line.revenue
    sums.units += line.quantity
    if (line.cost !== null) {
      sums.costed += line.revenue
      sums.cost += line.cost
    }
    rows.set(key, sums)
    sales.set(key, seen)
  }
  return new Set([...rows].map(([key, sums]) => sumsText(key, sums)))
}

export const sumsText = (key: string, { lines, sales, revenue, costed, cost, units }: Sums): string =>
  [key, lines, sales, revenue, costed, cost, units].join(' ')
