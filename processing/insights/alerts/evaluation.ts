import type { SubjectFacts } from '#shared/alerts/facts.ts'
import type { Firing } from '#shared/alerts/firing.ts'
import { evaluateAll } from '#shared/alerts/round.ts'
import type { Rule } from '#shared/alerts/rule.ts'
import { type Action, suggestionFor } from '#shared/alerts/suggestion.ts'
import { advice, type Manner, sentence, subjectName } from '#shared/alerts/wording.ts'
import type { Config } from '#shared/config.ts'
import { type Day, dayIn, minuteIn } from '#shared/day.ts'
import type { Log } from '#shared/log.ts'
import type { Alert } from '#shared/records/alert.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { gatherFacts, type ProductPlace, quietProducts } from './gather.ts'
import { type Letter, lettersFor, resolvedLetter } from './letters.ts'
import { keepMemory, type Memory, readMarks, readMemory, withMarks } from './memory.ts'
import { namesOf } from './names.ts'
import { type Rulebook, rulebookReader } from './rules.ts'
import { sourceArrivals } from './source-arrivals.ts'
import { type Background, readBackground } from './usual.ts'

export type EvaluationParts = { warehouse: Warehouse; settings: Settings; config: Config; log: Log }

/** What the insights know could be done about the firings of a round, by their ids. */
export type Adviser = (firings: readonly Firing[]) => Promise<ReadonlyMap<string, readonly Action[]>>

export type Evaluation = {
  /** One round: facts, rules, firings. Resolves with how many letters wait after it. Rounds must not overlap. */
  round(): Promise<number>
  /** Reads what only the clock changes, products that stand still, for the next round. It may take seconds on a large chain: rounds go on meanwhile. */
  lookForQuiet(): Promise<void>
  /** Data of these stores arrived at a time (milliseconds); null when it may be any. */
  heard(stores: readonly string[] | null, at: number): void
  /** The past changed: averages and expectations are read anew before the next round. */
  forget(): void
}

const judgedDay = loadSql('./judged-day.sql', import.meta.url)
const backgroundForMs = 3_600_000
/** While history is being loaded, what is usual changes with every batch: it is not read anew more often than this. */
const staleForMs = 20_000

/**
 * Evaluates all rules against the warehouse. What a round decides is written in one transaction (where rules stand, firings, letters), so that it is
 * either all there or will be decided again, with the same ids.
 */
export function openEvaluation({ warehouse, settings, config, log }: EvaluationParts, adviser: Adviser): Evaluation {
  const zone = config.DATAAPP_TIME_ZONE
  const rulebook = rulebookReader(settings, log)
  const heard = new Map<string, number>()
  const arrivalsOf = sourceArrivals(warehouse, zone)
  let memory: Memory | undefined
  let background: (Background & { readAt: number }) | undefined
  let stale = false
  let quiet: readonly SubjectFacts[] = []

  async function dayToJudge(today: Day): Promise<Day | undefined> {
    const [row] = await warehouse.rows<{ day: string; found: string }>(judgedDay, { today })
    return row === undefined || row.found === '0' ? undefined : row.day
  }

  async function backgroundOf(today: Day, now: number): Promise<Background | undefined> {
    const day = await dayToJudge(today)
    if (day === undefined) return undefined
    const age = now - (background?.readAt ?? 0)
    if (background?.day !== day || age > backgroundForMs || (stale && age > staleForMs)) {
      stale = false
      background = { ...(await readBackground(warehouse, day, zone)), readAt: now }
    }
    return background
  }

  return {
    heard(stores, at) {
      for (const store of stores ?? []) heard.set(store, at)
    },
    forget() {
      stale = true
    },
    async lookForQuiet() {
      const day = await dayToJudge(dayIn(zone, new Date()))
      if (day === undefined) return
      const { rules } = await rulebook()
      const known = memory ?? (await readMemory(settings.query))
      quiet = await quietProducts(warehouse, rules, day, watchedProducts(known))
    },
    async round() {
      const now = Date.now()
      const date = new Date(now)
      const today = dayIn(zone, date)
      const behind = await backgroundOf(today, now)
      const book = await rulebook()
      if (behind === undefined || book.rules.length === 0) return 0
      const before = memory ?? (await readMemory(settings.query))
      memory = undefined
      const marks = await readMarks(settings.query)
      const marked = withMarks(before, marks, now)
      const isWatched = book.rules.some(({ scope }) => scope.kind === 'source')
      const arrivals = isWatched ? await arrivalsOf(behind.day, now) : []
      const still = quiet
      const found = await gatherFacts(
        warehouse,
        book.rules,
        behind,
        { now, minute: minuteIn(zone, date), today, zone, heard, arrivals },
        watchedProducts(marked),
      )
      const facts = { ...found, subjects: [...found.subjects, ...still] }
      const result = evaluateAll(book.rules, facts, marked.states, marked.causes, now)
      const after = { states: result.states, causes: result.causes }
      const fired = result.changes.flatMap(change => (change.kind === 'fired' ? [change.firing] : []))
      const alerts = await describe(fired, book)
      const letters = alerts.flatMap(({ alert, firing }) =>
        lettersFor(alert, firing.notifyAt, firing.channels, book.listeners),
      )
      await settings.transaction(async query => {
        await keepMemory(query, before, after)
        await keepFirings(query, alerts)
        for (const change of result.changes) {
          if (change.kind === 'fired') {
            const { follows, at } = change.firing
            if (follows !== undefined) await resolve(query, follows, at)
            continue
          }
          const alert = await resolve(query, change.firing, change.at)
          if (alert) letters.push(resolvedLetter(alert, change.at))
        }
        await putLetters(query, letters)
        const [last] = marks.slice(-1)
        if (last) await query('DELETE FROM alert_marks WHERE id <= $1', [last.id])
      })
      memory = after
      // What was looked for while this round ran is for the next.
      if (quiet === still) quiet = []
      return letters.length
    },
  }

  /** A warning without a suggestion is better than none. */
  async function advised(fired: readonly Firing[]): ReturnType<Adviser> {
    return adviser(fired).catch((error: unknown) => {
      log.error({ err: error, firings: fired.length }, 'no suggestions for alerts')
      return new Map()
    })
  }

  async function describe(fired: readonly Firing[], book: Rulebook): Promise<{ alert: Alert; firing: Firing }[]> {
    if (fired.length === 0) return []
    const advice = await advised(fired)
    const suggested = fired.map(firing => ({ firing, action: suggestionFor(firing, advice.get(firing.id) ?? []) }))
    const nameOf = await namesOf(warehouse, suggested)
    const manner: Manner = { language: config.DATAAPP_LOCALE, currency: config.DATAAPP_CURRENCY, nameOf }
    const rules = new Map(book.rules.map(rule => [rule.id, rule]))
    return suggested.map(({ firing, action }) => ({ firing, alert: alertOf(firing, action, rules, manner) }))
  }
}

