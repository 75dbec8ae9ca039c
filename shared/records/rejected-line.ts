import { z } from 'zod'
import { parseJson } from '../json.ts'
import { formatMicros, isMicros, type Micros, micros, parseMicros } from './micros.ts'
import type { Sale, SaleLine } from './sale.ts'

/** What a quality rule turned away: one line with the head of its sale, as `raw` of the rejected record keeps it. Amounts are millionths. */
const amount = z.custom<Micros>(isMicros)
const textFields = ['store', 'sale', 'soldAt', 'seller', 'customer', 'line', 'product'] as const
const amountFields = ['quantity', 'unitPrice', 'discount', 'revenue', 'cost'] as const
const schema = z.object({
  store: z.string(),
  sale: z.string(),
  soldAt: z.string(),
  seller: z.string().default(''),
  customer: z.string().default(''),
  line: z.string(),
  product: z.string(),
  quantity: amount,
  unitPrice: amount,
  discount: amount,
  revenue: amount,
  cost: amount.nullable(),
  row: z.number(),
})

type Head = Pick<Sale, 'store' | 'sale' | 'soldAt' | 'seller' | 'customer'>
export type RejectedLine = Head & SaleLine
export type Cells = Record<string, string>

/** The text of a line that a rule turned away. */
export function rejectedLineText(sale: Head, line: SaleLine): string {
  const { store, sale: id, soldAt, seller, customer } = sale
  return JSON.stringify({ store, sale: id, soldAt, seller, customer, ...line })
}

export function readRejectedLine(raw: string): RejectedLine | undefined {
  return schema.safeParse(parseJson(raw)).data
}

/** The line as people read and correct it: every field by its name, amounts as decimal text, an unknown cost empty. */
export function cellsOfLine(line: RejectedLine): Cells {
  return {
    ...Object.fromEntries(textFields.map(name => [name, line[name]])),
    ...Object.fromEntries(
      amountFields.map(name => {
        const value = line[name]
        return [name, value === null ? '' : formatMicros(value)]
      }),
    ),
  }
}

/** The line with some fields corrected, or the first field that can't be read. A changed quantity, price or discount changes the revenue, unless that is given too. */
export function correctedLine(line: RejectedLine, cells: Cells): RejectedLine | { field: string; message: string } {
  const changed = { ...line }
  for (const name of textFields) {
    const text = cells[name]?.trim()
    if (text === undefined) continue
    if (text === '' && !['seller', 'customer'].includes(name)) return { field: name, message: 'is empty' }
    changed[name] = text
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(changed.soldAt) || Number.isNaN(Date.parse(`${changed.soldAt}Z`)))
    return { field: 'soldAt', message: 'is not a time such as 2024-03-05T18:20:00' }
  for (const name of amountFields) {
    const text = cells[name]?.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2')
    if (text === undefined) continue
    if (text === '' && name === 'cost') {
      changed.cost = null
      continue
    }
    const value = parseMicros(text)
    if (value === undefined) return { field: name, message: `"${text}" is not a number` }
    changed[name] = value
  }
  const reckoned = cells.quantity ?? cells.unitPrice ?? cells.discount
  if (reckoned === undefined || cells.revenue !== undefined) return changed
  const whole = BigInt(changed.quantity) * BigInt(changed.unitPrice)
  const revenue = micros(Number((whole + (whole < 0n ? -500_000n : 500_000n)) / 1_000_000n) - changed.discount)
  return revenue === undefined ? { field: 'quantity', message: 'is too large' } : { ...changed, revenue }
}
