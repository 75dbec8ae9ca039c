import { createHash } from 'node:crypto'
import type { Config } from '#shared/config.ts'
import { messageOf } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'
import { type Letter, type MailServer, mailState, openMailServer } from '#shared/mail.ts'
import { inRounds } from '#shared/rounds.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Ask } from '../ask.ts'
import { fileOf } from '../exports/file.ts'
import { mannerOf } from '../exports/manner.ts'
import { words } from '../exports/words.ts'
import type { FiguresDesk } from '../figures.ts'
import { type PersonRow, personOf } from '../person.ts'
import { definitionSchema } from './definition.ts'
import { runReport, sheetOf } from './run.ts'
import { nextTime, rhythmSchema } from './schedule.ts'

type PostParts = { config: Config; settings: Settings; ask: Ask; desk: FiguresDesk; log: Log }
type Waiting = PersonRow & {
  letter: string
  attempts: number
  definition: unknown
  format: 'csv' | 'xlsx' | 'pdf'
  report: string
}

const everyMs = 15_000
/** Taken letters come back after this long if whoever took them is gone. */
const leaseSeconds = 120
const mostAttempts = 20

/**
 * Puts a letter per recipient into the outbox for every schedule whose time has come, and moves the schedule on, in one transaction: a crash before it leaves
 * all to be done, after it nothing. Times that passed while nobody was running make one letter, not many.
 */
export async function putDueLetters(settings: Settings, timeZone: string, now: Date): Promise<number> {
  return settings.transaction(async query => {
    const due = await query<{ id: string; report: string; rhythm: unknown; recipients: string[]; next_at: Date }>(
      'SELECT id, report, rhythm, recipients, next_at FROM report_schedules WHERE next_at <= $1 ORDER BY next_at LIMIT 50 FOR UPDATE SKIP LOCKED',
      [now],
    )
    let letters = 0
    for (const { id, report, rhythm, recipients, next_at } of due) {
      for (const recipient of recipients) {
        await query(
          'INSERT INTO report_outbox (id, schedule, report, recipient, run_at, due_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING',
          [`${id} ${next_at.toISOString()} ${recipient}`, id, report, recipient, next_at, now],
        )
        letters++
      }
      await query('UPDATE report_schedules SET next_at = $2 WHERE id = $1', [
        id,
        nextTime(rhythmSchema.parse(rhythm), timeZone, now),
      ])
    }
    return letters
  })
}

/**
 * Sends what waits, each letter made as its recipient sees the report at that moment. A letter is taken for a while, sent and marked; cut off between the last
 * two it goes again with the Message-ID it had, by which mail systems know it. Returns how many left.
 */
async function deliverLetters(parts: PostParts): Promise<number> {
  const server = openMailServer(parts.config)
  if (server === undefined) return 0
  try {
    return await deliverBy(server, parts)
  } finally {
    server.close()
  }
}

async function deliverBy(server: MailServer, parts: PostParts): Promise<number> {
  const { settings, log } = parts
  await settings.query(
    `UPDATE report_outbox o SET sent_at = now(), failure = 'the schedule, the report or a person is gone'
     WHERE sent_at IS NULL AND due_at <= now() AND NOT EXISTS (
       SELECT 1 FROM report_schedules s JOIN reports r ON r.id = s.report JOIN people m ON m.id = s.maker JOIN people p ON p.id = o.recipient
       WHERE s.id = o.schedule AND r.owner = s.maker AND m.disabled_at IS NULL AND p.disabled_at IS NULL)`,
  )
  const letters = await settings.query<Waiting>(
    `WITH taken AS (
       UPDATE report_outbox SET attempts = attempts + 1, due_at = now() + make_interval(secs => $1)
       WHERE id IN (SELECT id FROM report_outbox WHERE sent_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED)
       RETURNING id, attempts, schedule, recipient, report)
     SELECT t.id AS letter, t.attempts, t.report, r.definition, s.format, p.id, p.email, p.name, p.role, p.stores, p.seller, p.locale
     FROM taken t JOIN report_schedules s ON s.id = t.schedule JOIN reports r ON r.id = t.report JOIN people p ON p.id = t.recipient`,
    [leaseSeconds],
  )
  if (letters.length === 0) return 0
  let sent = 0
  for (const letter of letters) {
    try {
      await server.send(await mailOf(parts, letter))
      await settings.query('UPDATE report_outbox SET sent_at = now(), failure = NULL WHERE id = $1', [letter.letter])
      sent++
    } catch (error) {
      log.warn({ letter: letter.letter, attempts: letter.attempts, cause: messageOf(error) }, 'a report did not leave')
      await settings.query(
        'UPDATE report_outbox SET failure = $2, due_at = now() + make_interval(secs => $3), sent_at = CASE WHEN $4 THEN now() END WHERE id = $1',
        [
          letter.letter,
          messageOf(error).slice(0, 500),
          Math.min(3_600, 15 * 2 ** letter.attempts),
          letter.attempts >= mostAttempts,
        ],
      )
    }
  }
  return sent
}

async function mailOf(parts: PostParts, letter: Waiting): Promise<Letter> {
  const { config } = parts
  const person = personOf(letter)
  const definition = definitionSchema.parse(letter.definition)
  const manner = mannerOf(config, person)
  const w = words(manner.locale).mail
  const { name, type, content } = await fileOf(
    sheetOf(definition, await runReport(parts, person, definition), manner),
    letter.format,
    manner,
  )
  const link = config.DATAAPP_PUBLIC_URL
  return {
    to: person.email,
    messageId: `<report.${createHash('sha256').update(letter.letter).digest('hex').slice(0, 32)}@dataapp>`,
    subject: w.subject(definition.name),
    text: [w.body(definition.name), ...(link === undefined ? [] : ['', `${w.open}: ${link}`])].join('\n'),
    attachments: [{ filename: name, contentType: type, content }],
  }
}

/**
 * Looks for due reports a few times a minute until stopped. Without a mail server schedules stay where they are, so that the first one makes a single letter
 * of each and not one for every time that has passed; that they wait is said once.
 */
export function startPost(parts: PostParts): { stop: () => Promise<void> } {
  const { settings, config, log } = parts
  const isOff = mailState(config) === 'off'
  let said = false
  return inRounds(
    { everyMs },
    async () => {
      if (isOff) {
        if (!said) said = await sayWaiting(settings, log, new Date())
        return undefined
      }
      await putDueLetters(settings, config.DATAAPP_TIME_ZONE, new Date())
      await deliverLetters(parts)
      return undefined
    },
    error => log.warn({ err: error }, 'the reports due could not be looked after; trying again'),
  )
}

/** True once there was something to say: reports are due that can't leave. */
export async function sayWaiting(settings: Settings, log: Pick<Log, 'warn'>, now: Date): Promise<boolean> {
  const [{ due } = { due: '0' }] = await settings.query<{ due: string }>(
    'SELECT count(*) AS due FROM report_schedules WHERE next_at <= $1',
    [now],
  )
  if (Number(due) === 0) return false
  log.warn({ due: Number(due) }, 'there is no DATAAPP_SMTP_URL: reports scheduled by mail wait until there is one')
  return true
}
