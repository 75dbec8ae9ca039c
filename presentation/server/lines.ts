import { z } from 'zod'
import { type Ask, question } from './ask.ts'
import type { Definite } from './figures.ts'
import { day, moneyText } from './figures-schema.ts'
import { money, toMicros, toNumber } from './money.ts'
import type { Person } from './person.ts'

const lines = question<{ from: string; to: string; limit: number; offset: number }, LineRow>('lines')

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

/** The lines behind an amount, latest first. */
export async function linesOf(
  ask: Ask,
  person: Person,
  { period, narrowing }: Definite,
  page: { limit: number; offset: number },
): Promise<Line[]> {
  const rows = await ask(person, lines, narrowing, { ...period, ...page })
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
