/** A computed amount as the API writes money: two digits. Estimates are floating-point; sums of sales never pass through here. */
export function amountText(amount: number): string {
  const cents = Math.round(Math.abs(amount) * 100)
  const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
  return amount < 0 && cents > 0 ? `-${text}` : text
}
