import { linesOf, type PayFacts, type Segment, segmentsOf, targetKey } from './facts.ts'
import { add, compare, type Fraction, fraction, times, zero } from './fraction.ts'
import { limitParts, ownParts, type Part, part, type Statement, sumOf } from './statement.ts'

/**
 * Everybody's pay for a month (`YYYY-MM`), or for the month up to the day `until`. A manager's team share is a share of
 * the commissions, as rounded, of everybody else who is assigned to a managed store, for the days on which the manager's own
 * plan holds too.
 */
export function payMonth(facts: PayFacts, month: string, until = `${month}-31`): Statement[] {
  const lines = linesOf(facts.lines, month, until)
  const people = [...segmentsOf(facts, month)].sort(([a], [b]) => (a < b ? -1 : 1))
  const earned = people.map(([person, segments]) => ({
    person,
    segments: segments.map(segment => ({
      segment,
      parts: ownParts(segment, month, lines, facts.targets.get(targetKey(person, month))),
    })),
  }))
  const atStore = new Map<string, Earned[]>()
  for (const one of earned.flatMap(({ segments }) => segments)) {
    const { store } = one.segment.assignment
    atStore.set(store, [...(atStore.get(store) ?? []), one])
  }
  return earned.map(({ person, segments }) => {
    const parts = segments.flatMap(({ segment, parts: own }) => {
      const all = [...own, ...teamPart(segment, month, atStore)]
      return [...all, ...limitParts(segment, month, all)]
    })
    return { person, month, cents: sumOf(parts), parts }
  })
}

type Earned = { readonly segment: Segment; readonly parts: readonly Part[] }

function teamPart(manager: Segment, month: string, atStore: ReadonlyMap<string, readonly Earned[]>): Part[] {
  const { plan, assignment } = manager
  if (!plan.teamShare) return []
  const team = [...new Set(assignment.manages)]
    .flatMap(store => atStore.get(store) ?? [])
    .filter(
      ({ segment }) =>
        segment.assignment.person !== assignment.person && segment.from <= manager.to && segment.to >= manager.from,
    )
    .map(({ segment, parts }) => ({
      part: sharedPart(segment, manager),
      commissions: parts.filter(({ kind }) => kind === 'commission'),
    }))
  const on = team.reduce((sum, one) => add(sum, times(fraction(sumOf(one.commissions)), one.part)), zero)
  const lines = team.flatMap(({ part: shared, commissions }) =>
    commissions.flatMap(one =>
      compare(shared, fraction(1)) === 0
        ? one.lines
        : one.lines.map(({ line, amount }) => ({ line, amount: times(amount, shared) })),
    ),
  )
  return [part(manager, month, 'teamShare', 'teamShare', times(on, plan.teamShare), { on, lines })]
}

/** Which part of a seller's days are also the manager's: two managers who follow one another share what the team earned. */
function sharedPart(seller: Segment, manager: Segment): Fraction {
  const dayOf = (day: string): number => Number(day.slice(8))
  const from = Math.max(dayOf(seller.from), dayOf(manager.from))
  const to = Math.min(dayOf(seller.to), dayOf(manager.to))
  return fraction(to - from + 1, dayOf(seller.to) - dayOf(seller.from) + 1)
}

/** One person's statement of those of a month; undefined when no plan holds for them. */
export const statementOf = (statements: readonly Statement[], person: string): Statement | undefined =>
  statements.find(statement => statement.person === person)
