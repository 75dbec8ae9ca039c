import type { Period } from '#presentation/period.ts'
import { isTooMuchToRead } from '#shared/warehouse/warehouse-error.ts'
import { type Ask, type Narrowing, question } from './ask.ts'
import type { TwoPeriods } from './figures.ts'
import type { Person } from './person.ts'
import { type HeldMonths, heldSales, type KnownSpans, noMonths } from './rolled.ts'

/** What sales are counted by. */
export const countedBy = {
  all: { id: "''" },
  bucket: { id: 'toString(toDate(dateTrunc({grain:String}, day)))' },
  stores: { id: 'toString(store)' },
  sellers: { id: 'toString(seller)' },
  products: { id: 'toString(product)' },
} as const
export type CountedBy = keyof typeof countedBy

type CountParams = TwoPeriods & HeldMonths & { grain: string }
type CountRow = { id: string; now: number; before: number; sales: string }

/** In lines of the stores and days that are asked for: so many are counted in about a second. What would read more is refused before it begins, so that the same question has the same answer. */
const mostCounted = 6_000_000

const questions = {
  all: counting('all'),
  bucket: counting('bucket'),
  stores: counting('stores'),
  sellers: counting('sellers'),
  products: counting('products'),
}

function counting(by: CountedBy) {
  return question<CountParams, CountRow>('sale-counts', countedBy[by])
}

/** True where sums would count a sale several times: a row of the aggregates is one product's or one seller's, and what is asked for puts several together. */
export function sumsCountTwice({ sellers = [], products = [] }: Narrowing, by: CountedBy): boolean {
  return (by !== 'products' && new Set(products).size > 1) || (by !== 'sellers' && new Set(sellers).size > 1)
}

/** The number of sales in rows of `id` that are in these periods; null when there are too many lines to count them on. */
export type SaleCounts = (row: { id: string; now: number; before: number }) => string | null

/** The months whose sales may be counted on what is kept of them, which has them by product: without products to look for, the lines are nearer. */
export async function countedMonths(
  known: KnownSpans,
  { products = [] }: Narrowing,
  periods: readonly Period[],
): Promise<HeldMonths> {
  return products.length > 0 ? heldSales(known, periods) : noMonths
}

/** Counts sales by what the narrowing leaves of their lines. */
export async function saleCounts(
  ask: Ask,
  person: Person,
  by: CountedBy,
  narrowing: Narrowing,
  params: CountParams,
  most: number = mostCounted,
): Promise<SaleCounts> {
  const asked = { ...questions[by], limits: { max_rows_to_read: most } }
  const rows = await ask(person, asked, narrowing, params).catch((error: unknown) => {
    if (isTooMuchToRead(error)) return undefined
    throw error
  })
  if (rows === undefined) return () => null
  const counts = new Map(rows.map(row => [keyOf(row), row.sales]))
  return row => counts.get(keyOf(row)) ?? '0'
}

function keyOf({ id, now, before }: { id: string; now: number; before: number }): string {
  return `${now} ${before} ${id}`
}
