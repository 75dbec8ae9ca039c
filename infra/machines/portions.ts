import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the dashboard shows: revenue in the chain's currency, and lines. */
export type Figures = { revenue: string; lines: number }
/** A file with some of the sample's sales, and what all sales up to its end come to. */
export type Portion = { file: string; sofar: Figures }

/** The sample's sales in so many files, each order whole in one of them. The sums are made here, from the text, by nothing of the platform. */
export function portionsOf(path: string, folder: string, count: number): Portion[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8')
    .split('\r\n')
    .filter(line => line !== '')
  const columns = header.split('|')
  const cellOf = (line: string, column: string) => line.split('|')[columns.indexOf(column)] ?? ''
  const orders = [...new Set(lines.map(line => cellOf(line, 'SalesOrderNumber')))]
  const places = new Map(orders.map((order, index) => [order, Math.floor((count * index) / orders.length)]))
  const placeOf = (line: string) => places.get(cellOf(line, 'SalesOrderNumber')) ?? 0
  const centsOf = (line: string) => Math.round(Number(cellOf(line, 'Sales').replace(/[^0-9.-]/g, '')) * 100)
  let cents = 0
  let counted = 0
  return Array.from({ length: count }, (_, place) => {
    const own = lines.filter(line => placeOf(line) === place)
    const file = join(folder, `Sales-${String(place + 1).padStart(2, '0')}.csv`)
    writeFileSync(file, `${[header, ...own].join('\r\n')}\r\n`)
    cents = own.reduce((sum, line) => sum + centsOf(line), cents)
    counted += own.length
    return { file, sofar: { revenue: (cents / 100).toFixed(2), lines: counted } }
  })
}
