import { z } from 'zod'
import { everyDay } from '#shared/day.ts'
import { groupBy } from '#shared/group.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { fill, loadSql } from '#shared/sql.ts'
import { type Ask, question } from '../ask.ts'
import type { Person } from '../person.ts'
import { type HeldMonths, knownSpans, monthsOf } from '../rolled.ts'

/** In place of `{{turnedAway}}`: per file, what quality rules turned away. */
export const turnedAway = loadSql('./queries/turned-away.sql', import.meta.url)
const sourcesSql = fill(loadSql('./queries/sources.sql', import.meta.url), { turnedAway })
const arrivalsByDay = fill(loadSql('./queries/arrivals-by-day.sql', import.meta.url), { turnedAway })
const rejectedByDay = loadSql('./queries/rejected-by-day.sql', import.meta.url)

type Fresh = { source: string; day: string; version: string | number }
type Standing = { source: string; day: string; lines: string | number; flagged: string | number }
type Finding = { source: string; day: string; rule: string; severity: string; hits: string | number }
const questions = {
  freshness: question<HeldMonths, Fresh>('data-freshness'),
  lines: question<{ days: number }, Standing>('data-lines'),
  findings: question<{ days: number }, Finding>('data-findings'),
}

const whole = z.number().int()
export const freshSchema = z.object({
  source: z.string(),
  day: z.string().meta({ description: 'Day of its latest sale' }),
  arrivedAt: z.string().meta({ description: 'When its latest line was taken in' }),
})
export const sourceSchema = z.object({
  source: z.string(),
  kind: z
    .enum(['files', 'table', 'told'])
    .meta({ description: '`told`: by shop systems over HTTP, or processed lines' }),
  files: whole,
  rows: whole.meta({ description: 'Rows of files and tables, and sales that were told over HTTP' }),
  accepted: whole,
  duplicates: whole,
  waiting: whole.meta({ description: 'Rejected rows that nobody has dealt with' }),
  lastAt: z.string(),
  lastFile: z.string(),
  state: z.enum(['reading', 'done', 'stopped']),
  problem: z.string().meta({ description: 'Why its latest file was stopped' }),
  newestDay: z.string().nullable().meta({ description: 'Day of its latest sale; null for files that describe' }),
})
const rules = z.array(z.object({ rule: z.string(), severity: z.enum(['reject', 'flag', 'correct']), count: whole }))
export const arrivalSchema = z.object({
  source: z.string(),
  day: z.string().meta({ description: 'When the files or tables were read, or the sales told' }),
  files: whole,
  rows: whole,
  accepted: whole,
  duplicates: whole,
  rejected: whole,
  rules,
})
export const standingSchema = z.object({
  source: z.string(),
  day: z.string().meta({ description: 'Day of sale' }),
  lines: whole.meta({
    description: 'Lines that stand; 0 where all were turned away, or none came though it should have',
  }),
  flagged: whole.meta({ description: 'Lines that break at least one rule' }),
  rules,
})
export type ArrivalView = z.infer<typeof arrivalSchema>
export type StandingView = z.infer<typeof standingSchema>
export type SourceView = z.infer<typeof sourceSchema>
export type FreshView = z.infer<typeof freshSchema>

/** How fresh what somebody sees is, source by source. */
export async function freshnessOf(ask: Ask, person: Person): Promise<FreshView[]> {
  const months = monthsOf(await knownSpans(ask, person)(everyDay))
  const rows = await ask(person, questions.freshness, { stores: [] }, months)
  return rows.map(({ source, day, version }) => ({
    source,
    day,
    arrivedAt: new Date(Number(version) / 1_000).toISOString(),
  }))
}

type SourceRow = {
  source: string
  kind: SourceView['kind']
  files: string
  rows: string
  accepted: string
  duplicates: string
  last_at: Date
  last_file: string
  last_state: SourceView['state']
  problem: string
  waiting: string
}

