import { topics } from '#shared/agreement.ts'
import { messageOf } from '#shared/error.ts'
import type { Parts } from '#shared/parts.ts'
import { type Alert, seenBy } from '#shared/records/alert.ts'
import type { Mailer } from './mail.ts'
import { listenerAt } from './rules.ts'
import { postWebhook } from './webhook.ts'

/** Ways out. Each has a queue of its own, so that one that is slow or away holds up no other. */
export const ways = ['bus', 'email', 'webhook'] as const
export type Way = (typeof ways)[number]

type Row = {
  id: string
  firing: string
  channel: Way
  target: string
  message: Alert
  attempts: number
  due_at: Date
}

const atOnce = 200
/** Taken letters come back after this long if whoever took them is gone. */
const leaseSeconds = 45
const giveUpAfterMs = 24 * 3_600_000
/** A letter that waited longer than this behind others of its batch has its lease renewed before it is sent: it might run out meanwhile. */
const freshMs = 2_000

/**
 * Sends what waits. A letter is taken for a while, sent, and marked as sent: cut off between the last two it is sent again, with the id it had
 * (Message-ID, x-dataapp-id, the alert's id), so that the receiver knows it. Returns how many left.
 */
export async function deliver(
  parts: Pick<Parts, 'bus' | 'settings' | 'log'>,
  mailer: Mailer | undefined,
  by: readonly Way[] = ways,
): Promise<number> {
  const { settings, bus, log } = parts
  const rows = await settings.query<Row>(
    `UPDATE alert_outbox SET attempts = attempts + 1, due_at = now() + make_interval(secs => $2)
     WHERE id IN (SELECT id FROM alert_outbox WHERE sent_at IS NULL AND due_at <= now() AND channel = ANY($3) ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, firing, channel, target, message, attempts, due_at`,
    [atOnce, leaseSeconds, [...by]],
  )
  const taken = performance.now()
  if (rows.length === 0) return 0
  const news = rows.filter(row => row.channel === 'bus')
  if (news.length > 0) {
    await bus.publish(
      topics.alerts,
      news.map(row => ({ key: row.firing, value: Buffer.from(JSON.stringify(row.message)) })),
    )
    await done(news.map(row => row.id))
  }
  let sent = news.length
  const others = rows.filter(row => row.channel !== 'bus').values()
  const carry = async () => {
    for (const row of others) if ((await isOurs(row)) && (await tried(row))) sent++
  }
  await Promise.all([carry(), carry(), carry()])
  return sent

  /** Whether nobody else has taken the letter meanwhile; renews its lease. */
  async function isOurs({ id, attempts }: Row): Promise<boolean> {
    if (performance.now() - taken < freshMs) return true
    const held = await settings.query(
      `UPDATE alert_outbox SET due_at = now() + make_interval(secs => $3)
       WHERE id = $1 AND attempts = $2 AND sent_at IS NULL RETURNING id`,
      [id, attempts, leaseSeconds],
    )
    return held.length > 0
  }

  async function tried(row: Row): Promise<boolean> {
    try {
      await done([row.id], await leave(row))
      return true
    } catch (error) {
      await later(row, error)
      return false
    }
  }

  /** Sends a letter; resolves with why there was none to send, or null. */
  async function leave({ id, channel, target, message }: Row): Promise<string | null> {
    if (channel === 'webhook') {
      await postWebhook(settings, target, id, message)
      return null
    }
    if (!mailer) return 'there is no DATAAPP_SMTP_URL'
    // A letter may wait for the end of quiet hours or for the mail server: what counts is what they may see when it leaves.
    const listener = await listenerAt(settings, target)
    const alert = listener && seenBy(message, listener.id, listener.sight)
    if (listener === undefined || alert === undefined) return 'nobody with this address may see it any more'
    await mailer.send({ id, to: target, alert, locale: listener.locale })
    return null
  }

  async function done(ids: readonly string[], failure: string | null = null): Promise<void> {
    await settings.query('UPDATE alert_outbox SET sent_at = now(), failure = $2 WHERE id = ANY($1)', [ids, failure])
  }

  async function later(row: Row, error: unknown): Promise<void> {
    const seconds = Math.min(600, 5 * 2 ** Math.min(10, row.attempts - 1))
    const old = Date.now() - Date.parse(row.message.at) > giveUpAfterMs
    log.warn(
      { letter: row.id, channel: row.channel, attempts: row.attempts, cause: messageOf(error) },
      'an alert did not leave',
    )
    await settings.query(
      'UPDATE alert_outbox SET failure = $2, due_at = now() + make_interval(secs => $3), sent_at = CASE WHEN $4 THEN now() END WHERE id = $1',
      [row.id, messageOf(error).slice(0, 500), seconds, old],
    )
  }
}
