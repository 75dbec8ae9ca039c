import { agreement, disagreement, figures, isPerPiece, type Sample } from './evidence.ts'
import { moneyColumn, noteOf, yamlText } from './field-text.ts'
import type { Profile } from './profile.ts'
import type { Role } from './roles.ts'
import { discountText, isNegative, isOfPiece, spreadDiscount, type WholeSale } from './whole-sale.ts'

/** Adds a line to the draft: key, value, why it was guessed, what has to be decided. */
export type Put = (key: string, value: string, note?: string, question?: string) => void

/** Removes roles that the figures contradict: a total that is the whole sale's, a cost that is per piece, a price that is the line's. */
export function settleAmounts(roles: Map<Role, Profile>, sample: Sample): void {
  const product = roles.get('product') ?? roles.get('productName')
  const quantity = roles.get('quantity')
  const move = (from: Role, to: Role, perPiece: boolean) => {
    const column = roles.get(from)
    if (column === undefined || roles.has(to) || product === undefined || quantity === undefined) return
    if (isPerPiece(column, product, quantity, sample) !== perPiece) return
    roles.delete(from)
    roles.set(to, column)
  }
  const isUnitCost = costIsPerPiece(roles, sample)
  const cost = roles.get('cost')
  if (cost !== undefined && isUnitCost === true && !roles.has('unitCost')) {
    roles.delete('cost')
    roles.set('unitCost', cost)
  }
  move('cost', 'unitCost', true)
  move('unitCost', 'cost', false)
  move('revenue', 'unitPrice', true)
  move('unitPrice', 'revenue', false)
  const discount = roles.get('discount')
  if (
    discount !== undefined &&
    !roles.has('discountShare') &&
    discount.share &&
    discount.distinct > 1 &&
    !isMoneyOff(discount, roles, sample)
  ) {
    roles.delete('discount')
    roles.set('discountShare', discount)
  }
  settleDiscount(roles, sample)
  const id = roles.get('sale')
  const [price, total] = [roles.get('unitPrice'), roles.get('revenue')]
  if (id !== undefined && price !== undefined && total !== undefined && quantity !== undefined) {
    const multiplied = agreement(
      sample,
      { q: quantity, p: price, t: total },
      n => n.t,
      n => (n.q ?? Number.NaN) * (n.p ?? Number.NaN),
    )
    const wholeSale =
      disagreement([id], total, sample.rows, text => text) === 0 && (multiplied ?? 1) < 0.7 && id.distinct < id.filled
    if (wholeSale) roles.delete('revenue')
  }
}

/** Whether a discount between 0 and 1 is money after all: by its name, or by quantity × price and the total. */
function isMoneyOff(d: Profile, roles: ReadonlyMap<Role, Profile>, sample: Sample): boolean {
  const [q, p, t] = (['quantity', 'unitPrice', 'revenue'] as const).map(role => roles.get(role))
  if (isOfPiece(d)) return true
  if (p === undefined || t === undefined) return false
  const discounted = { ...sample, rows: sample.rows.filter(row => /[1-9]/.test(row[d.index] ?? '')) }
  const full = (n: Record<string, number>) => (n.q ?? 1) * (n.p ?? Number.NaN)
  return (
    (agreement(
      discounted,
      { q, p, t, d },
      n => n.t,
      n => full(n) - (n.d ?? 0),
    ) ?? 0) > 0.9
  )
}

/** A discount whose figures are per cent, told by quantity × price and the total. */
function settleDiscount(roles: Map<Role, Profile>, sample: Sample): void {
  const [q, p, t, d] = (['quantity', 'unitPrice', 'revenue', 'discount'] as const).map(role => roles.get(role))
  if (d === undefined || p === undefined || t === undefined || roles.has('discountShare')) return
  const discounted = { ...sample, rows: sample.rows.filter(row => /[1-9]/.test(row[d.index] ?? '')) }
  const full = (n: Record<string, number>) => (n.q ?? 1) * (n.p ?? Number.NaN)
  const fits = (net: (n: Record<string, number>) => number) => agreement(discounted, { q, p, t, d }, n => n.t, net) ?? 0
  if (fits(n => full(n) * (1 - Math.abs(n.d ?? 0) / 100)) > 0.95 && fits(n => full(n) - Math.abs(n.d ?? 0)) < 0.5) {
    roles.delete('discount')
    roles.set('discountShare', d)
  }
}

