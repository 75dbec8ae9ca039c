import { chainOwner, type Rule } from '#shared/alerts/rule.ts'
import { type Alert, seenBy } from '#shared/records/alert.ts'
import type { Listener } from './rules.ts'

/** Something that has to leave, once: a row of the outbox. */
export type Letter = {
  readonly id: string
  readonly firing: string
  readonly channel: 'bus' | 'email' | 'webhook'
  readonly target: string
  readonly message: unknown
  readonly dueAt: number
}

/** Everything that one alert leads to: news for the pages at once; mail and webhooks when the quiet hours are over. An alert that joins another is not told again. */
export function lettersFor(
  alert: Alert,
  notifyAt: number,
  channels: readonly Rule['channels'][number][],
  listeners: readonly Listener[],
): Letter[] {
  const at = Date.parse(alert.at)
  const letters: Letter[] = [
    {
      id: `${alert.id} fired`,
      firing: alert.id,
      channel: 'bus',
      target: '',
      message: { v: 1, event: 'fired', ...alert },
      dueAt: at,
    },
  ]
  if (alert.joins !== null) return letters
  if (channels.includes('email'))
    for (const { listener, seen } of recipients(alert, listeners))
      letters.push({
        id: `${alert.id} email ${listener.id}`,
        firing: alert.id,
        channel: 'email',
        target: listener.email,
        message: seen,
        dueAt: notifyAt,
      })
  if (channels.includes('webhook'))
    letters.push({
      id: `${alert.id} webhook`,
      firing: alert.id,
      channel: 'webhook',
      target: alert.owner,
      message: alert,
      dueAt: notifyAt,
    })
  return letters
}

export const resolvedLetter = (alert: Alert, at: number): Letter => ({
  id: `${alert.id} resolved`,
  firing: alert.id,
  channel: 'bus',
  target: '',
  message: { v: 1, event: 'resolved', ...alert, at: new Date(at).toISOString() },
  dueAt: at,
})

/** By mail: the owner; of the chain's rules the managers of the stores it is about, and whoever sees the whole chain when it is about that. */
function recipients(alert: Alert, listeners: readonly Listener[]): { listener: Listener; seen: Alert }[] {
  const aboutChain = alert.breaches.some(({ subject }) => subject.store === '')
  return listeners.flatMap(listener => {
    const addressed =
      alert.owner === chainOwner
        ? listener.sight.role === 'manager' || (listener.sight.role === 'admin' && aboutChain)
        : alert.owner === listener.id
    const seen = addressed ? seenBy(alert, listener.id, listener.sight) : undefined
    return seen ? [{ listener, seen }] : []
  })
}
