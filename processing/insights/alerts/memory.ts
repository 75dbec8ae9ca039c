import type { RuleState } from '#shared/alerts/evaluate.ts'
import { acknowledge, snooze } from '#shared/alerts/evaluate.ts'
import type { Causes, States } from '#shared/alerts/round.ts'
import type { Settings } from '#shared/settings/settings.ts'

/** Where all rules stand, as last kept. */
export type Memory = { readonly states: States; readonly causes: Causes }

type Query = Settings['query']

/** The name under which `alert_states` keeps which firing speaks for which cause. */
const causesName = ''

export async function readMemory(query: Query): Promise<Memory> {
  // What is in these columns was written by `keepMemory` below.
  const rows = await query<{ rule: string; state: Record<string, never> }>('SELECT rule, state FROM alert_states')
  const states = new Map<string, RuleState>()
  let causes: Causes = new Map()
  for (const { rule, state } of rows) {
    if (rule === causesName) causes = new Map(Object.entries<string>(state))
    else states.set(rule, new Map(Object.entries(state)))
  }
  return { states, causes }
}

/** Writes what differs from what was kept. That a broken rule's numbers moved on is no difference. */
export async function keepMemory(query: Query, before: Memory, after: Memory): Promise<void> {
  for (const [rule, state] of after.states)
    if (standing(before.states.get(rule)) !== standing(state)) await put(query, rule, Object.fromEntries(state))
  for (const rule of before.states.keys())
    if (!after.states.has(rule)) await query('DELETE FROM alert_states WHERE rule = $1', [rule])
  if (JSON.stringify([...before.causes]) !== JSON.stringify([...after.causes]))
    await put(query, causesName, Object.fromEntries(after.causes))
}

const standing = (state: RuleState | undefined): string =>
  JSON.stringify([...(state ?? [])].map(([group, { breaches, ...rest }]) => [group, rest, Object.keys(breaches)]))

const put = (query: Query, rule: string, state: unknown) =>
  query(
    'INSERT INTO alert_states (rule, state) VALUES ($1, $2) ON CONFLICT (rule) DO UPDATE SET state = excluded.state',
    [rule, JSON.stringify(state)],
  )

export type Mark = { readonly id: string; readonly firing: string; readonly kind: string; readonly until: Date | null }

export const readMarks = (query: Query): Promise<Mark[]> =>
  query<Mark>('SELECT id, firing, kind, until FROM alert_marks ORDER BY id')

/** Takes in what people said about alerts since. */
export function withMarks(memory: Memory, marks: readonly Mark[], now: number): Memory {
  if (marks.length === 0) return memory
  const states = new Map(memory.states)
  for (const { firing, kind, until } of marks)
    for (const [rule, state] of states)
      states.set(
        rule,
        kind === 'snooze' && until !== null
          ? snooze(state, firing, until.getTime(), now)
          : acknowledge(state, firing, now),
      )
  return { ...memory, states }
}