/** The amounts of a line, with what the figures of the sample say about them. */
export function amounts(
  put: Put,
  roles: Map<Role, Profile>,
  profiles: readonly Profile[],
  sample: Sample,
  whole: WholeSale,
): void {
  const [q, p, t, d, s, g] = (['quantity', 'unitPrice', 'revenue', 'discount', 'discountShare', 'gross'] as const).map(
    role => roles.get(role),
  )
  if (p !== undefined) unitPrice(put, p, q, sample)
  const product = (n: Record<string, number>) => (n.q ?? 1) * (n.p ?? Number.NaN)
  const isGross = t !== undefined && p !== undefined ? (agreement(sample, { q, p, t }, n => n.t, product) ?? 0) : 0
  const taxed = t === undefined || p !== undefined ? undefined : withTax(t, g, profiles, sample)
  const hasDiscount = d !== undefined && d.distinct > 1
  const off = d === undefined ? '' : offText(d, roles, sample)
  if (whole.discount !== undefined && d === undefined) wholeDiscount(put, roles, sample, whole)
  else if (t !== undefined && hasDiscount && isGross > 0.95) {
    put(
      'discount',
      off,
      undefined,
      `"${t.name}" is quantity × price before the discount, so the discount is taken off it. Is that right?`,
    )
  } else if (t !== undefined && taxed !== undefined) {
    put(
      'revenue',
      moneyColumn(taxed.paid),
      undefined,
      `"${taxed.paid.name}" is "${t.name}" with "${taxed.tax.name}": what the customer paid. Should the chain's figures be without tax, take "${t.name}".`,
    )
    if (d !== undefined) put('discount', off, 'already taken off the total')
  } else if (t !== undefined) {
    putRevenue(put, t, q, sample, isGross > 0.95 ? 'equals quantity × price' : noteOf(t), revenueQuestion(t, p, whole))
    if (d !== undefined) put('discount', off, 'already taken off the total')
    else if (s !== undefined && p !== undefined) put('discountShare', shareField(s), 'already taken off the total')
  } else if (g !== undefined) {
    if (d !== undefined) put('discount', off, noteOf(d))
    const sign = d !== undefined && isNegative(d, g, sample) ? '+' : '-'
    put(
      'revenue',
      d === undefined ? yamlText(g.name) : yamlText(`= [${g.name}] ${sign} coalesce(number([${d.name}]), 0)`),
      undefined,
      `"${g.name}" reads like the amount before discounts. Is that what the customer paid?`,
    )
  } else if (p === undefined) {
    const [total] = whole.columns
    put(
      'revenue',
      '"?"',
      undefined,
      total === undefined
        ? 'which column is the price of a piece, or the total of the line?'
        : `"${total.name}" is the same in all rows of a sale, so it is the whole sale's. Which column is the price of a piece, or the total of the line?`,
    )
  } else {
    if (d !== undefined) put('discount', off, undefined, `is "${d.name}" money off the whole line (not off one piece)?`)
    if (s !== undefined) {
      const isNamed = /%|perc|pct|rate|share|taxa/i.test(s.name) || s.examples.some(text => text.includes('%'))
      const question = `"${s.name}" lies between 0 and 1: is it a share (0.15 for 15 %)? If it is money, call this \`discount\`.`
      put('discountShare', shareField(s), `for instance ${s.examples[0] ?? ''}`, isNamed ? undefined : question)
    }
  }
  costs(put, roles, sample)
}

/** A discount as money off the line: by its figures or its name, that of a piece is multiplied. */
function offText(d: Profile, roles: ReadonlyMap<Role, Profile>, sample: Sample): string {
  const [q, p, t, g] = (['quantity', 'unitPrice', 'revenue', 'gross'] as const).map(role => roles.get(role))
  const plain = discountText(d, t ?? g ?? q, sample)
  if (q === undefined) return plain
  const discounted = { ...sample, rows: sample.rows.filter(row => /[1-9]/.test(row[d.index] ?? '')) }
  const net = (off: (n: Record<string, number>) => number) =>
    agreement(
      discounted,
      { q, p, t, d },
      n => n.t,
      n => (n.q ?? 1) * (n.p ?? Number.NaN) - off(n),
    ) ?? 0
  const byFigures = net(n => Math.abs(n.d ?? 0) * (n.q ?? 1)) > 0.95 && net(n => Math.abs(n.d ?? 0)) < 0.95
  const byName = t === undefined && isOfPiece(d)
  if (!byFigures && !byName) return plain
  return yamlText(`${plain.startsWith('"= -') ? '= -' : '= '}[${d.name}] * [${q.name}]`)
}

/** The column that is another one with the tax on top: what the customer paid. */
function withTax(
  t: Profile,
  g: Profile | undefined,
  profiles: readonly Profile[],
  sample: Sample,
): { paid: Profile; tax: Profile } | undefined {
  if (g === undefined) return undefined
  const taxes = profiles.filter(
    profile => profile.numeric > 0.9 && profile.distinct > 1 && profile !== t && profile !== g,
  )
  const tax = taxes.find(
    x =>
      (agreement(
        sample,
        { t, g, x },
        n => n.g,
        n => (n.t ?? Number.NaN) + (n.x ?? Number.NaN),
      ) ?? 0) > 0.95,
  )
  return tax === undefined || !/tax|vat|gst|tva|iva|mwst|ust|imposto|steuer|btw|moms/i.test(tax.name)
    ? undefined
    : { paid: g, tax }
}

function revenueQuestion(t: Profile, p: Profile | undefined, whole: WholeSale): string | undefined {
  if (p !== undefined) return undefined
  return whole.columns.has(t)
    ? `"${t.name}" is the same in all rows of a sale, so it reads like the total of the whole sale. Which column is the total of the line?`
    : `is "${t.name}" the total of the line (not of one piece, not of the whole sale)?`
}

