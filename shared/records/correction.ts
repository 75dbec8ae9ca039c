import { z } from 'zod'
import { parseJson } from '../json.ts'

/** A rejected row as somebody corrected it: some of its cells by their column, or its whole text. */
export const correctionSchema = z.union([
  z.strictObject({ cells: z.record(z.string().max(500), z.string().max(20_000)) }),
  z.strictObject({ raw: z.string().min(1).max(20_000) }),
])

export type Correction = z.infer<typeof correctionSchema>

/** The correction that a sealed text holds once it was revealed; undefined when it can't be read any more. */
export function readCorrection(text: string): Correction | undefined {
  return correctionSchema.safeParse(parseJson(text)).data
}
