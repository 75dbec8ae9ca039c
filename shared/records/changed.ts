import { z } from 'zod'
import { parseJson } from '../json.ts'

/** Small news on `sales.changed`: which stores, days and products now read differently. A list that would be long is left out (`null` = any). */
export const changedSchema = z.strictObject({
  v: z.literal(1),
  /** ISO 8601, UTC: when the warehouse had it. */
  at: z.string(),
  kind: z.enum(['sales', 'dimensions']),
  from: z.string(),
  to: z.string(),
  stores: z.array(z.string()).nullable(),
  products: z.array(z.string()).nullable(),
  sellers: z.array(z.string()).nullable(),
  lines: z.number().int().nonnegative(),
})

export type Changed = z.infer<typeof changedSchema>
export const changedListLimit = 1000

/** The news in a message of the bus; undefined where it is none. */
export function readChanged(value: Buffer): Changed | undefined {
  return changedSchema.safeParse(parseJson(value)).data
}
