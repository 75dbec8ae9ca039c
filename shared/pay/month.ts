import { linesOf, type PayFacts, type Segment, segmentsOf, targetKey } from './facts.ts'
import { fraction, times } from './fraction.ts'
import { limitParts, ownParts, type Part, part, type Statement, sumOf } from './statement.ts'

/**
 * Everybody's pay for a month (`YYYY-MM`), or for the month up to the day `until`. A manager's team share is a share of
 * the commissions, as rounded, of everybody else who is assigned to a managed store on a day of the manager's own plan.
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
  const commissions = [...new Set(assignment.manages)]
    .flatMap(store => atStore.get(store) ?? [])
    .filter(
      ({ segment }) =>
        segment.assignment.person !== assignment.person && segment.from <= manager.to && segment.to >= manager.from,
    )
    .flatMap(({ parts }) => parts.filter(({ kind }) => kind === 'commission'))
  const on = fraction(sumOf(commissions))
  const lines = commissions.flatMap(one => one.lines)
  return [part(manager, month, 'teamShare', 'teamShare', times(on, plan.teamShare), { on, lines })]
}

/** One person's statement of those of a month; undefined when no plan holds for them. */
export const statementOf = (statements: readonly Statement[], person: string): Statement | undefined =>
  statements.find(statement => statement.person === person)
