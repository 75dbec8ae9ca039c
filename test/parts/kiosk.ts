/** An export in small, with repeats and bad rows, and a source that reads it. */
export const kioskSource = `
name: kiosk
format: { delimiter: ";", encoding: utf-8 }
dates: { format: YYYY-MM-DD }
numbers: { decimal: "," }
sale:
  id: Ticket
  store: Shop
  soldAt: Day
  line: ordinal
  product: Item
  quantity: Pieces
  unitPrice: Price
duplicates: exact
`

/** What must come out of it by a plain count. `cents` is the revenue. */
export type KioskFile = {
  text: string
  rows: number
  lines: number
  sales: number
  rejected: number
  duplicates: number
  cents: number
}

/** Sales of tickets from `firstTicket` on, about four lines each, in seven shops. */
export function kioskFile(random: () => number, wanted: number, firstTicket = 0): KioskFile {
  const out = ['Ticket;Shop;Day;Item;Pieces;Price']
  let cents = 0
  let lines = 0
  let duplicates = 0
  let rejected = 0
  const sales = new Set<number>()
  for (let i = 0; i < wanted; i++) {
    const ticket = firstTicket + Math.floor(i / 4)
    const shop = ticket % 7
    const day = `2024-0${1 + (ticket % 9)}-1${ticket % 10}`
    const kind = random()
    if (kind < 0.01) {
      out.push(`T${ticket};${shop};${day};I${i};two;1,00`)
      rejected++
      continue
    }
    const pieces = 1 + Math.floor(random() * 9)
    const price = Math.floor(random() * 10_000)
    const row = `T${ticket};${shop};${day};I${i};${pieces};${Math.floor(price / 100)},${String(price % 100).padStart(2, '0')}`
    out.push(row)
    lines++
    cents += pieces * price
    sales.add(ticket)
    if (kind < 0.03) {
      out.push(row)
      duplicates++
    }
  }
  return {
    text: `${out.join('\n')}\n`,
    rows: wanted + duplicates,
    lines,
    sales: sales.size,
    rejected,
    duplicates,
    cents,
  }
}

/** Small seeded generator (mulberry32): a failing run can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
