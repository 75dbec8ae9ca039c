/** How far the sample moves: sales by whole weeks, so that weekdays stay; targets by the calendar months between the old last day and the new one. */
export type Shift = { weeks: number; months: number }

const lastDay = '2020-05-31'
const dayMs = 86_400_000

/** The shift that brings the sample's last day, a Sunday, to the latest Sunday that is not after `today` (`YYYY-MM-DD`): the one the current week began with. */
export function shiftFor(today: string): Shift {
  const weeks = Math.floor((Date.parse(today) - Date.parse(lastDay)) / (7 * dayMs))
  const moved = shiftDay(lastDay, weeks)
  const months = (Number(moved.slice(0, 4)) - 2020) * 12 + Number(moved.slice(5, 7)) - 5
  return { weeks, months }
}

/** The sample's sales moved: everything before the last day as one file, each sale of the last day as a file of its own. `text` is `Sales.csv`. */
export function shiftedSales(text: string, { weeks }: Shift): { history: string; live: string[] } {
  const [header = '', ...rows] = text.split('\r\n').filter(row => row !== '')
  const history = [header]
  const live = new Map<string, string[]>()
  const moved = new Map<string, string>()
  for (const row of rows) {
    const [sale = '', date = '', ...rest] = row.split('|')
    const day = date.replaceAll('/', '-')
    const to = moved.get(day) ?? shiftDay(day, weeks).replaceAll('-', '/')
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

function shiftDay(day: string, weeks: number): string {
  return new Date(Date.parse(day) + weeks * 7 * dayMs).toISOString().slice(0, 10)
}
