import { cleanText, isNothing } from '#shared/records/clean-text.ts'
import { divide, type Micros, micros, multiply, subtract, zero } from '#shared/records/micros.ts'
import { outsideSoldAt } from '#shared/records/sale.ts'
import type { SaleFields } from '../source/schema.ts'
import type { FieldReader, Fields, Readers, TextReader } from './reader.ts'

/** What one row says about a sale line. `line` is empty when the source identifies lines by their place. */
export type MappedLine = {
  store: string
  sale: string
  soldAt: string
  seller: string
  customer: string
  line: string
  product: string
  quantity: Micros
  unitPrice: Micros
  discount: Micros
  revenue: Micros
  cost: Micros | null
}

export type Problem = { field: string; rule: string; message: string }
export type SaleReader = (fields: Fields) => MappedLine | Problem

const longestId = 200
const one = micros(1_000_000) ?? zero

/** Compiles the `sale` section of a source: a row in, a line or the first problem out. */
export function saleReader(sale: SaleFields, readers: Readers, round: number | undefined): SaleReader {
  const store = readers.text(sale.store)
  const id = readers.text(sale.id)
  const soldAt = readers.date(sale.soldAt)
  const product = readers.text(sale.product)
  const seller = sale.seller === undefined ? nothing : readers.text(sale.seller)
  const customer = sale.customer === undefined ? nothing : readers.text(sale.customer)
  const line = sale.line === 'ordinal' ? undefined : readers.text(sale.line)
  const quantity = readers.pieces(sale.quantity)
  const money = moneyReader(sale, readers, round)
  const soldAtText = readers.text(sale.soldAt)
  const quantityText = readers.text(sale.quantity)

  return fields => {
    const mappedStore = idOf(store(fields))
    if (mappedStore === undefined) return badId('store', store(fields))
    const mappedSale = idOf(id(fields))
    if (mappedSale === undefined) return badId('id', id(fields))
    const mappedProduct = idOf(product(fields))
    if (mappedProduct === undefined) return badId('product', product(fields))
    const at = soldAt(fields)
    if (at === undefined)
      return problem(
        'soldAt',
        'date',
        `"${soldAtText(fields)}" is not a date in the format(s) of the source, or lies ${outsideSoldAt}`,
      )
    if (at === null) return problem('soldAt', 'missing', 'is empty')
    const pieces = quantity(fields)
    if (pieces === undefined) return problem('quantity', 'number', `"${quantityText(fields)}" is not a number`)
    if (pieces === null) return problem('quantity', 'missing', 'is empty')
    const mappedLine = line === undefined ? '' : idOf(line(fields))
    if (mappedLine === undefined) return badId('line', line === undefined ? '' : line(fields))
    const mappedSeller = optionalIdOf(seller(fields))
    if (mappedSeller === undefined) return badId('seller', seller(fields))
    const mappedCustomer = optionalIdOf(customer(fields))
    if (mappedCustomer === undefined) return badId('customer', customer(fields))
    const paid = money(fields, pieces)
    if ('rule' in paid) return paid
    return {
      store: mappedStore,
      sale: mappedSale,
      soldAt: at,
      seller: mappedSeller,
      customer: mappedCustomer,
      line: mappedLine,
      product: mappedProduct,
      quantity: pieces,
      unitPrice: paid.unitPrice,
      discount: paid.discount,
      revenue: paid.revenue,
      cost: paid.cost,
    }
  }
}

type Money = Pick<MappedLine, 'unitPrice' | 'discount' | 'revenue' | 'cost'>

