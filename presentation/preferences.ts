import { z } from 'zod'

/** What the overview is made of, in the order it comes with. */
export const blocks = ['figures', 'month', 'attention', 'stores', 'sellers', 'products'] as const
export type Block = (typeof blocks)[number]

const list = z.array(z.enum(blocks)).max(blocks.length)

/** How somebody arranged their pages. What is missing is as it comes. */
export const preferencesSchema = z.strictObject({
  overview: z.strictObject({ order: list, hidden: list }).optional(),
  toured: z.boolean().optional().meta({ description: 'Whether the first-visit tour was taken or turned down' }),
})
export type Preferences = z.infer<typeof preferencesSchema>

/** What was kept; nothing where it was written by a version that knew other blocks. */
export function readPreferences(kept: unknown): Preferences {
  return preferencesSchema.safeParse(kept).data ?? {}
}
