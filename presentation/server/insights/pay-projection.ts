import type { Day } from '#shared/day.ts'
import type { RevenueForecast } from '#shared/pay/project.ts'
import type { Ask } from '../ask.ts'
import type { Person } from '../person.ts'
import type { Payee } from './pay-facts.ts'
import { monthEnd, projectionInputs } from './projection-routes.ts'

/** What is still to be sold this month by a seller, or by the stores that a manager manages, in millionths with its 80 % interval. */
export async function projectedRest(ask: Ask, { id, bounds }: Payee, today: Day): Promise<RevenueForecast> {
  if (bounds.role === 'seller') return (await projectedRests(ask, [id], today))(id)
  const person: Person = { id, email: '', name: '', locale: undefined, ...bounds }
  const { rows, sold } = await projectionInputs(ask, person, { ...mostRows, level: 'store', ids: [], today })
  return restOf(rows.map(row => monthEnd(row, sold.get(row.id), today)))
}

/** As `projectedRest`, of many sellers, who are asked for together. */
export async function projectedRests(
  ask: Ask,
  sellers: readonly string[],
  today: Day,
): Promise<(seller: string) => RevenueForecast> {
  const whole: Person = { id: '', email: '', name: '', locale: undefined, role: 'admin' }
  const { rows, sold } = await projectionInputs(ask, whole, { ...mostRows, level: 'seller', ids: sellers, today })
  const rowOf = new Map(rows.map(row => [row.id, row]))
  return seller => {
    const row = rowOf.get(seller)
    return restOf(row === undefined ? [] : [monthEnd(row, sold.get(seller), today)])
  }
}

const mostRows = { stores: [], limit: 2_000 } as const

function restOf(ends: readonly ReturnType<typeof monthEnd>[]): RevenueForecast {
  const value = ends.reduce((sum, end) => sum + Math.max(0, end.expected.amount - end.sold), 0)
  // Errors of stores are taken to be independent of each other.
  const deviation = Math.sqrt(ends.reduce((sum, end) => sum + end.expected.deviation ** 2, 0))
  const micros = (amount: number) => Math.round(Math.max(0, amount) * 1e6)
  return { value: micros(value), lo: micros(value - 1.2816 * deviation), hi: micros(value + 1.2816 * deviation) }
}
