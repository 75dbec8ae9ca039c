import { z } from 'zod'
import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import { type Ask, question } from '../ask.ts'
import type { Person } from '../person.ts'

const sourcesSql = loadSql('./queries/sources.sql', import.meta.url)
const filesByDay = loadSql('./queries/files-by-day.sql', import.meta.url)
const rejectedByDay = loadSql('./queries/rejected-by-day.sql', import.meta.url)

type Fresh = { source: string; day: string; version: string | number }
type Hits = { source: string; day: string; rule: string; severity: string; hits: string | number }
const questions = {
  freshness: question<Record<string, never>, Fresh>('data-freshness'),
  hits: question<{ zone: string; days: number }, Hits>('data-hits'),
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
  rows: whole,
  accepted: whole,
  duplicates: whole,
  waiting: whole.meta({ description: 'Rejected rows that nobody has dealt with' }),
  lastAt: z.string(),
  lastFile: z.string(),
  state: z.enum(['reading', 'done', 'stopped']),
  problem: z.string().meta({ description: 'Why its latest file was stopped' }),
  newestDay: z.string().nullable().meta({ description: 'Day of its latest sale; null for files that describe' }),
})
export const daySchema = z.object({
  source: z.string(),
  day: z.string(),
  files: whole,
  rows: whole,
  accepted: whole,
  duplicates: whole,
  rejected: whole,
  rules: z.array(z.object({ rule: z.string(), severity: z.enum(['reject', 'flag', 'correct']), count: whole })),
})
export type SourceView = z.infer<typeof sourceSchema>
export type DayView = z.infer<typeof daySchema>
export type FreshView = z.infer<typeof freshSchema>

/** How fresh what somebody sees is, source by source. */
export async function freshnessOf(ask: Ask, person: Person): Promise<FreshView[]> {
  const rows = await ask(person, questions.freshness, { stores: [] }, {})
  return rows.map(({ source, day, version }) => ({
    source,
    day,
    arrivedAt: new Date(Number(version) / 1_000).toISOString(),
  }))
}

type SourceRow = {
  source: string
  kind: 'files' | 'table'
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
      lastAt: row.last_at.toISOString(),
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

/** What the ledger calls a file: its name without the digest of its content. */
export function nameOfFile(file: string): string {
  return (file.split('/').pop() ?? file).replace(/#[0-9a-f]+$/, '')
}

type FilesRow = Record<'source' | 'day' | 'files' | 'rows' | 'accepted' | 'duplicates' | 'rejected', string>

/** Quality per source and local day of arrival, latest first: rows by what became of them, and what each rule found. */
export async function daysOf(
  { settings, ask, timeZone }: { settings: Settings; ask: Ask; timeZone: string },
  person: Person,
  days: number,
): Promise<DayView[]> {
  const [files, rejected, hits] = await Promise.all([
    settings.query<FilesRow>(filesByDay, [timeZone, days]),
    settings.query<{ source: string; day: string; rule: string; records: string }>(rejectedByDay, [timeZone, days]),
    ask(person, questions.hits, { stores: [] }, { zone: timeZone, days }),
  ])
  const found = new Map<string, DayView>()
  const at = (source: string, day: string): DayView => {
    const key = `${day} ${source}`
    const known = found.get(key)
    if (known !== undefined) return known
    const fresh: DayView = { source, day, files: 0, rows: 0, accepted: 0, duplicates: 0, rejected: 0, rules: [] }
    found.set(key, fresh)
    return fresh
  }
  for (const row of files)
    Object.assign(at(row.source, row.day), {
      files: Number(row.files),
      rows: Number(row.rows),
      accepted: Number(row.accepted),
      duplicates: Number(row.duplicates),
      rejected: Number(row.rejected),
    })
  for (const { source, day, rule, records } of rejected)
    at(source, day).rules.push({ rule, severity: 'reject', count: Number(records) })
  for (const { source, day, rule, severity, hits: count } of hits)
    if (severity === 'flag' || severity === 'correct')
      at(source, day).rules.push({ rule, severity, count: Number(count) })
  return [...found.values()].sort((a, b) => b.day.localeCompare(a.day) || a.source.localeCompare(b.source))
}
