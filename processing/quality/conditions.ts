import { monthOf } from '#shared/day.ts'
import { literal } from '#shared/sql.ts'
import type { Flag, RuleOf } from './rules.ts'
import { describedRows, isDescribedField, tables } from './spellings.ts'

/** A rule whose findings are counted line by line, as an SQL condition over `sale_lines`. */
export type Condition = { rule: string; sql: string }
/** The days that are counted and their months, as SQL literals, and the first and last of them. */
export type Days = { list: string; months: string; first: string; last: string }

/** From the first day to the last. */
export function daysOf(days: readonly string[]): Days {
  const months = [...new Set(days.map(monthOf))].map(month => month.replace('-', ''))
  return {
    list: days.map(literal).join(', '),
    months: months.join(', '),
    first: days[0] ?? '',
    last: days.at(-1) ?? '',
  }
}

type LineRule = Exclude<Flag, RuleOf<'freshness' | 'volume'>>

const columns = {
  store: 'store',
  sale: 'sale',
  seller: 'seller',
  customer: 'customer',
  line: 'line',
  product: 'product',
  soldAt: 'sold_at',
  quantity: 'quantity',
  unitPrice: 'unit_price',
  discount: 'discount',
  revenue: 'revenue',
  cost: 'cost',
} as const
const place = '(store, day, sale, line)'

/** The conditions of all rules that look at lines. Freshness and volume look at whole days. */
export function conditionsOf(flags: readonly Flag[], days: Days): Condition[] {
  return flags.flatMap(flag => {
    if (flag.kind === 'freshness' || flag.kind === 'volume') return []
    const sql = conditionOf(flag, days)
    const only = flag.sources === undefined ? '' : ` AND ${oneOf('source', flag.sources)}`
    return [{ rule: flag.rule, sql: `(${sql})${only}` }]
  })
}

function conditionOf(rule: LineRule, days: Days): string {
  switch (rule.kind) {
    case 'required':
      return `${columns[rule.field]} = ''`
    case 'range':
      return range(rule)
    case 'allowed':
      return `NOT ${oneOf(columns[rule.field], rule.values)}`
    case 'forbidden':
      return oneOf(columns[rule.field], rule.values)
    case 'unique':
      return allButFirst(['store', 'sale', columns[rule.field]], rule.sources, days)
    case 'duplicate':
      return allButFirst(
        rule.of.map(field => columns[field]),
        rule.sources,
        days,
      )
    case 'known': {
      const [column, table] = [columns[rule.field], tables[rule.field]]
      return `${column} != '' AND (SELECT count() > 0 FROM ${describedRows(rule.field)}) AND ${column} NOT IN (SELECT ${column} FROM ${table})`
    }
    case 'below-cost':
      return 'cost_known = 1 AND quantity > 0 AND revenue < cost'
    case 'service':
      return `product IN (SELECT product FROM products FINAL WHERE service > 0) OR ${oneOf('product', rule.values)}`
    case 'letter-case-twins':
      return twins(rule, days)
    case 'return-without-sale':
      return lostReturn(rule, days)
  }
}

function range({ field, min, max }: RuleOf<'range'>): string {
  const column = columns[field]
  const bounds = [
    ...(min === undefined ? [] : [`${column} < toDecimal64(${literal(String(min))}, 6)`]),
    ...(max === undefined ? [] : [`${column} > toDecimal64(${literal(String(max))}, 6)`]),
  ]
  const outside = bounds.length === 0 ? '0' : bounds.join(' OR ')
  return field === 'cost' ? `cost_known = 1 AND (${outside})` : outside
}

function oneOf(column: string, values: readonly string[]): string {
  return values.length === 0 ? '0' : `${column} IN (${values.map(literal).join(', ')})`
}

/** Lines of one day that agree in these columns, whichever of the rule's sources told them, without the first of them. */
function allButFirst(agreeing: readonly string[], sources: readonly string[] | undefined, { list }: Days): string {
  const told = sources === undefined ? '' : ` AND ${oneOf('source', sources)}`
  return `${place} IN (
    SELECT arrayJoin(arraySlice(arraySort(groupArray(${place})), 2)) FROM sale_lines FINAL
    WHERE day IN (${list})${told} GROUP BY day, ${agreeing.join(', ')} HAVING count() > 1)`
}

/** Codes written in another case than a described one, or than another of the same month; the described spelling itself is no twin. */
function twins({ field }: RuleOf<'letter-case-twins'>, { months }: Days): string {
  const column = columns[field]
  const codes = `SELECT DISTINCT toYYYYMM(day) AS month, toString(${column}) AS code, lowerUTF8(code) AS small
      FROM sale_lines FINAL WHERE toYYYYMM(day) IN (${months})`
  const ofMonth = 'if(count() > 1, groupArray(code), [])'
  const undescribed = isDescribedField(field)
    ? `if(small IN (SELECT lowerUTF8(${column}) FROM ${tables[field]}),
        groupArrayIf(code, code NOT IN (SELECT ${column} FROM ${tables[field]})), ${ofMonth})`
    : ofMonth
  return `(toYYYYMM(day), ${column}) IN (
    SELECT month, arrayJoin(${undescribed}) FROM (${codes}) GROUP BY month, small)`
}

/** Lines of negative quantity before which nothing of the same was sold for this long. Only the stores and products that have returns are looked at. */
function lostReturn({ by, days: long }: RuleOf<'return-without-sale'>, { list, first, last }: Days): string {
  const keys = by.filter(key => key !== 'customer')
  const same = [...keys.map(key => `sold.${key} = back.${key}`), 'sold.buyer = back.buyer'].join(' AND ')
  const named = by.includes('customer')
  const returns = `SELECT store, day, sale, line, product, sold_at, ${named ? 'customer' : "''"} AS buyer
      FROM sale_lines FINAL WHERE day IN (${list}) AND quantity < 0`
  return `quantity < 0 AND ${place} IN (
    SELECT back.store, back.day, back.sale, back.line
    FROM (${returns}) AS back
    ASOF LEFT JOIN (
      SELECT ${['store', 'product'].join(', ')}, sold_at, ${named ? "arrayJoin(arrayDistinct([customer, '']))" : "''"} AS buyer
      FROM sale_lines FINAL
      WHERE day BETWEEN toDate(${literal(first)}) - ${long} AND toDate(${literal(last)}) AND quantity > 0
        ${keys.map(key => `AND ${key} IN (SELECT ${key} FROM sale_lines WHERE day IN (${list}) AND quantity < 0)`).join(' ')}
    ) AS sold ON ${same} AND sold.sold_at <= back.sold_at
    WHERE sold.sold_at < back.sold_at - INTERVAL ${long} DAY)`
}
