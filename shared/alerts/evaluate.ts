import { isBroken, lookAt } from './breach.ts'
import { type Facts, type Subject, subjectKey } from './facts.ts'
import { type Breach, type Firing, firingId, notifyAt } from './firing.ts'
import type { Rule } from './rule.ts'

/** Where one group of a rule stands. Plain data: kept as JSON with the firings it led to, in one transaction. */
export type Alert = {
  /** `waiting`: broken, but not yet for as long as the rule wants. */
  readonly status: 'waiting' | 'open' | 'acknowledged' | 'snoozed' | 'resolved'
  /** The last firing's id; '' while waiting. */
  readonly firing: string
  /** Milliseconds since 1970 at which this status began. */
  readonly since: number
  readonly snoozedUntil: number
  /** The day of the last firing and how often it fired that day. */
  readonly day: string
  readonly episode: number
  readonly reminder: number
  readonly breaches: Readonly<Record<string, Breach>>
}

/** Per rule: its groups. Groups that never broke are not in it. */
export type RuleState = ReadonlyMap<string, Alert>

export type Change =
  | { readonly kind: 'fired'; readonly firing: Firing }
  | { readonly kind: 'resolved'; readonly firing: string; readonly rule: string; readonly at: number }

export type Evaluation = { readonly state: RuleState; readonly changes: readonly Change[] }

const minuteMs = 60_000

const isActive = (alert: Alert | undefined): alert is Alert => alert !== undefined && alert.status !== 'resolved'

const groupOf = ({ group }: Rule, { store }: Subject, key: string): string =>
  group === 'subject' ? key : group === 'store' && store !== '' ? `store:${store}` : group === 'store' ? key : 'all'

/**
 * One rule against the facts. Given the same arguments it gives the same answer: state goes in and comes out, nothing else
 * is kept. Subjects that the facts don't mention stay as they were.
 */
export function evaluate(rule: Rule, facts: Facts, state: RuleState, now: number): Evaluation {
  if (!rule.on) return ended(rule.id, state, now)
  const inScope = scopeOf(rule)
  // What the rule looked at before somebody changed it is heard of no more: left alone, it would stay broken for ever.
  const groups = leftBehind(rule, state, inScope)
  for (const one of facts.subjects) {
    if (!inScope(one.subject)) continue
    const look = lookAt(rule, one, now)
    if (look === undefined) continue
    // Most subjects are fine and have no history: they must cost next to nothing.
    if (state.size === 0 && look.badness < look.breaksAt) continue
    const key = subjectKey(one.subject)
    const group = groupOf(rule, one.subject, key)
    const alert = state.get(group)
    const before = isActive(alert) && key in alert.breaches
    const broken = isBroken(look, before)
    if (!broken && !before) continue
    const breaches = groups.get(group) ?? (isActive(alert) ? { ...alert.breaches } : {})
    groups.set(group, breaches)
    if (broken)
      breaches[key] = { subject: one.subject, badness: look.badness, value: look.value, reference: look.reference }
    else delete breaches[key]
  }
  // A wait or a snooze may end although nothing was heard of the group.
  for (const [group, alert] of state)
    if ((alert.status === 'waiting' || alert.status === 'snoozed') && !groups.has(group))
      groups.set(group, { ...alert.breaches })

  if (groups.size === 0) return { state, changes: [] }
  const next = new Map(state)
  const changes = [...groups].flatMap(([group, breaches]) => {
    const { alert, change } = step(rule, facts, group, state.get(group), breaches, now)
    if (alert) next.set(group, alert)
    else next.delete(group)
    return change ? [change] : []
  })
  return { state: next, changes }
}

/**
 * A rule that is off or gone says nothing more: what it told is over. How often it fired on its day stays known, so that a rule that comes back has ids of its own,
 * and waits for no cool-down.
 */
export function ended(rule: string, state: RuleState, now: number): Evaluation {
  const active = [...state.values()].filter(isActive)
  if (active.length === 0) return { state, changes: [] }
  const told = active.filter(({ status }) => status !== 'waiting')
  const over = [...state].flatMap(([group, alert]): [string, Alert][] =>
    alert.episode === 0 ? [] : [[group, { ...alert, status: 'resolved', since: 0, snoozedUntil: 0, breaches: {} }]],
  )
  return {
    state: new Map(over),
    changes: told.map(({ firing }) => ({ kind: 'resolved', firing, rule, at: now })),
  }
}

/** Groups with subjects that the rule no longer looks at, or looks at in another group, without these. */
function leftBehind(
  rule: Rule,
  state: RuleState,
  inScope: (subject: Subject) => boolean,
): Map<string, Record<string, Breach>> {
  const found = new Map<string, Record<string, Breach>>()
  for (const [group, alert] of state) {
    const breaches = Object.entries(alert.breaches)
    const kept = breaches.filter(([key, { subject }]) => inScope(subject) && groupOf(rule, subject, key) === group)
    if (kept.length < breaches.length) found.set(group, Object.fromEntries(kept))
  }
  return found
}

