import { messageOf } from '#shared/error.ts'
import { fill, literal, loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { conditionsOf, daysOf } from './conditions.ts'
import { daysElsewhere, keepDescriptions, readDescriptions } from './elsewhere.ts'
import { type Flag, fingerprintOf, isFlag, type Rule } from './rules.ts'

const sql = {
  tryCondition: loadSql('./try-condition.sql', import.meta.url),
  dirty: loadSql('./dirty-days.sql', import.meta.url),
  findings: loadSql('./count-findings.sql', import.meta.url),
  corrections: loadSql('./count-corrections.sql', import.meta.url),
  sources: loadSql('./count-sources.sql', import.meta.url),
  volume: loadSql('./volume.sql', import.meta.url),
  freshness: loadSql('./freshness.sql', import.meta.url),
  forget: loadSql('./forget-findings.sql', import.meta.url),
}

/** So many days are counted by one statement. */
const daysAtOnce = 31

export type Audit = {
  /** The current day of the chain. */
  today: string
  signal: AbortSignal
  /** Hears of each rule whose statement fails. The others are counted all the same. */
  onFailed: (rule: string, reason: string) => void
}

/**
 * Counts again what the rules find on every day whose lines changed since, then what they find about whole days. Doing it again changes nothing; a crash in
 * between leaves the rest for the next time. Returns how many days were counted.
 */
export async function audit(warehouse: Warehouse, rules: readonly Rule[], audited: Audit): Promise<number> {
  try {
    return await count(warehouse, rules, audited)
  } catch (error) {
    const failing = await failingConditions(warehouse, rules.filter(isFlag))
    if (failing.size === 0) throw error
    for (const [rule, reason] of failing) audited.onFailed(rule, reason)
    // Days are kept as counted under the rules that are left: when the others can be counted one day, all are counted again.
    return await count(
      warehouse,
      rules.filter(({ rule }) => !failing.has(rule)),
      audited,
    )
  }
}

async function count(warehouse: Warehouse, rules: readonly Rule[], audited: Audit): Promise<number> {
  const { signal } = audited
  const flags = rules.filter(isFlag)
  const fingerprint = fingerprintOf(rules)
  const dirty = await warehouse.rows<{ day: string; version: string }>(sql.dirty, { rules: fingerprint })
  const versions = new Map(dirty.map(({ day, version }) => [day, version]))
  const descriptions = await readDescriptions(warehouse, flags)
  for (const day of await daysElsewhere(warehouse, flags, [...versions.keys()], descriptions, signal))
    if (!versions.has(day)) versions.set(day, '')
  const days = [...versions.keys()].sort()
  for (let at = 0; at < days.length; at += daysAtOnce) {
    if (signal.aborted) return at
    const some = days.slice(at, at + daysAtOnce)
    await countDays(warehouse, flags, some)
    const counted = some.flatMap(day => {
      const version = versions.get(day) ?? ''
      return version === '' ? [] : [[day, version, fingerprint, String(Date.now())]]
    })
    await warehouse.insert('quality_audits', ['day', 'version', 'rules', 'at'], counted)
  }
  if (signal.aborted) return days.length
  await keepDescriptions(warehouse, descriptions)
  await warehouse.run(fill(sql.forget, { rules: namesOf(flags) }))
  await countWholeDays(warehouse, flags, audited)
  return days.length
}

async function countDays(warehouse: Warehouse, flags: readonly Flag[], some: readonly string[]): Promise<void> {
  const days = daysOf(some)
  const conditions = conditionsOf(flags, days)
  const flagged = conditions.map(({ sql: condition }) => `(${condition})`).join(' OR ') || '0'
  await warehouse.run(fill(sql.sources, { days: days.list, flagged }))
  if (conditions.length > 0) await countFlags(warehouse, flags, conditions, days.list)
  // A rule has one row a day: what it corrected while it did comes after what was flagged under its name.
  await warehouse.run(fill(sql.corrections, { days: days.list, flags: namesOf(flags) }))
}

async function countFlags(
  warehouse: Warehouse,
  flags: readonly Flag[],
  conditions: ReturnType<typeof conditionsOf>,
  days: string,
): Promise<void> {
  const wholeDays = flags.filter(flag => flag.kind === 'freshness' || flag.kind === 'volume')
  await warehouse.run(
    fill(sql.findings, {
      days,
      conditions: conditions.map(({ sql: condition }, index) => `(${condition}) AS broken_${index}`).join(',\n  '),
      counts: conditions
        .map(
          ({ rule }, index) =>
            `(${literal(rule)}, countIf(broken_${index}), groupArrayIf(3)(reference, broken_${index}))`,
        )
        .join(', '),
      wholeDays: namesOf(wholeDays),
    }),
  )
}

/** What stands in `rule NOT IN (…)`, which is not empty when there are no rules. */
const namesOf = (rules: readonly Rule[]): string => ['', ...rules.map(({ rule }) => rule)].map(literal).join(', ')

/** The rules whose condition the warehouse does not understand, each with what it says. None when it understands nothing at all: then it is no rule's fault. */
async function failingConditions(warehouse: Warehouse, flags: readonly Flag[]): Promise<Map<string, string>> {
  const days = daysOf(['1971-01-01'])
  const understands = async (condition: string) => {
    await warehouse.rows(fill(sql.tryCondition, { condition, days: days.list }))
  }
  const failing = new Map<string, string>()
  await understands('0')
  for (const { rule, sql: condition } of conditionsOf(flags, days))
    await understands(condition).catch((error: unknown) => failing.set(rule, messageOf(error)))
  return failing
}

async function countWholeDays(warehouse: Warehouse, flags: readonly Flag[], { today, onFailed }: Audit): Promise<void> {
  for (const flag of flags)
    await countWholeDay(warehouse, flag, today).catch((error: unknown) => onFailed(flag.rule, messageOf(error)))
}

async function countWholeDay(warehouse: Warehouse, flag: Flag, today: string): Promise<void> {
  const sources = flag.sources === undefined ? '' : `AND source IN (${['', ...flag.sources].map(literal).join(', ')})`
  if (flag.kind === 'freshness')
    await warehouse.run(fill(sql.freshness, { sources }), {
      rule: flag.rule,
      today,
      seconds: Math.round(flag.hours * 3_600),
    })
  if (flag.kind === 'volume')
    await warehouse.run(fill(sql.volume, { sources, weeks: String(flag.weeks) }), {
      rule: flag.rule,
      today,
      min: flag.min,
      max: flag.max ?? 1e15,
    })
}
