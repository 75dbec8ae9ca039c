import type { Sale } from '#shared/records/sale.ts'
import { Codes, Integers, type NativeBlock, nativeBlock, Smalls, Strings } from '#shared/warehouse/native.ts'

/** A sale whose lines are written, and its day. */
export type Statement = { sale: Sale; day: string }
export const linesIn = (statements: readonly Statement[]): number =>
  statements.reduce((sum, { sale }) => sum + sale.lines.length, 0)

/** A line that `sale` says is gone from `day`. */
export type WithdrawnLine = { sale: Sale; day: string; line: string }

/**
 * The rows of `sale_lines` that write all lines of these statements and withdraw those lines, as one Native block. A withdrawal has the version after its statement's, so that it beats the
 * line it removes.
 */
export function lineBlock(statements: readonly Statement[], withdrawn: readonly WithdrawnLine[]): NativeBlock {
  const rows = linesIn(statements) + withdrawn.length
  const columns = lineColumns(rows)
  pushLines(columns, statements)
  pushWithdrawn(columns, withdrawn)
  return nativeBlock(Object.values(columns), rows)
}

type LineColumns = ReturnType<typeof lineColumns>

function lineColumns(rows: number) {
  const strings = (name: string) => new Strings(name, rows)
  const codes = (name: string) => new Codes(name, rows)
  const amounts = (name: string) => new Integers(name, 'Decimal(18, 6)', rows)
  return {
    store: codes('store'),
    day: new Smalls('day', 'Date', rows),
    sale: strings('sale'),
    line: strings('line'),
    soldAt: new Smalls('sold_at', "DateTime('UTC')", rows),
    product: codes('product'),
    seller: codes('seller'),
    customer: strings('customer'),
    quantity: amounts('quantity'),
    unitPrice: amounts('unit_price'),
    discount: amounts('discount'),
    revenue: amounts('revenue'),
    cost: amounts('cost'),
    costKnown: new Smalls('cost_known', 'UInt8', rows),
    source: codes('source'),
    file: codes('file'),
    row: new Smalls('row', 'UInt32', rows),
    version: new Integers('version', 'UInt64', rows),
    deleted: new Smalls('deleted', 'UInt8', rows),
  }
}

// The loops below have functions of their own: what V8 compiled for a loop under way is thrown away when something it has not seen yet follows.

function pushLines(column: LineColumns, statements: readonly Statement[]): void {
  const numberOfDay = dayNumbers()
  for (const { sale, day } of statements) {
    const number = numberOfDay(day)
    const times = sale.lines.length
    column.store.push(sale.store, times)
    column.day.push(number, times)
    column.sale.push(sale.sale, times)
    column.soldAt.push(number * 86_400 + secondOfDay(sale.soldAt), times)
    column.seller.push(sale.seller, times)
    column.customer.push(sale.customer, times)
    column.source.push(sale.source, times)
    column.file.push(sale.file, times)
    column.version.push(sale.version, times)
    column.deleted.push(0, times)
    for (const line of sale.lines) {
      column.line.push(line.line)
      column.product.push(line.product)
      column.quantity.push(line.quantity)
      column.unitPrice.push(line.unitPrice)
      column.discount.push(line.discount)
      column.revenue.push(line.revenue)
      column.cost.push(line.cost ?? 0)
      column.costKnown.push(line.cost === null ? 0 : 1)
      column.row.push(line.row)
    }
  }
}

function pushWithdrawn(column: LineColumns, withdrawn: readonly WithdrawnLine[]): void {
  const numberOfDay = dayNumbers()
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
}

/** The rows of `sale_days`: on which day each of these statements has its sale. */
export function saleDayBlock(statements: readonly Statement[]): NativeBlock {
  const rows = statements.length
  const columns = saleDayColumns(rows)
  pushSaleDays(columns, statements)
  return nativeBlock(Object.values(columns), rows)
}

function saleDayColumns(rows: number) {
  return {
    store: new Codes('store', rows),
    sale: new Strings('sale', rows),
    day: new Smalls('day', 'Date', rows),
    whole: new Integers('whole', 'UInt64', rows),
  }
}

function pushSaleDays(column: ReturnType<typeof saleDayColumns>, statements: readonly Statement[]): void {
  const numberOfDay = dayNumbers()
  for (const { sale, day } of statements) {
    column.store.push(sale.store)
    column.sale.push(sale.sale)
    column.day.push(numberOfDay(day))
    column.whole.push(sale.extent === 'whole' ? sale.version : 0)
  }
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
