import { keep } from '../layout.ts'
import { go } from '../location.ts'
import { storeOf } from '../store.ts'

/** Where the tour is; undefined while nobody takes it. */
export const tourStep = storeOf<number | undefined>(undefined)

const ways = {
  admin: ['/', '/products', '/alerts', '/reports', '/data', '/help'],
  manager: ['/', '/products', '/team', '/alerts', '/reports', '/help'],
  seller: ['/', '/pay', '/sell', '/alerts', '/help'],
} as const

/** The pages of the tour for a role, in its order. */
export function tourOf(role: keyof typeof ways): readonly string[] {
  return ways[role]
}

export function tourTo(role: keyof typeof ways, step: number): void {
  const to = tourOf(role)[step]
  if (to === undefined) {
    endTour()
    return
  }
  tourStep.set(step)
  go(to)
}

export function endTour(): void {
  tourStep.set(undefined)
  keep({ toured: true })
}
