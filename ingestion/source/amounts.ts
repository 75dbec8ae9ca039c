import { agreement, disagreement, figures, isPerPiece, type Sample } from './evidence.ts'
import { noteOf, yamlText } from './field-text.ts'
import type { Profile } from './profile.ts'
import type { Role } from './roles.ts'

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
  if (discount !== undefined && !roles.has('discountShare') && discount.share && discount.distinct > 1) {
    roles.delete('discount')
    roles.set('discountShare', discount)
  }
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

/** The amounts of a line, with what the figures of the sample say about them. */
export function amounts(put: Put, roles: Map<Role, Profile>, sample: Sample): void {
  const [q, p, t, d, s, g] = (['quantity', 'unitPrice', 'revenue', 'discount', 'discountShare', 'gross'] as const).map(
    role => roles.get(role),
  )
  if (p !== undefined) put('unitPrice', moneyText(p), noteOf(p))
  const product = (n: Record<string, number>) => (n.q ?? 1) * (n.p ?? Number.NaN)
  const isGross = t !== undefined && p !== undefined ? (agreement(sample, { q, p, t }, n => n.t, product) ?? 0) : 0
  const hasDiscount = d !== undefined && d.distinct > 1
  if (t !== undefined && hasDiscount && isGross > 0.95) {
    put(
      'discount',
      moneyText(d),
      undefined,
      `"${t.name}" is quantity × price before the discount, so the discount is taken off it. Is that right?`,
    )
  } else if (t !== undefined) {
    put(
      'revenue',
      moneyText(t),
      isGross > 0.95 ? 'equals quantity × price' : noteOf(t),
      p === undefined ? `is "${t.name}" the total of the line (not of one piece, not of the whole sale)?` : undefined,
    )
    if (d !== undefined) put('discount', moneyText(d), 'already taken off the total')
    else if (s !== undefined && p !== undefined) put('discountShare', shareField(s), 'already taken off the total')
  } else if (g !== undefined) {
    if (d !== undefined) put('discount', moneyText(d), noteOf(d))
    put(
      'revenue',
      d === undefined ? yamlText(g.name) : yamlText(`= [${g.name}] - coalesce(number([${d.name}]), 0)`),
      undefined,
      `"${g.name}" reads like the amount before discounts. Is that what the customer paid?`,
    )
  } else if (p === undefined)
    put('revenue', '"?"', undefined, 'which column is the price of a piece, or the total of the line?')
  else {
    if (d !== undefined)
      put('discount', moneyText(d), undefined, `is "${d.name}" money off the whole line (not off one piece)?`)
    if (s !== undefined) put('discountShare', shareField(s), `for instance ${s.examples[0] ?? ''}`)
  }
  costs(put, roles, sample)
}

function costs(put: Put, roles: Map<Role, Profile>, sample: Sample): void {
  const [c, u, profit, t] = (['cost', 'unitCost', 'profit', 'revenue'] as const).map(role => roles.get(role))
  if (c !== undefined) {
    const isCertain = costIsPerPiece(roles, sample) === false
    put(
      'cost',
      moneyText(c),
      isCertain ? 'cost of the whole line' : undefined,
      isCertain
        ? undefined
        : `is "${c.name}" the cost of the whole line? If it is of one piece, call this \`unitCost\`.`,
    )
  } else if (u !== undefined) put('unitCost', moneyText(u), 'cost of one piece')
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

/** An amount in whole cents is a hundredth of what it says. */
function moneyText(profile: Profile): string {
  return isCents(profile) ? yamlText(`= [${profile.name}] / 100`) : yamlText(profile.name)
}

function isCents(profile: Profile): boolean {
  return profile.whole === 1 && /(^|[^a-z])(cents?|centavos?)([^a-z]|$)/i.test(profile.name)
}

function shareField(share: Profile): string {
  const signed = share.examples.some(text => text.includes('%'))
  const large = share.examples.some(text => Number(text.replace(',', '.').replace(/[^\d.]/g, '')) > 1)
  return !signed && large ? yamlText(`= [${share.name}] / 100`) : yamlText(share.name)
}