/** A price whose sign follows the quantity's: both negative would make a return a sale. */
function unitPrice(put: Put, p: Profile, q: Profile | undefined, sample: Sample): void {
  const signs = figures(sample, { p, q }).filter(n => (n.p ?? 0) < 0)
  const follows = signs.length > 0 && signs.filter(n => (n.q ?? 1) < 0).length > signs.length * 0.9
  if (q !== undefined && follows) put('unitPrice', yamlText(`= abs([${p.name}])`), 'returns come with a minus twice')
  else put('unitPrice', moneyColumn(p), noteOf(p))
}

/** The column with a minus where the other has one. */
export function turned(column: Profile, by: Profile): string {
  return yamlText(`= if([${by.name}] < 0, -abs([${column.name}]), [${column.name}])`)
}

/** A total that is positive although pieces come back is turned. */
function putRevenue(
  put: Put,
  t: Profile,
  q: Profile | undefined,
  sample: Sample,
  note: string,
  question: string | undefined,
): void {
  const back = figures(sample, { q, t }).filter(n => (n.q ?? 0) < 0 && (n.t ?? 0) !== 0)
  const positive = back.filter(n => (n.t ?? 0) > 0)
  if (q !== undefined && back.length > 0 && positive.length > back.length * 0.9)
    put(
      'revenue',
      turned(t, q),
      undefined,
      `"${t.name}" is positive where "${q.name}" is negative. Are those returns, whose money went back?`,
    )
  else put('revenue', moneyColumn(t), note, question)
}

/** The discount of a whole sale, repeated on each of its rows: spread over them, or left out and asked about. */
function wholeDiscount(put: Put, roles: Map<Role, Profile>, sample: Sample, whole: WholeSale): void {
  const name = whole.discount?.name ?? ''
  const t = roles.get('revenue')
  const spread = spreadDiscount(whole, roles, sample)
  if (spread === undefined) {
    if (t !== undefined) put('revenue', moneyColumn(t), noteOf(t), revenueQuestion(t, roles.get('unitPrice'), whole))
    else if (!roles.has('unitPrice')) put('revenue', '"?"', undefined, 'which column is the price of a piece?')
    put(
      'discount',
      '{ value: 0 }',
      undefined,
      `"${name}" is money off the whole sale and stands on each of its rows, so it is not taken off here. If the lines are before it, spread it: \`= [${name}] * line / sale\`, with the sale's amount before the discount.`,
    )
    return
  }
  const note = `"${name}" is off the whole sale and stands on each row: spread by value`
  put('discount', yamlText(`= ${spread.share}`), note)
  if (t !== undefined) put('revenue', yamlText(`= ${spread.line} - coalesce(${spread.share}, 0)`), 'less the discount')
}

function costs(put: Put, roles: Map<Role, Profile>, sample: Sample): void {
  const [c, u, profit, t] = (['cost', 'unitCost', 'profit', 'revenue'] as const).map(role => roles.get(role))
  if (c !== undefined) {
    const isCertain = costIsPerPiece(roles, sample) === false
    put(
      'cost',
      moneyColumn(c),
      isCertain ? 'cost of the whole line' : undefined,
      isCertain
        ? undefined
        : `is "${c.name}" the cost of the whole line? If it is of one piece, call this \`unitCost\`.`,
    )
  } else if (u !== undefined) put('unitCost', moneyColumn(u), 'cost of one piece')
  else if (profit !== undefined && t !== undefined)
    put('cost', yamlText(`= [${t.name}] - [${profit.name}]`), `what is left of "${t.name}" without "${profit.name}"`)
}

/**
 * Whether costs follow the price of a piece or the total of the line more closely: that which has the steadier ratio. Undefined when nearly all quantities are 1, or
 * when both are as steady.
 */
function costIsPerPiece(roles: Map<Role, Profile>, sample: Sample): boolean | undefined {
  const [c, p, t, q] = (['cost', 'unitPrice', 'revenue', 'quantity'] as const).map(role => roles.get(role))
  if (c === undefined || q === undefined || (p === undefined && t === undefined)) return undefined
  const ratios = figures(sample, { c, p, t, q }).flatMap(n => {
    const pieces = n.q ?? 0
    const price = n.p ?? (n.t ?? 0) / pieces
    if (pieces <= 0 || pieces === 1 || price <= 0 || (n.c ?? 0) <= 0) return []
    const ofPiece = Math.log((n.c ?? 0) / price)
    return [{ ofPiece, ofLine: ofPiece - Math.log(pieces) }]
  })
  if (ratios.length < 10) return undefined
  const piece = spread(ratios.map(({ ofPiece }) => ofPiece))
  const line = spread(ratios.map(({ ofLine }) => ofLine))
  return piece < line * 0.75 ? true : line < piece * 0.75 ? false : undefined
}

function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

function shareField(share: Profile): string {
  const signed = share.examples.some(text => text.includes('%'))
  return !signed && !share.share ? yamlText(`= [${share.name}] / 100`) : yamlText(share.name)
}
