import type { Sale, SaleLine } from '#shared/records/sale.ts'
import { Integers, nativeBlock, Smalls, Strings } from '#shared/warehouse/native.ts'

/** A line as its sale states it. */
export type StatedLine = { sale: Sale; day: string; line: SaleLine }
/** A line that `sale` says is gone from `day`. */
export type WithdrawnLine = { sale: Sale; day: string; line: string }

/** The rows of `sale_lines` that write and withdraw these lines, as one Native block. A withdrawal has the version after its statement's, so that it beats the line it removes. */
export function lineBlock(stated: readonly StatedLine[], withdrawn: readonly WithdrawnLine[]): Buffer {
  const rows = stated.length + withdrawn.length
  const strings = (name: string) => new Strings(name, rows)
  const amounts = (name: string) => new Integers(name, 'Decimal(18, 6)', rows)
  const column = {
    store: strings('store'),
    day: new Smalls('day', 'Date', rows),
    sale: strings('sale'),
    line: strings('line'),
    soldAt: new Smalls('sold_at', "DateTime('UTC')", rows),
    product: strings('product'),
    seller: strings('seller'),
    customer: strings('customer'),
    quantity: amounts('quantity'),
    unitPrice: amounts('unit_price'),
    discount: amounts('discount'),
    revenue: amounts('revenue'),
    cost: amounts('cost'),
    costKnown: new Smalls('cost_known', 'UInt8', rows),
    source: strings('source'),
    file: strings('file'),
    row: new Smalls('row', 'UInt32', rows),
    version: new Integers('version', 'UInt64', rows),
    deleted: new Smalls('deleted', 'UInt8', rows),
  }
  const numberOfDay = dayNumbers()
  let soldAt = ''
  let second = 0
  for (const { sale, day, line } of stated) {
    const number = numberOfDay(day)
    // All lines of a sale have its time.
    if (sale.soldAt !== soldAt) {
      soldAt = sale.soldAt
      second = number * 86_400 + secondOfDay(soldAt)
    }
    column.store.push(sale.store)
    column.day.push(number)
    column.sale.push(sale.sale)
    column.line.push(line.line)
    column.soldAt.push(second)
    column.product.push(line.product)
    column.seller.push(sale.seller)
    column.customer.push(sale.customer)
    column.quantity.push(line.quantity)
    column.unitPrice.push(line.unitPrice)
    column.discount.push(line.discount)
    column.revenue.push(line.revenue)
    column.cost.push(line.cost ?? 0)
    column.costKnown.push(line.cost === null ? 0 : 1)
    column.source.push(sale.source)
    column.file.push(sale.file)
    column.row.push(line.row)
    column.version.push(sale.version)
    column.deleted.push(0)
  }
  for (const { sale, day, line } of withdrawn) {
    const number = numberOfDay(day)
    column.store.push(sale.store)
    column.day.push(number)
    column.sale.push(sale.sale)
    column.line.push(line)
    column.soldAt.push(number * 86_400)
    for (const empty of [column.product, column.seller, column.customer]) empty.push('')
    for (const none of [column.quantity, column.unitPrice, column.discount, column.revenue, column.cost]) none.push(0)
    column.costKnown.push(0)
    column.source.push(sale.source)
    column.file.push(sale.file)
    column.row.push(0)
    column.version.push(sale.version + 1)
    column.deleted.push(1)
  }
  return nativeBlock(Object.values(column), rows)
}

/** The rows of `sale_days`. */
export function saleDayBlock(
  rows: readonly (readonly [store: string, sale: string, day: string, whole: number])[],
): Buffer {
  const column = {
    store: new Strings('store', rows.length),
    sale: new Strings('sale', rows.length),
    day: new Smalls('day', 'Date', rows.length),
    whole: new Integers('whole', 'UInt64', rows.length),
  }
  const numberOfDay = dayNumbers()
  for (const [store, sale, day, whole] of rows) {
    column.store.push(store)
    column.sale.push(sale)
    column.day.push(numberOfDay(day))
    column.whole.push(whole)
  }
  return nativeBlock(Object.values(column), rows.length)
}

/** Days since 1970, as the warehouse's Date counts them. */
export function dayNumber(day: string): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000
}

/** `dayNumber` for days of which most are the one before again. */
function dayNumbers(): (day: string) => number {
  let latest = ''
  let number = 0
  return day => {
    if (day !== latest) {
      latest = day
      number = dayNumber(day)
    }
    return number
  }
}

function secondOfDay(soldAt: string): number {
  return twoDigits(soldAt, 11) * 3600 + twoDigits(soldAt, 14) * 60 + twoDigits(soldAt, 17)
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
}
