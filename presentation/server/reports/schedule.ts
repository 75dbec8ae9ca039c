import { randomUUID } from 'node:crypto'
import { Cron } from 'croner'
import { z } from 'zod'
import type { Settings } from '#shared/settings/settings.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'

/** How often, in words people use; the time is in the chain's time zone. */
export const rhythmSchema = z.strictObject({
  every: z.enum(['day', 'weekday', 'week', 'month']),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time (HH:MM)'),
  /** 0 is Sunday; for `week`. */
  weekday: z.number().int().min(0).max(6).default(1),
  /** For `month`; months end at the latest on the 28th everywhere. */
  monthDay: z.number().int().min(1).max(28).default(1),
})
export type Rhythm = z.output<typeof rhythmSchema>

export type Schedule = {
  id: string
  rhythm: Rhythm
  format: 'csv' | 'xlsx' | 'pdf'
  recipients: string[]
  nextAt: string
}
type Row = { id: string; rhythm: unknown; format: Schedule['format']; recipients: string[]; next_at: Date }

/** The first time after `after` that a rhythm falls on. */
export function nextTime(rhythm: Rhythm, timeZone: string, after: Date): Date {
  const next = new Cron(patternOf(rhythm), { timezone: timeZone, paused: true }).nextRun(after)
  if (next === null) throw new Error(`no time follows in ${patternOf(rhythm)}`)
  return next
}

function patternOf({ every, at, weekday, monthDay }: Rhythm): string {
  const [hour, minute] = at.split(':').map(Number)
  const time = `${minute ?? 0} ${hour ?? 0}`
  switch (every) {
    case 'day':
      return `${time} * * *`
    case 'weekday':
      return `${time} * * 1-5`
    case 'week':
      return `${time} * * ${weekday}`
    case 'month':
      return `${time} ${monthDay} * *`
  }
}

/** Sets a report's mail going. Recipients are people of the dashboard, so that each gets what their own scope shows. */
export async function addSchedule(
  settings: Settings,
  maker: Person,
  report: string,
  given: { rhythm: Rhythm; format: Schedule['format']; recipients: readonly string[] },
  timeZone: string,
): Promise<Schedule> {
  const emails = given.recipients.map(text => text.toLowerCase())
  const known = await settings.query<{ id: string; email: string }>(
    'SELECT id, lower(email) AS email FROM people WHERE (lower(email) = ANY($1) OR id = ANY($2)) AND disabled_at IS NULL',
    [emails, [...given.recipients]],
  )
  const missing = given.recipients.filter(
    text => !known.some(person => person.id === text || person.email === text.toLowerCase()),
  )
  if (missing.length > 0) throw new Problem('bad-request', `Nobody here has the e-mail ${missing.join(', ')}.`)
  const recipients = [...new Set(known.map(person => person.id))]
  if (maker.role === 'seller' && recipients.some(id => id !== maker.id))
    throw new Problem('forbidden', 'A seller has reports sent only to themselves.')
  const [row] = await settings.query<Row>(
    `INSERT INTO report_schedules (id, report, maker, rhythm, format, recipients, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     RETURNING id, rhythm, format, recipients, next_at`,
    [
      randomUUID(),
      report,
      maker.id,
      JSON.stringify(given.rhythm),
      given.format,
      recipients,
      nextTime(given.rhythm, timeZone, new Date()),
    ],
  )
  if (row === undefined) throw new Error('a schedule was not kept')
  return scheduleOf(row)
}

export async function schedulesOf(settings: Settings, report: string, maker: string): Promise<Schedule[]> {
  const rows = await settings.query<Row>(
    'SELECT id, rhythm, format, recipients, next_at FROM report_schedules WHERE report = $1 AND maker = $2 ORDER BY created_at',
    [report, maker],
  )
  return rows.map(scheduleOf)
}

export async function dropSchedule(settings: Settings, report: string, maker: string, id: string): Promise<void> {
  await settings.query('DELETE FROM report_schedules WHERE id = $1 AND report = $2 AND maker = $3', [id, report, maker])
}

function scheduleOf(row: Row): Schedule {
  return {
    id: row.id,
    rhythm: rhythmSchema.parse(row.rhythm),
    format: row.format,
    recipients: row.recipients,
    nextAt: row.next_at.toISOString(),
  }
}