async function resolve(query: Settings['query'], firing: string, at: number): Promise<Alert | undefined> {
  const [row] = await query<{ alert: Alert }>(
    "UPDATE alert_firings SET status = 'resolved', resolved_at = $2 WHERE id = $1 RETURNING alert",
    [firing, new Date(at)],
  )
  return row?.alert
}

function alertOf(firing: Firing, action: Action | undefined, rules: ReadonlyMap<string, Rule>, manner: Manner): Alert {
  return {
    id: firing.id,
    rule: firing.rule,
    owner: firing.owner,
    name: rules.get(firing.rule)?.name ?? firing.rule,
    at: new Date(firing.at).toISOString(),
    metric: firing.metric,
    condition: firing.condition,
    joins: firing.joins ?? null,
    reminder: firing.reminder,
    breaches: firing.breaches.slice(0, mostBreaches).map(breach => ({
      subject: { ...breach.subject, name: subjectName(breach.subject, manner.nameOf) },
      badness: breach.badness,
      value: breach.value,
      reference: breach.reference,
      sentence: sentence({ ...firing, breaches: [breach] }, manner),
    })),
    suggestion: action ? { action, words: advice(action, manner) } : null,
  }
}

/** A whole chain below cost is one message too: the worst are enough. */
const mostBreaches = 100

/** Products that open alerts are about: looked at again although nothing may have been sold below cost since. */
function watchedProducts({ states }: Memory): ProductPlace[] {
  const found: ProductPlace[] = []
  for (const state of states.values())
    for (const alert of state.values())
      if (alert.status !== 'resolved')
        for (const { subject } of Object.values(alert.breaches))
          if (subject.kind === 'product') found.push([subject.id, subject.store])
  return found.slice(0, 5_000)
}

/** Hundreds may fire at once: they are written in one statement, so that the transaction stays short. */
async function keepFirings(
  query: Settings['query'],
  alerts: readonly { alert: Alert; firing: Firing }[],
): Promise<void> {
  if (alerts.length === 0) return
  const rows = alerts.map(({ alert, firing: { id, rule, owner, at } }) => ({
    id,
    rule,
    owner,
    at: new Date(at).toISOString(),
    alert,
  }))
  await query(
    `INSERT INTO alert_firings (id, rule, owner, at, alert)
     SELECT id, rule, owner, at, alert FROM jsonb_to_recordset($1::jsonb) AS fired (id text, rule text, owner text, at timestamptz, alert jsonb)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(rows)],
  )
}

async function putLetters(query: Settings['query'], letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return
  const rows = letters.map(({ dueAt, ...letter }) => ({ ...letter, due_at: new Date(dueAt).toISOString() }))
  await query(
    `INSERT INTO alert_outbox (id, firing, channel, target, message, due_at)
     SELECT id, firing, channel, target, message, due_at
     FROM jsonb_to_recordset($1::jsonb) AS letter (id text, firing text, channel text, target text, message jsonb, due_at timestamptz)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(rows)],
  )
}
