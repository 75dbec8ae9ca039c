/** How far the sample moves: sales by days (they know no weekdays), targets by the calendar months between the old last day and the new one. */
export type Shift = { days: number; months: number }

const lastDay = '2020-05-31'
const dayMs = 86_400_000

/** The shift that brings the sample's last day to `today` (`YYYY-MM-DD`). */
export function shiftFor(today: string): Shift {
  const days = Math.round((Date.parse(today) - Date.parse(lastDay)) / dayMs)
  const months = (Number(today.slice(0, 4)) - 2020) * 12 + Number(today.slice(5, 7)) - 5
  return { days, months }
}

/** The sample's sales moved: everything before the last day as one file, each sale of the last day as a file of its own. `text` is `Sales.csv`. */
export function shiftedSales(text: string, { days }: Shift): { history: string; live: string[] } {
  const [header = '', ...rows] = text.split('\r\n').filter(row => row !== '')
  const history = [header]
  const live = new Map<string, string[]>()
  const moved = new Map<string, string>()
  for (const row of rows) {
    const [sale = '', date = '', ...rest] = row.split('|')
    const day = date.replaceAll('/', '-')
    const to = moved.get(day) ?? shiftDay(day, days).replaceAll('-', '/')
    moved.set(day, to)
    const shifted = [sale, to, ...rest].join('|')
    if (day === lastDay) live.set(sale, [...(live.get(sale) ?? [header]), shifted])
    else history.push(shifted)
  }
  const file = (lines: string[]) => `${lines.join('\r\n')}\r\n`
  return { history: file(history), live: [...live.values()].map(file) }
}

/** The sample's monthly targets moved by calendar months. `text` is `Targets.csv`. */
export function shiftedTargets(text: string, { months }: Shift): string {
  return text.replace(/\|(\d{4})\/(\d{2})\/01/g, (_, year: string, month: string) => {
    const index = Number(year) * 12 + Number(month) - 1 + months
    return `|${Math.floor(index / 12)}/${String((index % 12) + 1).padStart(2, '0')}/01`
  })
}

function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)
}
