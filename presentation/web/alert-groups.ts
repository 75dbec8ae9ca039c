import { ruleNameIn } from '#shared/alerts/ready-made-names.ts'
import { happenedTo } from '#shared/alerts/wording.ts'
import type { ShownAlert } from '../server/insights/alert-routes.ts'

export type AlertGroup = { rule: string; name: string; alerts: ShownAlert[]; cases: number }

/** Alerts of the same rule belong together: the rule with the latest news first, and within it the latest alert. */
export function groupsOf(alerts: readonly ShownAlert[]): AlertGroup[] {
  const groups = new Map<string, AlertGroup>()
  for (const alert of alerts) {
    const group = groups.get(alert.rule) ?? { rule: alert.rule, name: alert.name, alerts: [], cases: 0 }
    group.alerts.push(alert)
    group.cases += alert.breaches.length
    groups.set(alert.rule, group)
  }
  return [...groups.values()]
}

type Breach = ShownAlert['breaches'][number]
/** What an alert is about in a few words: the one place or thing that it names, and what happened there. */
export type Cause = {
  title: string
  /** How many things broke the rule in the one store of the title; undefined where the title is the thing itself. */
  within: { kind: Breach['subject']['kind']; count: number } | undefined
  worst: string
}

/** The alert with its name and its sentences told anew from their numbers, in the reader's language: they are kept in that of the chain. */
export function toldIn<A extends ShownAlert>(alert: A, manner: { language: 'pt-BR' | 'en'; currency: string }): A {
  const breaches = alert.breaches.map(breach => {
    const told = happenedTo(alert, breach, manner)
    return told === undefined ? breach : { ...breach, sentence: `${breach.subject.name}: ${told}.` }
  })
  return { ...alert, name: ruleNameIn(manner.language, alert.rule, alert.name), breaches }
}

/** `storeName` knows stores by their id; what it does not know is left as the alert wrote it. */
export function causeOf({ breaches, name }: ShownAlert, storeName: (id: string) => string | undefined): Cause {
  const [worst] = breaches
  if (worst === undefined) return { title: name, within: undefined, worst: '' }
  const { subject } = worst
  const isOneStore = breaches.every(breach => breach.subject.store === subject.store && breach.subject.store !== '')
  const store = isOneStore && subject.kind !== 'store' ? storeName(subject.store) : undefined
  if (store === undefined || store === '')
    return { title: subject.name, within: undefined, worst: happened(worst, subject.name) }
  const thing = thingOf(worst, store)
  return {
    title: store,
    within: { kind: subject.kind, count: breaches.length },
    worst: `${thing}: ${happened(worst, subject.name)}`,
  }
}

/** The sentence of one breach without the store that stands above it. */
export function caseOf(breach: Breach, store: string | undefined): string {
  const { name } = breach.subject
  return `${store === undefined ? name : thingOf(breach, store)}: ${happened(breach, name)}`
}

function thingOf({ subject }: Breach, store: string): string {
  const suffix = `, ${store}`
  return subject.name.endsWith(suffix) ? subject.name.slice(0, -suffix.length) : subject.name
}

/** `bread, centro: margin of -20%, below 0%.` without its subject and its full stop. */
function happened({ sentence }: Breach, name: string): string {
  const told = sentence.startsWith(`${name}: `) ? sentence.slice(name.length + 2) : sentence
  return told.replace(/\.$/, '')
}
