import { evaluate, type RuleState } from './evaluate.ts'
import type { Facts } from './facts.ts'
import type { Firing } from './firing.ts'
import type { Rule } from './rule.ts'

/** The facts as they were at a moment (milliseconds since 1970). */
export type Moment = { readonly at: number; readonly facts: Facts }

export type WouldHaveFired = { readonly firing: Firing; readonly resolvedAt?: number }

/**
 * "When would this have fired in the last 90 days": the rule over past moments in order of time, with the same state, cool-down and
 * hysteresis as in earnest. Nobody is told.
 */
export function dryRun(rule: Rule, history: Iterable<Moment>): WouldHaveFired[] {
  const found = new Map<string, WouldHaveFired>()
  let state: RuleState = new Map()
  for (const { at, facts } of history) {
    const result = evaluate(rule, facts, state, at)
    state = result.state
    for (const change of result.changes) {
      if (change.kind === 'fired') found.set(change.firing.id, { firing: change.firing })
      else {
        const fired = found.get(change.firing)
        if (fired) found.set(change.firing, { ...fired, resolvedAt: change.at })
      }
    }
  }
  return [...found.values()]
}
