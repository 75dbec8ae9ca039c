import { type Micros, micros, zero } from '#shared/records/micros.ts'
import type { Sale } from '#shared/records/sale.ts'

/** The shape of a generated chain. `days` begin on `firstDay`; sales come day by day over all stores, as they would from shops. */
export type Shape = {
  lines: number
  stores: number
  products: number
  sellersPerStore: number
  customers: number
  linesPerSale: number
  days: number
  firstDay: string
  seed: number
}

/** Numbers from 0 to 1 in a fixed order for a seed: a linear congruential generator modulo 2^32 (Numerical Recipes). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

const cent = 10_000

/** Generated sales, always the same for a shape. Popular products sell more; a tenth of the sales name no customer. */
export function* generateSales(shape: Shape): Generator<Sale> {
  const random = randomOf(shape.seed)
  const sales = Math.ceil(shape.lines / shape.linesPerSale)
  const perStoreDay = Math.max(1, sales / (shape.stores * shape.days))
  const firstDayMs = Date.parse(`${shape.firstDay}T00:00:00Z`)
  const version = firstDayMs * 1000
  let lineCount = 0
  for (let number = 0; lineCount < shape.lines; number++) {
    const day = Math.min(shape.days - 1, Math.floor(number / (perStoreDay * shape.stores)))
    const store = number % shape.stores
    const seconds = Math.floor(9 * 3600 + random() * 12 * 3600)
    const soldAt = new Date(firstDayMs + day * 86_400_000 + seconds * 1000).toISOString().slice(0, 19)
    const count = Math.min(shape.linesPerSale, shape.lines - lineCount)
    const lines = Array.from({ length: count }, (_, index) => {
      const product = Math.floor(random() ** 2 * shape.products)
      const quantity = 1 + Math.floor(random() ** 3 * 5)
      const price = (500 + ((product * 7919) % 20_000)) * cent
      const discount = random() < 0.1 ? Math.floor((price * quantity) / 10 / cent) * cent : 0
      return {
        line: String(index + 1),
        product: `P${product}`,
        quantity: amount(quantity * 1_000_000),
        unitPrice: amount(price),
        discount: discount === 0 ? zero : amount(discount),
        revenue: amount(price * quantity - discount),
        cost: amount(Math.floor((price * quantity * 0.7) / cent) * cent),
        row: lineCount + index + 1,
      }
    })
    lineCount += count
    yield {
      store: `S${store}`,
      sale: `${store}-${number}`,
      soldAt,
      seller: `V${store * shape.sellersPerStore + Math.floor(random() * shape.sellersPerStore)}`,
      customer: random() < 0.1 ? '' : `C${Math.floor(random() * shape.customers)}`,
      source: 'generated',
      file: 'generated.csv',
      extent: 'lines',
      version: version + number,
      lines,
    }
  }
}

function amount(value: number): Micros {
  const exact = micros(value)
  if (exact === undefined) throw new RangeError(`${value} millionths do not fit`)
  return exact
}
