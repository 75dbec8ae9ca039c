import { agreement, isOfWholeSale, type Sample, salesOf, sumOf } from './evidence.ts'
import { moneyColumn } from './field-text.ts'
import type { Profile } from './profile.ts'
import { plainName, type Role } from './roles.ts'

/** Amounts that a file repeats on every row of a sale, and what they can be compared with. */
export type WholeSale = {
  columns: ReadonlySet<Profile>
  discount: Profile | undefined
  sales: readonly Sample['rows'][number][][]
}

/** Roles of amounts that are added up over rows: a column about the whole sale can have none of them. */
const addedUp: ReadonlySet<Role> = new Set(['revenue', 'gross', 'discount', 'cost', 'profit'])

export function isAddedUp(role: Role): boolean {
  return addedUp.has(role)
}

/** Whether a column's name says that it is about one piece. */
export function isOfPiece({ name }: Profile): boolean {
  return /\b(unit|unitario|each|piece|stuck|peca)\b/.test(plainName(name))
}

/** The amounts of whole sales among the columns, judged on sales whose lines differ. */
export function wholeSaleAmounts(
  profiles: readonly Profile[],
  roles: ReadonlyMap<Role, Profile>,
  day: Profile | undefined,
  sample: Sample,
): WholeSale {
  const id = roles.get('sale')
  const product = roles.get('product') ?? roles.get('productName')
  if (id === undefined || product === undefined) return { columns: new Set(), discount: undefined, sales: [] }
  const key = [id, roles.get('store') ?? roles.get('storeName'), roles.get('till')].filter(part => part !== undefined)
  const sales = salesOf(key, day, sample.rows)
  const price = roles.get('unitPrice')
  const [q, p] = [roles.get('quantity'), price]
  const telling = sales.filter(
    rows =>
      new Set(rows.map(row => row[product.index])).size > 1 &&
      (p === undefined || new Set(rows.map(row => `${row[p.index]} ${q === undefined ? '' : row[q.index]}`)).size > 1),
  )
  const named = new Set([...roles].flatMap(([role, profile]) => (isAddedUp(role) ? [] : [profile])))
  const columns = profiles.filter(
    profile =>
      profile.numeric > 0.9 && !named.has(profile) && !isOfPiece(profile) && isOfWholeSale(profile, telling, sample),
  )
  const discount = roles.get('discount')
  return {
    columns: new Set(columns),
    discount: discount !== undefined && columns.includes(discount) ? discount : undefined,
    sales,
  }
}

/**
 * How the discount of a whole sale is spread over its lines by their value: by a column that holds the sale's amount before the discount or after it. Undefined when no
 * column does.
 */
export function spreadDiscount(
  { columns, discount, sales }: WholeSale,
  roles: ReadonlyMap<Role, Profile>,
  sample: Sample,
): { share: string; line: string } | undefined {
  const [q, p, t] = (['quantity', 'unitPrice', 'revenue'] as const).map(role => roles.get(role))
  if (discount === undefined || (t === undefined && (p === undefined || q === undefined))) return undefined
  const lineValue = (rows: Sample['rows']) => {
    if (t !== undefined) return sumOf(t, rows, sample)
    return rows.reduce((sum, row) => sum + (p && q ? sumOf(p, [row], sample) * sumOf(q, [row], sample) : Number.NaN), 0)
  }
  const judged = sales.slice(0, 3_000).flatMap(rows => {
    const [first] = rows
    if (first === undefined) return []
    const off = Math.abs(sumOf(discount, [first], sample))
    return off === 0 ? [] : [{ first, off, value: lineValue(rows) }]
  })
  const line = t === undefined ? `[${q?.name}] * [${p?.name}]` : `[${t.name}]`
  const off = `${discount.negative > 0 ? '-' : ''}coalesce(number([${discount.name}]), 0)`
  for (const base of columns) {
    if (base === discount) continue
    const fits = (value: (one: (typeof judged)[number]) => number) =>
      judged.filter(one => Math.abs(sumOf(base, [one.first], sample) - value(one)) < 0.02).length
    if (fits(({ value, off: less }) => value - less) > judged.length * 0.9 && judged.length >= 3)
      return { share: `${off} * ${line} / ([${base.name}] + ${off})`, line }
    // A total that the lines add up to is before the discount only where the lines are no totals themselves, which may be net already.
    if (t === undefined && fits(({ value }) => value) > judged.length * 0.9 && judged.length >= 3)
      return { share: `${off} * ${line} / [${base.name}]`, line }
  }
  return undefined
}

/** Whether a discount's figures are written as negative amounts, on rows that are no returns. */
export function isNegative(discount: Profile, value: Profile | undefined, sample: Sample): boolean {
  const below = (n: number | undefined) => (n ?? 0) < 0
  const share = agreement(
    { ...sample, rows: sample.rows.filter(row => sumOf(discount, [row], sample) !== 0) },
    { d: discount, v: value },
    n => Number(below(n.d) !== below(n.v)),
    () => 1,
  )
  return (share ?? 0) > 0.9
}

/** A discount as money off, whatever its sign in the file. */
export function discountText(discount: Profile, value: Profile | undefined, sample: Sample): string {
  return moneyColumn(discount, isNegative(discount, value, sample) ? '-' : '')
}
