import { agreement, disagreement, isPerPiece, type Sample } from './evidence.ts'
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
  if (p !== undefined) put('unitPrice', yamlText(p.name), noteOf(p))
  const product = (n: Record<string, number>) => (n.q ?? 1) * (n.p ?? Number.NaN)
  const isGross = t !== undefined && p !== undefined ? (agreement(sample, { q, p, t }, n => n.t, product) ?? 0) : 0
  const hasDiscount = d !== undefined && d.distinct > 1
  if (t !== undefined && hasDiscount && isGross > 0.95) {
    put(
      'discount',
      yamlText(d.name),
      undefined,
      `"${t.name}" is quantity × price before the discount, so the discount is taken off it. Is that right?`,
    )
  } else if (t !== undefined) {
    put(
      'revenue',
      yamlText(t.name),
      isGross > 0.95 ? 'equals quantity × price' : noteOf(t),
      p === undefined ? `is "${t.name}" the total of the line (not of one piece, not of the whole sale)?` : undefined,
    )
    if (d !== undefined) put('discount', yamlText(d.name), 'already taken off the total')
  } else if (g !== undefined) {
    if (d !== undefined) put('discount', yamlText(d.name), noteOf(d))
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
      put('discount', yamlText(d.name), undefined, `is "${d.name}" money off the whole line (not off one piece)?`)
    if (s !== undefined) put('discountShare', shareField(s), `for instance ${s.examples[0] ?? ''}`)
  }
  const [c, u] = [roles.get('cost'), roles.get('unitCost')]
  if (c !== undefined) put('cost', yamlText(c.name), 'cost of the whole line')
  else if (u !== undefined) put('unitCost', yamlText(u.name), 'cost of one piece')
}

function shareField(share: Profile): string {
  const signed = share.examples.some(text => text.includes('%'))
  const large = share.examples.some(text => Number(text.replace(',', '.').replace(/[^\d.]/g, '')) > 1)
  return !signed && large ? yamlText(`= [${share.name}] / 100`) : yamlText(share.name)
}
