import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** A source that reads what `writeSales` writes. */
export const salesSource = `name: bench
format: { delimiter: ",", encoding: utf-8 }
dates: { format: "YYYY-MM-DD HH:mm:ss" }
sale: { id: sale, store: store, soldAt: date, seller: seller, customer: customer, product: product, quantity: quantity, unitPrice: price, revenue: total, cost: cost }
`
/** A row's bytes, about. */
export const rowBytes = 77

/** A CSV of any size, made on the fly: `linesPerSale` rows that follow one another are a sale, of fifty stores in turn. */
export async function writeSales(path: string, rows: number, linesPerSale: number): Promise<void> {
  const out = createWriteStream(path)
  out.write('sale,store,date,seller,customer,product,quantity,price,total,cost\n')
  let text = ''
  for (let i = 0; i < rows; i++) {
    const sale = Math.floor(i / linesPerSale)
    const day = String((Math.floor(sale / 2_000) % 28) + 1).padStart(2, '0')
    const second = String(sale % 60).padStart(2, '0')
    const price = ((i * 7919) % 99_999) / 100
    const pieces = (i % 5) + 1
    text += `S${sale},${sale % 50},2024-03-${day} 12:${String(sale % 59).padStart(2, '0')}:${second},V${sale % 17},C${sale % 9973},P${(i * 31) % 4001},${pieces},${price.toFixed(2)},${(price * pieces).toFixed(2)},${(price * pieces * 0.6).toFixed(2)}\n`
    if (text.length > 1_000_000) {
      if (!out.write(text)) await new Promise<void>(done => out.once('drain', done))
      text = ''
    }
  }
  out.end(text)
  await finished(out)
}
