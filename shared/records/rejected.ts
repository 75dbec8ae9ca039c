import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Rejection } from '#shared/outcome.ts'

/** A record that can't be used, as it lies on `sales.rejected` and in the settings database. The id follows from where it came from, so a re-read file rejects nothing twice. */
export const rejectedSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  step: z.enum(['ingestion', 'processing']),
  source: z.string(),
  file: z.string(),
  line: z.number().int().nonnegative(),
  field: z.string(),
  rule: z.string(),
  message: z.string(),
  raw: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
})

export type Rejected = z.infer<typeof rejectedSchema>

/** `file` must identify the file's content (path and fingerprint), as the ledger does. */
export function rejectedOf(step: Rejected['step'], why: Rejection, at: Date): Rejected {
  const id = createHash('sha256')
    .update([why.source, why.file, String(why.line), why.raw].join('\u0000'))
    .digest('hex')
    .slice(0, 24)
  return { v: 1, id, step, ...why, at: at.toISOString() }
}
