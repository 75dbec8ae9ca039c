import type { Day } from '#shared/day.ts'
import type { RevenueForecast } from '#shared/pay/project.ts'
import type { Ask } from '../ask.ts'
import type { Person } from '../person.ts'
import type { Payee } from './pay-facts.ts'
import { monthEnd, projectionInputs } from './projection-routes.ts'

/** What is still to be sold this month by a seller, or by the stores that a manager manages, in millionths with its 80 % interval. */
export async function projectedRest(ask: Ask, { id, bounds }: Payee, today: Day): Promise<RevenueForecast> {
  const person: Person = { id, email: '', name: '', locale: undefined, ...bounds }
  const level = bounds.role === 'seller' ? 'seller' : 'store'
  const { rows, sold } = await projectionInputs(ask, person, {
    level,
    ids: bounds.role === 'seller' ? [id] : [],
    stores: [],
    limit: 2_000,
    today,
  })
  const ends = rows.map(row => monthEnd(row, sold.get(row.id), today))
  const value = ends.reduce((sum, end) => sum + Math.max(0, end.expected.amount - end.sold), 0)
  // Errors of stores are taken to be independent of each other.
  const deviation = Math.sqrt(ends.reduce((sum, end) => sum + end.expected.deviation ** 2, 0))
  const micros = (amount: number) => Math.round(Math.max(0, amount) * 1e6)
  return { value: micros(value), lo: micros(value - 1.2816 * deviation), hi: micros(value + 1.2816 * deviation) }
}
