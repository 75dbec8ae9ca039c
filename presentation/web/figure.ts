import type { Figures } from '../server/figures-schema.ts'
import { axisCount, axisMoney, count, money, shortMoney } from './format.ts'

export const figureNames = ['revenue', 'margin', 'units', 'sales', 'averageTicket'] as const
export type FigureName = (typeof figureNames)[number]

/** Null where there are too many lines to count sales on. */
export function amountOf(figures: Figures, name: FigureName): number | null {
  const amount = figures[name]
  return amount === null ? null : Number(amount)
}

const isMoney = (name: FigureName) => name === 'revenue' || name === 'margin' || name === 'averageTicket'

/** A figure in full, as it stands on its card. */
export function exactText(name: FigureName): (value: number) => string {
  return isMoney(name) ? money : value => count(name === 'units' ? value : Math.round(value))
}

export function shortText(name: FigureName): (value: number) => string {
  return isMoney(name) ? shortMoney : count
}

export function axisText(name: FigureName): (value: number) => string {
  return isMoney(name) ? axisMoney : axisCount
}
