import { z } from 'zod'
import type { Period } from '#presentation/period.ts'
import { addDays } from '#shared/day.ts'
import { type Ask, question } from './ask.ts'
import { type Definite, seesWholeChain } from './figures.ts'
import { day, moneyText } from './figures-schema.ts'
import { money, toMicros, toNumber } from './money.ts'
import type { Person } from './person.ts'

const lines = question<Look & Page, LineRow>('lines')

type LineRow = {
  day: string
  time: string
  store: string
  storeName: string
  sale: string
  line: string
  product: string
  productName: string
  seller: string
  sellerName: string
  quantity: string
  unitPrice: string
  discount: string
  revenue: string
  cost: string
  costKnown: number
  source: string
  file: string
  row: number
}

const named = z.object({ id: z.string(), name: z.string() })

export const lineSchema = z.object({
  day,
  time: z.string().meta({ description: "HH:MM in the chain's time zone" }),
  store: named,
  seller: named,
  product: named,
  sale: z.string(),
  line: z.string(),
  quantity: z.number(),
  unitPrice: moneyText,
  discount: moneyText,
  revenue: moneyText,
  cost: moneyText.nullable().meta({ description: 'null while the cost is unknown' }),
  from: z
    .object({ source: z.string(), file: z.string(), row: z.number().int() })
    .meta({ description: 'Where the line came from: source, file and physical row' }),
})

export type Line = z.infer<typeof lineSchema>

type Page = { limit: number; offset: number }

/** In days: how much of a period is looked through for a page, before all of it. */
const lately = [31, 366]
/** In lines. Who wants more of them, as a file, gets them in one go. */
const largePage = 1_000

/** A part of a period, and how many rows of any version are enough to tell since when a page's lines were sold; all of the part without that number. */
type Look = Period & { latest: readonly number[] }

/**
 * Where a page is looked for: ends of the period, each longer than the one before and the last all of it. A page of the latest lines is nearly always in the first. Of the whole chain
 * the latest rows are looked at before; if so many of them were corrected that the lines that stand don't fill the page, it is looked for as ever.
 */
export function looksFor({ from, to }: Period, { limit, offset }: Page, wholeChain: boolean): Look[] {
  if (limit + offset > largePage) return [{ from, to, latest: [] }]
  const ends = lately.map(days => ({ from: addDays(to, 1 - days), to })).filter(end => end.from > from)
  const looks = [...ends, { from, to }].map(end => ({ ...end, latest: [] }))
  const [shortest = { from, to }] = ends
  return wholeChain ? [{ ...shortest, latest: [2 * (limit + offset)] }, ...looks] : looks
}

/** The lines behind an amount, latest first. */
export async function linesOf(ask: Ask, person: Person, { period, narrowing }: Definite, page: Page): Promise<Line[]> {
  let rows: LineRow[] = []
  for (const look of looksFor(period, page, seesWholeChain(person, narrowing))) {
    rows = await ask(person, lines, narrowing, { ...look, ...page })
    if (rows.length === page.limit) break
  }
  return rows.map(row => ({
    day: row.day,
    time: row.time,
    store: { id: row.store, name: row.storeName === '' ? row.store : row.storeName },
    seller: { id: row.seller, name: row.sellerName === '' ? row.seller : row.sellerName },
    product: { id: row.product, name: row.productName === '' ? row.product : row.productName },
    sale: row.sale,
    line: row.line,
    quantity: toNumber(row.quantity),
    unitPrice: money(toMicros(row.unitPrice)),
    discount: money(toMicros(row.discount)),
    revenue: money(toMicros(row.revenue)),
    cost: row.costKnown === 1 ? money(toMicros(row.cost)) : null,
    from: { source: row.source, file: row.file, row: row.row },
  }))
}