/** Every source that anything has come from: files, tables, and shops that tell their sales. */
export async function sourcesOf(settings: Settings, ask: Ask, person: Person): Promise<SourceView[]> {
  const [read, fresh] = await Promise.all([settings.query<SourceRow>(sourcesSql), freshnessOf(ask, person)])
  const days = new Map(fresh.map(row => [row.source, row]))
  const known = new Set(read.map(({ source }) => source))
  return [
    ...read.map(row => ({
      source: row.source,
      kind: row.kind,
      files: Number(row.files),
      rows: Number(row.rows),
      accepted: Number(row.accepted),
      duplicates: Number(row.duplicates),
      waiting: Number(row.waiting),
      lastAt: latestOf(row, days.get(row.source)),
      lastFile: nameOfFile(row.last_file),
      state: row.last_state,
      problem: row.problem,
      newestDay: days.get(row.source)?.day ?? null,
    })),
    ...fresh
      .filter(({ source }) => !known.has(source))
      .map(({ source, day, arrivedAt }) => ({
        source,
        kind: 'told' as const,
        files: 0,
        rows: 0,
        accepted: 0,
        duplicates: 0,
        waiting: 0,
        lastAt: arrivedAt,
        lastFile: '',
        state: 'done' as const,
        problem: '',
        newestDay: day,
      })),
  ]
}

/** What shops told before they were counted shows in its lines alone. */
function latestOf({ kind, last_at }: SourceRow, fresh: FreshView | undefined): string {
  const at = last_at.toISOString()
  return kind === 'told' && fresh !== undefined && fresh.arrivedAt > at ? fresh.arrivedAt : at
}

/** What the ledger calls a file: its name without the digest of its content. */
export function nameOfFile(file: string): string {
  return (file.split('/').pop() ?? file).replace(/#[0-9a-f]+$/, '')
}

type ArrivalRow = Record<'source' | 'day' | 'files' | 'rows' | 'accepted' | 'duplicates' | 'rejected', string>

/** What arrived per source and local day, latest first: rows by what became of them, and why rows were rejected. */
export async function arrivalsOf(settings: Settings, timeZone: string, days: number): Promise<ArrivalView[]> {
  const [arrived, rejected] = await Promise.all([
    settings.query<ArrivalRow>(arrivalsByDay, [timeZone, days]),
    settings.query<{ source: string; day: string; rule: string; records: string }>(rejectedByDay, [timeZone, days]),
  ])
  const why = groupBy(rejected, keyOf)
  return arrived.map(({ source, day, files: read, rows, accepted, duplicates, rejected: bad }) => ({
    source,
    day,
    files: Number(read),
    rows: Number(rows),
    accepted: Number(accepted),
    duplicates: Number(duplicates),
    rejected: Number(bad),
    rules: (why.get(keyOf({ source, day })) ?? []).map(({ rule, records }) => ({
      rule,
      severity: 'reject',
      count: Number(records),
    })),
  }))
}

/** What stands and what the quality rules find, per source and day of sale, latest first. Days of which nothing stands are there when a rule says something about them. */
export async function standingOf(ask: Ask, person: Person, days: number): Promise<StandingView[]> {
  const [lines, findings] = await Promise.all([
    ask(person, questions.lines, { stores: [] }, { days }),
    ask(person, questions.findings, { stores: [] }, { days }),
  ])
  const found = groupBy(findings, keyOf)
  const stand = new Map(lines.map(row => [keyOf(row), row]))
  const empty = [...found].flatMap(([key, [first]]) =>
    first === undefined || stand.has(key) ? [] : [{ source: first.source, day: first.day, lines: 0, flagged: 0 }],
  )
  return [...lines, ...empty].sort(latestFirst).map(({ source, day, lines: count, flagged }) => ({
    source,
    day,
    lines: Number(count),
    flagged: Number(flagged),
    rules: (found.get(keyOf({ source, day })) ?? []).flatMap(({ rule, severity, hits }) =>
      severity === 'flag' || severity === 'correct' || severity === 'reject'
        ? [{ rule, severity, count: Number(hits) }]
        : [],
    ),
  }))
}

type SourceDay = { source: string; day: string }
const keyOf = ({ source, day }: SourceDay): string => `${day} ${source}`
const latestFirst = (a: SourceDay, b: SourceDay): number =>
  a.day !== b.day ? (a.day > b.day ? -1 : 1) : a.source < b.source ? -1 : 1
