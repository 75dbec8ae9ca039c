import { isDay } from '../day.ts'
import { parseJson } from '../json.ts'
import { isMicros, type Micros } from './micros.ts'

/**
 * One basket at one store at one time, with its lines. One sale is one bus message, keyed by store, so that a store's sales keep their order.
 *
 * Identity: a sale is known by `store` + `sale`, a line by `store` + `sale` + `line`. A line that arrives again with a higher (or the same) `version`
 * replaces itself everywhere. `extent` says what the message claims: `whole` = these are all the lines of the sale (lines it no longer has are
 * withdrawn); `lines` = these lines, whatever else the sale has.
 */
export type Sale = {
  store: string
  sale: string
  /** Local time in the chain's time zone, `YYYY-MM-DDTHH:MM:SS`, without offset. */
  soldAt: string
  seller: string
  customer: string
  source: string
  file: string
  extent: 'whole' | 'lines'
  /** Microseconds since 1970 at which ingestion took the record in: the later statement about a line wins. */
  version: number
  lines: SaleLine[]
}

export type SaleLine = {
  line: string
  product: string
  quantity: Micros
  unitPrice: Micros
  /** Discount on the whole line in money, already taken off `revenue`. */
  discount: Micros
  /** What the customer pays for the line: the source's total when it has one, else quantity × unit price − discount. */
  revenue: Micros
  /** What the line cost the chain; null while unknown (a product table that arrives later fills it in). */
  cost: Micros | null
  /** Physical row in the source's file, from 1; 0 when it did not come from a file. */
  row: number
}

export const saleSchemaVersion = 1

/** Between these a sale may lie. The warehouse's types end in 2106 and wrap beyond it: a sale of 2199 would count in 2020. Times compare as texts. */
export const firstSoldAt = '1970-01-01T00:00:00'
export const lastSoldAt = '2105-12-31T23:59:59'
export const outsideSoldAt = 'outside 1970-01-01 to 2105-12-31'

/**
 * The message on the bus: compact JSON. Lines are positional arrays
 * `[line, product, quantity, unitPrice, discount, revenue, cost, row]` with amounts in millionths: a third of the bytes and of the parsing time of objects.
 */
export function encodeSale(sale: Sale): string {
  const lines = sale.lines.map(l => [l.line, l.product, l.quantity, l.unitPrice, l.discount, l.revenue, l.cost, l.row])
  return JSON.stringify({
    v: saleSchemaVersion,
    store: sale.store,
    sale: sale.sale,
    soldAt: sale.soldAt,
    seller: sale.seller,
    customer: sale.customer,
    source: sale.source,
    file: sale.file,
    extent: sale.extent,
    version: sale.version,
    lines,
  })
}

/** `more`: the message says more than belongs to a sale. */
type Decoded = { ok: true; sale: Sale; more: boolean } | { ok: false; field: string; message: string }

/** The sale in a bus message, or the name of the first thing that is wrong with it. */
export function decodeSale(text: string): Decoded {
  const parsed = parseJson(text)
  if (typeof parsed !== 'object' || parsed === null) return wrong('message', 'is not a JSON object')
  if (!('v' in parsed) || parsed.v !== saleSchemaVersion)
    return wrong('v', `is not schema version ${saleSchemaVersion}`)
  if (!isEnvelope(parsed)) return wrong('sale', `lacks one of ${envelopeFields.join(', ')} or has it with another type`)
  if (!isTime(parsed.soldAt)) return wrong('soldAt', 'is a time that no calendar or clock has')
  if (parsed.soldAt < firstSoldAt || parsed.soldAt > lastSoldAt) return wrong('soldAt', `lies ${outsideSoldAt}`)
  const lines: SaleLine[] = []
  for (const raw of parsed.lines) {
    const line = decodeLine(raw)
    if (line === undefined)
      return wrong(
        'lines',
        `line ${lines.length + 1} is not [line, product, quantity, unitPrice, discount, revenue, cost, row]`,
      )
    lines.push(line)
  }
  if (lines.length === 0 && parsed.extent === 'lines') return wrong('lines', 'is empty')
  const { store, sale, soldAt, seller, customer, source, file, extent, version } = parsed
  const more = Object.keys(parsed).length > envelopeFields.length + 1 || parsed.lines.some(isLonger)
  return { ok: true, sale: { store, sale, soldAt, seller, customer, source, file, extent, version, lines }, more }
}

type Envelope = Omit<Sale, 'lines'> & { lines: unknown[] }

const envelopeFields = [
  'store',
  'sale',
  'soldAt',
  'seller',
  'customer',
  'source',
  'file',
  'extent',
  'version',
  'lines',
] as const
/** Rejected records keep the rows of a file as 31 bits, the warehouse as 32. */
const mostRows = 0x7fff_ffff
const soldAtShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/

function isEnvelope(value: object): value is Envelope {
  const has: Partial<Record<(typeof envelopeFields)[number], unknown>> = value
  return (
    typeof has.store === 'string' &&
    has.store !== '' &&
    typeof has.sale === 'string' &&
    has.sale !== '' &&
    typeof has.soldAt === 'string' &&
    soldAtShape.test(has.soldAt) &&
    typeof has.seller === 'string' &&
    typeof has.customer === 'string' &&
    typeof has.source === 'string' &&
    typeof has.file === 'string' &&
    (has.extent === 'whole' || has.extent === 'lines') &&
    typeof has.version === 'number' &&
    Number.isSafeInteger(has.version) &&
    has.version >= 0 &&
    Array.isArray(has.lines)
  )
}

/** The warehouse would count 30 February in March, and its aggregates nowhere. The shape is that of `soldAtShape`. */
function isTime(text: string): boolean {
  return (
    text.slice(11) <= '23:59:59' && text.slice(14, 16) <= '59' && text.slice(17) <= '59' && isDay(text.slice(0, 10))
  )
}

const lineFields = 8
const isLonger = (line: unknown): boolean => Array.isArray(line) && line.length > lineFields

function decodeLine(raw: unknown): SaleLine | undefined {
  if (!Array.isArray(raw)) return undefined
  const fields: unknown[] = raw
  const [line, product, quantity, unitPrice, discount, revenue, cost, row] = fields
  if (typeof line !== 'string' || line === '' || typeof product !== 'string' || product === '') return undefined
  if (!isMicros(quantity) || !isMicros(unitPrice) || !isMicros(discount) || !isMicros(revenue)) return undefined
  if (cost !== null && !isMicros(cost)) return undefined
  if (typeof row !== 'number' || !Number.isInteger(row) || row < 0 || row > mostRows) return undefined
  return { line, product, quantity, unitPrice, discount, revenue, cost, row }
}

function wrong(field: string, message: string): Decoded {
  return { ok: false, field, message: `${field} ${message}` }
}
