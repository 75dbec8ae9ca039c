import type { Micros } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'

type Standing = { day: string; store: string; revenue: Micros }

/** A plain recomputation of what the warehouse must hold: the latest statement about every line, kept in memory. */
export class Truth {
  readonly #sales = new Map<string, Map<string, Standing>>()

  /** Statements must come in the order of their versions. */
  state(sale: Sale): void {
    const key = `${sale.store}/${sale.sale}`
    const lines = sale.extent === 'whole' ? new Map<string, Standing>() : (this.#sales.get(key) ?? new Map())
    for (const line of sale.lines)
      lines.set(line.line, { day: sale.soldAt.slice(0, 10), store: sale.store, revenue: line.revenue })
    this.#sales.set(key, lines)
  }

  /** `store day` → number of lines and millionths of revenue. */
  days(): Map<string, { lines: number; revenue: bigint }> {
    const days = new Map<string, { lines: number; revenue: bigint }>()
    for (const lines of this.#sales.values()) {
      for (const { store, day, revenue } of lines.values()) {
        const sum = days.get(`${store} ${day}`) ?? { lines: 0, revenue: 0n }
        sum.lines++
        sum.revenue += BigInt(revenue)
        days.set(`${store} ${day}`, sum)
      }
    }
    return days
  }
}