function moneyReader(sale: SaleFields, readers: Readers, round: number | undefined) {
  const named = (['unitPrice', 'discount', 'discountShare', 'revenue', 'cost', 'unitCost'] as const).flatMap(name => {
    const field = sale[name]
    return field === undefined ? [] : [{ name, read: readers.amount(field), text: readers.text(field) }]
  })
  const read = new Map(named.map(({ name, read: reader }) => [name, reader]))
  const unitPriceOf = read.get('unitPrice') ?? absent
  const discountOf = read.get('discount') ?? absent
  const shareOf = read.get('discountShare') ?? absent
  const revenueOf = read.get('revenue') ?? absent
  const costOf = read.get('cost') ?? absent
  const unitCostOf = read.get('unitCost') ?? absent
  const texts = new Map<string, TextReader>(named.map(({ name, text }) => [name, text]))
  const bad = (name: string, fields: Fields) => {
    const { rule, message } = readers.notAmount(texts.get(name)?.(fields) ?? '')
    return problem(name, rule, rule === 'number' ? `${message}, or its signs can be read in two ways` : message)
  }
  const cents = round === undefined ? (value: Micros | undefined) => value : roundTo(round)

  return (fields: Fields, quantity: Micros): Money | Problem => {
    const unitPrice = unitPriceOf(fields)
    if (unitPrice === undefined) return bad('unitPrice', fields)
    const discount = discountOf(fields)
    if (discount === undefined) return bad('discount', fields)
    const share = shareOf(fields)
    if (share === undefined) return bad('discountShare', fields)
    const total = revenueOf(fields)
    if (total === undefined) return bad('revenue', fields)
    const cost = costOf(fields)
    if (cost === undefined) return bad('cost', fields)
    const unitCost = unitCostOf(fields)
    if (unitCost === undefined) return bad('unitCost', fields)
    if (share !== null && (share > one || share < -one))
      return problem('discountShare', 'share', 'is not between 0 and 1; per cent without a sign are `= [Column] / 100`')
    if (unitPrice === null && total === null)
      return problem(sale.revenue === undefined ? 'unitPrice' : 'revenue', 'missing', 'is empty')

    const gross = unitPrice === null ? undefined : multiply(quantity, unitPrice)
    const exactOff = discount ?? (share === null || gross === undefined ? zero : multiply(gross, share))
    // What the customer paid is rounded once, from the exact discount.
    const off = discount ?? cents(exactOff)
    const revenue =
      total ?? (gross === undefined || exactOff === undefined ? undefined : cents(subtract(gross, exactOff)))
    const price = unitPrice ?? (total === null ? zero : (divide(total, quantity) ?? zero))
    const whole = cost ?? (unitCost === null ? null : cents(multiply(quantity, unitCost)))
    if (revenue === undefined || off === undefined || whole === undefined)
      return problem('revenue', 'too-large', 'is more than a line can hold')
    return { unitPrice: price, discount: off, revenue, cost: whole }
  }
}

function roundTo(decimals: number): (value: Micros | undefined) => Micros | undefined {
  const unit = 10 ** (6 - decimals)
  return value => {
    if (value === undefined) return undefined
    const absolute = Math.abs(value)
    const rest = absolute % unit
    const up = absolute - rest + (rest * 2 >= unit ? unit : 0)
    return micros(value < 0 ? -up || 0 : up)
  }
}

const nothing: TextReader = () => ''

const absent: FieldReader<Micros> = () => null

/**
 * Ids are one line of ordinary text, of which something is left once it is clean. They are cleaned before lines are counted: two writings of one sale would number their lines alike.
 * Undefined when it is none.
 */
function idOf(text: string): string | undefined {
  const length = text.length
  if (length > longestId) return undefined
  let isPlain = length > 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code === 127 || code === 0xfffd) return undefined
    if (code === 32 || code > 127) isPlain = false
  }
  return isPlain ? text : cleanText(text) || undefined
}

/** The same for an id that may be missing. */
function optionalIdOf(text: string): string | undefined {
  return text === '' || isNothing(text) ? '' : idOf(text)
}

function badId(field: string, text: string): Problem {
  if (isNothing(text)) return problem(field, 'missing', 'is empty')
  if (text.length > longestId) return problem(field, 'too-long', `has more than ${longestId} characters`)
  return problem(field, 'characters', 'holds control characters or bytes of another encoding')
}

export function problem(field: string, rule: string, message: string): Problem {
  return { field, rule, message }
}
