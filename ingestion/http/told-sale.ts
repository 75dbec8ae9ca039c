import { isNothing } from '#shared/records/clean-text.ts'
import { divide, type Micros, multiply, parseMicros, subtract, zero } from '#shared/records/micros.ts'
import { outsideSoldAt, type Sale, type SaleLine } from '#shared/records/sale.ts'
import type { DateReader } from '../map/date.ts'
import { type Problem, problem } from '../map/sale.ts'

/** The most lines one told sale may have. */
const mostLines = 2_000

/** What a sale that came over HTTP gets besides its own fields. */
export type Origin = { source: string; version: number; date: DateReader }

/**
 * A sale as a till tells it: `{store, sale, soldAt, seller?, customer?, extent?, lines: [{product, quantity?, unitPrice?, discount?, revenue?, cost?, line?}]}`.
 * Amounts are decimal strings or numbers. Without `extent` the lines are the whole sale, so that telling it again corrects it.
 */
export function toldSale(value: unknown, { source, version, date }: Origin): Sale | Problem {
  if (!isRecord(value)) return problem('', 'json', 'is not a JSON object')
  const unknown = Object.keys(value).find(key => !saleKeys.has(key))
  if (unknown !== undefined)
    return problem(unknown, 'unknown', `is not a field of a sale (${[...saleKeys].join(', ')})`)
  const store = idOf(value.store)
  const sale = idOf(value.sale)
  if (store === undefined || store === '') return problem('store', 'missing', 'is no text that identifies a store')
  if (sale === undefined || sale === '') return problem('sale', 'missing', 'is no text that identifies a sale')
  const soldAt = typeof value.soldAt === 'string' ? date(value.soldAt) : undefined
  if (soldAt === undefined)
    return problem(
      'soldAt',
      'date',
      `is not an ISO 8601 date such as 2024-03-05T18:20:00 or 2024-03-05T18:20:00-03:00, or lies ${outsideSoldAt}`,
    )
  const seller = idOf(value.seller ?? '')
  if (seller === undefined) return problem('seller', 'characters', 'is no text that identifies a seller')
  const customer = idOf(value.customer ?? '')
  if (customer === undefined) return problem('customer', 'characters', 'is no text that identifies a customer')
  const extent = value.extent ?? 'whole'
  if (extent !== 'whole' && extent !== 'lines') return problem('extent', 'unknown', 'is neither "whole" nor "lines"')
  if (!Array.isArray(value.lines)) return problem('lines', 'missing', 'is not an array')
  const told: unknown[] = value.lines
  if (told.length === 0 && extent === 'lines') return problem('lines', 'missing', 'is empty')
  if (told.length > mostLines) return problem('lines', 'too-large', `has more than ${mostLines} lines`)
  const lines: SaleLine[] = []
  const ids = new Set<string>()
  for (const [index, raw] of told.entries()) {
    const line = toldLine(raw, index)
    if ('rule' in line) return { ...line, field: `lines[${index}]${line.field === '' ? '' : '.'}${line.field}` }
    if (ids.has(line.line)) return problem(`lines[${index}].line`, 'line-twice', `"${line.line}" is said twice`)
    ids.add(line.line)
    lines.push(line)
  }
  return { store, sale, soldAt, seller, customer, source, file: '', extent, version, lines }
}

const saleKeys = new Set(['store', 'sale', 'soldAt', 'seller', 'customer', 'extent', 'lines'])
const lineKeys = new Set(['line', 'product', 'quantity', 'unitPrice', 'discount', 'revenue', 'cost'])

function toldLine(value: unknown, index: number): SaleLine | Problem {
  if (!isRecord(value)) return problem('', 'json', 'is not a JSON object')
  const unknown = Object.keys(value).find(key => !lineKeys.has(key))
  if (unknown !== undefined)
    return problem(unknown, 'unknown', `is not a field of a line (${[...lineKeys].join(', ')})`)
  const product = idOf(value.product)
  if (product === undefined || product === '')
    return problem('product', 'missing', 'is no text that identifies a product')
  const line = value.line === undefined ? String(index + 1) : idOf(value.line)
  if (line === undefined || line === '') return problem('line', 'missing', 'is no text that identifies a line')
  const quantity = amountOf(value.quantity ?? 1)
  if (quantity === undefined || quantity === null) return problem('quantity', 'number', notDecimal)
  const unitPrice = amountOf(value.unitPrice)
  if (unitPrice === undefined) return problem('unitPrice', 'number', notDecimal)
  const discount = amountOf(value.discount ?? 0)
  if (discount === undefined || discount === null) return problem('discount', 'number', notDecimal)
  const total = amountOf(value.revenue)
  if (total === undefined) return problem('revenue', 'number', notDecimal)
  const cost = amountOf(value.cost)
  if (cost === undefined) return problem('cost', 'number', notDecimal)
  if (unitPrice === null && total === null) return problem('unitPrice', 'missing', 'and revenue are both missing')
  const gross = unitPrice === null ? undefined : multiply(quantity, unitPrice)
  const revenue = total ?? (gross === undefined ? undefined : subtract(gross, discount))
  if (revenue === undefined) return problem('revenue', 'too-large', 'is more than a line can hold')
  const price = unitPrice ?? divide(revenue, quantity) ?? zero
  return { line, product, quantity, unitPrice: price, discount, revenue, cost, row: 0 }
}

const notDecimal = 'is not a decimal number such as "12.50"'

/** `null`: not given. `undefined`: given, but no decimal number. */
function amountOf(value: unknown): Micros | null | undefined {
  if (value === undefined || value === null) return null
  return typeof value === 'string' || typeof value === 'number' ? parseMicros(String(value)) : undefined
}

/** Ids come as texts or whole numbers; one that nothing is left of once it is clean is empty. */
function idOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || text.length > 200) return undefined
  const trimmed = text.trim()
  for (let i = 0; i < trimmed.length; i++) if (trimmed.charCodeAt(i) < 32) return undefined
  return isNothing(trimmed) ? '' : trimmed
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