function scopeOf({ scope }: Rule): (subject: Subject) => boolean {
  const ids = scope.ids && new Set(scope.ids)
  const stores = scope.stores && new Set(scope.stores)
  return subject =>
    subject.kind === scope.kind && (ids?.has(subject.id) ?? true) && (stores?.has(subject.store) ?? true)
}

type Step = { readonly alert?: Alert; readonly change?: Change }

function step(
  rule: Rule,
  facts: Facts,
  group: string,
  alert: Alert | undefined,
  breaches: Record<string, Breach>,
  now: number,
): Step {
  const broken = Object.keys(breaches).length > 0
  if (!isActive(alert)) return begin(rule, facts, group, alert, breaches, now)
  switch (alert.status) {
    case 'waiting':
      // Never told, so there is nothing to resolve; an earlier episode of the day still counts.
      if (!broken) return alert.episode === 0 ? {} : { alert: { ...alert, status: 'resolved', breaches } }
      if (now - alert.since < rule.forMinutes * minuteMs) return { alert: { ...alert, breaches } }
      return fire(rule, facts, group, alert, breaches, now)
    case 'snoozed':
      if (!broken) return resolve(rule, alert, now)
      if (now < alert.snoozedUntil) return { alert: { ...alert, breaches } }
      return fire(rule, facts, group, alert, breaches, now, alert.reminder + 1)
    case 'open':
    case 'acknowledged':
      return broken ? { alert: { ...alert, breaches } } : resolve(rule, alert, now)
    case 'resolved':
      return { alert }
  }
}

function begin(
  rule: Rule,
  facts: Facts,
  group: string,
  old: Alert | undefined,
  breaches: Record<string, Breach>,
  now: number,
): Step {
  if (Object.keys(breaches).length === 0) return old ? { alert: old } : {}
  if (old && old.firing !== '' && now - old.since < rule.coolDownMinutes * minuteMs) return { alert: old }
  const none = { firing: '', snoozedUntil: 0, day: '', episode: 0, reminder: 0 }
  const waiting: Alert = { ...none, ...old, status: 'waiting', since: now, breaches }
  return rule.forMinutes > 0 ? { alert: waiting } : fire(rule, facts, group, waiting, breaches, now)
}

function fire(
  rule: Rule,
  facts: Facts,
  group: string,
  alert: Alert,
  breaches: Record<string, Breach>,
  now: number,
  reminder = 1,
): Step {
  const { day, episode } =
    reminder > 1 ? alert : { day: facts.day, episode: alert.day === facts.day ? alert.episode + 1 : 1 }
  const id = firingId(rule.id, group, day, episode, reminder)
  const firing: Firing = {
    id,
    rule: rule.id,
    owner: rule.owner,
    cause: `${group}|${causeOf(rule)}`,
    at: now,
    notifyAt: notifyAt(rule, now, facts.zone),
    channels: rule.channels,
    metric: rule.metric,
    condition: rule.condition,
    breaches: Object.values(breaches).sort(
      (a, b) => b.badness - a.badness || (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1),
    ),
    reminder,
    ...(reminder > 1 ? { follows: alert.firing } : {}),
  }
  return {
    alert: { ...alert, status: 'open', firing: id, since: now, snoozedUntil: 0, day, episode, reminder, breaches },
    change: { kind: 'fired', firing },
  }
}

/** Different conditions on how a store's sales go are one cause; the rest each their own. */
function causeOf({ condition, metric, scope }: Rule): string {
  switch (condition.kind) {
    case 'belowAverage':
    case 'weekdayFall':
    case 'belowPace':
    case 'forecastBroken':
      return `${scope.kind} ${metric === 'averageTicket' || metric === 'margin' ? metric : 'sales'}`
    case 'marginBelow':
    case 'noSales':
    case 'dataLate':
      return condition.kind
  }
}

const resolve = (rule: Rule, alert: Alert, now: number): Step => ({
  alert: { ...alert, status: 'resolved', since: now, snoozedUntil: 0, breaches: {} },
  change: { kind: 'resolved', firing: alert.firing, rule: rule.id, at: now },
})

/** Somebody saw it: it stays until it resolves, and is not told again. Unknown or over: unchanged. */
export const acknowledge = (state: RuleState, firing: string, now: number): RuleState =>
  marked(state, firing, alert => ({ ...alert, status: 'acknowledged', since: now }))

/** Not now: silent until then, told again if it is still so. */
export const snooze = (state: RuleState, firing: string, until: number, now: number): RuleState =>
  marked(state, firing, alert => ({ ...alert, status: 'snoozed', since: now, snoozedUntil: until }))

function marked(state: RuleState, firing: string, mark: (alert: Alert) => Alert): RuleState {
  for (const [group, alert] of state)
    if (alert.firing === firing && isActive(alert) && alert.status !== 'waiting')
      return new Map(state).set(group, mark(alert))
  return state
}
