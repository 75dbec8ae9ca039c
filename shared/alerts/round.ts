import { type Change, type Evaluation, ended, evaluate, type RuleState } from './evaluate.ts'
import type { Facts } from './facts.ts'
import type { Firing } from './firing.ts'
import type { Rule } from './rule.ts'

/** The state of every rule, by rule id. */
export type States = ReadonlyMap<string, RuleState>
/** Open causes: which firing spoke of an owner's cause first. Part of the state to keep. */
export type Causes = ReadonlyMap<string, string>

export type Round = { readonly states: States; readonly causes: Causes; readonly changes: readonly Change[] }

const nothing: RuleState = new Map()

/**
 * All rules against the facts, with what only shows between rules: while a store's data is late, its numbers are not judged; and
 * of one owner's rules about one cause the first speaks, the others join it.
 */
export function evaluateAll(rules: readonly Rule[], facts: Facts, states: States, causes: Causes, now: number): Round {
  const next = new Map<string, RuleState>()
  const changes: Change[] = []
  const ruled = new Set(rules.map(({ id }) => id))
  for (const [rule, state] of states) {
    if (ruled.has(rule)) continue
    const gone = ended(rule, state, now)
    changes.push(...gone.changes)
    const today = [...gone.state].filter(([, { day }]) => day === facts.day)
    if (today.length > 0) next.set(rule, new Map(today))
  }
  const run = (rule: Rule, seen: Facts) => {
    const result: Evaluation = evaluate(rule, seen, states.get(rule.id) ?? nothing, now)
    if (result.state.size > 0) next.set(rule.id, result.state)
    changes.push(...result.changes)
  }
  const late = rules.filter(({ condition }) => condition.kind === 'dataLate')
  for (const rule of late) run(rule, facts)
  const trusted = withoutLate(facts, late, next)
  for (const rule of rules) if (rule.condition.kind !== 'dataLate') run(rule, trusted)
  return { states: next, ...joined(changes, causes) }
}

/** Facts without the subjects of stores whose data is late; without any while the whole chain's is. */
function withoutLate(facts: Facts, rules: readonly Rule[], states: States): Facts {
  const late = new Set<string>()
  for (const rule of rules)
    for (const alert of states.get(rule.id)?.values() ?? [])
      if (alert.status !== 'resolved' && alert.status !== 'waiting')
        for (const { subject } of Object.values(alert.breaches))
          late.add(subject.kind === 'chain' ? '*' : subject.store)
  if (late.size === 0) return facts
  if (late.has('*')) return { ...facts, subjects: [] }
  return {
    ...facts,
    subjects: facts.subjects.filter(({ subject }) => subject.store === '' || !late.has(subject.store)),
  }
}

const causeKey = ({ owner, cause }: Firing): string => JSON.stringify([owner, cause])

function joined(changes: readonly Change[], before: Causes): { causes: Causes; changes: Change[] } {
  const causes = new Map(before)
  const over = new Set(changes.flatMap(change => (change.kind === 'resolved' ? [change.firing] : [])))
  for (const [key, firing] of before) if (over.has(firing)) causes.delete(key)
  const told = changes.map((change): Change => {
    if (change.kind === 'resolved') return change
    const { firing } = change
    const first = causes.get(causeKey(firing))
    if (first === undefined || firing.reminder > 1) {
      causes.set(causeKey(firing), firing.id)
      return change
    }
    return first === firing.id ? change : { kind: 'fired', firing: { ...firing, joins: first } }
  })
  return { causes, changes: told }
}
