import { isDay } from '#presentation/period.ts'
import { toNumber } from '../money.ts'
import { type Cell, type Column, exact, type Manner } from './sheet.ts'

/** A cell as people of a country read it. */
export function shown(cell: Cell, kind: Column['kind'], { locale, currency }: Manner): string {
  if (cell === null) return '–'
  switch (kind) {
    case 'money': {
      const amount = typeof cell === 'bigint' ? toNumber(exact(cell)) : Number(cell)
      return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount)
    }
    case 'number':
      return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(Number(cell))
    case 'share':
      return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(Number(cell))
    case 'day':
      if (typeof cell !== 'string' || !isDay(cell)) return String(cell)
      return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(
        new Date(`${cell}T00:00:00Z`),
      )
    case 'text':
      return String(cell)
  }
}

export function isRight(kind: Column['kind']): boolean {
  return kind === 'money' || kind === 'number' || kind === 'share'
}
