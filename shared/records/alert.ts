import { z } from 'zod'
import { chainOwner } from '../alerts/rule.ts'
import { parseJson } from '../json.ts'

const subject = z.strictObject({
  kind: z.enum(['chain', 'store', 'seller', 'product', 'category', 'source']),
  id: z.string(),
  store: z.string(),
})

/** News on `alerts`: an alert was raised, or is over. Once per `id` and `event`; whoever reads it again may drop it. */
export const alertSchema = z.strictObject({
  v: z.literal(1),
  event: z.enum(['fired', 'resolved']),
  id: z.string(),
  rule: z.string(),
  /** The person whose rule it is, or `chainOwner`. */
  owner: z.string(),
  name: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  metric: z.string(),
  condition: z.record(z.string(), z.unknown()),
  /** Another alert about the same cause: this one is shown under it. */
  joins: z.string().nullable(),
  reminder: z.number().int(),
  /** What broke the rule, worst first, with the numbers that show it. */
  breaches: z.array(
    z.strictObject({
      subject: subject.extend({ name: z.string() }),
      badness: z.number(),
      value: z.number(),
      reference: z.number(),
      sentence: z.string(),
    }),
  ),
  /** What could be done about it, as data and in words; null where the insights have nothing. */
  suggestion: z.strictObject({ action: z.record(z.string(), z.unknown()), words: z.string() }).nullable(),
})

export type AlertNews = z.infer<typeof alertSchema>
/** The news in a message of the bus; undefined where it is none. */
export function readAlertNews(value: Buffer): AlertNews | undefined {
  return alertSchema.safeParse(parseJson(value)).data
}

/** An alert as it is kept and shown. */
export type Alert = Omit<AlertNews, 'v' | 'event'>

/** What bounds a person's view. */
export type Sight =
  | { readonly role: 'admin' }
  | { readonly role: 'manager'; readonly stores: readonly string[] }
  | { readonly role: 'seller'; readonly seller: string }

/**
 * The alert as one person may see it: only breaches inside their scope; undefined when there are none, or when it is another person's rule.
 * What belongs to the whole chain is for those who see the whole chain.
 */
export function seenBy<A extends Alert>(alert: A, person: string, sight: Sight): A | undefined {
  if (alert.owner !== chainOwner && alert.owner !== person) return undefined
  const breaches = alert.breaches.filter(breach => isSeen(breach.subject, sight))
  if (breaches.length === 0) return undefined
  if (breaches.length === alert.breaches.length && sight.role !== 'seller') return { ...alert, breaches }
  // What it suggests may speak of what this person must not see.
  return { ...alert, breaches, suggestion: null }
}

function isSeen({ kind, id, store }: z.infer<typeof subject>, sight: Sight): boolean {
  switch (sight.role) {
    case 'admin':
      return true
    case 'manager':
      return store !== '' && sight.stores.includes(store)
    case 'seller':
      return kind === 'seller' && id === sight.seller
  }
}
