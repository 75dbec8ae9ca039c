import { z } from 'zod'
import { isDay } from '../day.ts'
import { parseMicros } from './micros.ts'

/** What sales refer to: products, stores, sellers, customers and targets. Each is one bus message on `dimensions`, keyed by kind and id; the later version replaces the earlier. */
const text = z.string().default('')
const decimal = z
  .string()
  .regex(/^-?\d+(\.\d{1,6})?$/, 'is not a decimal number')
  .refine(text => parseMicros(text) !== undefined, 'is more than the warehouse holds')
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a day (YYYY-MM-DD)')
  .refine(isDay, 'is a day that no calendar has')

export const productAttributes = z.strictObject({
  name: text,
  category: text,
  subcategory: text,
  brand: text,
  unit: text,
  /** Standard cost per unit, or null when unknown. */
  cost: decimal.nullable().default(null),
  price: decimal.nullable().default(null),
  /** A service code (postage, fee, manual entry) is no product: it counts in revenue, never in recommendations. */
  service: z.boolean().default(false),
})
export const storeAttributes = z.strictObject({
  name: text,
  type: text,
  city: text,
  region: text,
  country: text,
  size: decimal.nullable().default(null),
  openedOn: day.nullable().default(null),
  closedOn: day.nullable().default(null),
})
export const sellerAttributes = z.strictObject({
  name: text,
  title: text,
  store: text,
  email: text,
  phone: text,
  document: text,
  /** The code that other files (targets) know this seller by, when it differs from the id in sales. */
  code: text,
})
export const customerAttributes = z.strictObject({
  name: text,
  email: text,
  phone: text,
  document: text,
  city: text,
  region: text,
  country: text,
})
export const targetAttributes = z.strictObject({
  /** First day of the month the target is for. */
  month: day,
  /** One of the two is given: whose target it is. */
  seller: text,
  store: text,
  amount: decimal,
})

const envelope = {
  v: z.literal(1),
  id: z.string().min(1),
  source: z.string(),
  version: z.number().int().nonnegative(),
  /** Attributes that this source says nothing about: what others said of them stays. */
  unstated: z.array(z.string()).optional(),
}

export const dimensionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...envelope, kind: z.literal('product'), attributes: productAttributes }),
  z.strictObject({ ...envelope, kind: z.literal('store'), attributes: storeAttributes }),
  z.strictObject({ ...envelope, kind: z.literal('seller'), attributes: sellerAttributes }),
  z.strictObject({ ...envelope, kind: z.literal('customer'), attributes: customerAttributes }),
  z.strictObject({ ...envelope, kind: z.literal('target'), attributes: targetAttributes }),
])

export type Dimension = z.infer<typeof dimensionSchema>
export type DimensionKind = Dimension['kind']
export const dimensionKinds = [
  'product',
  'store',
  'seller',
  'customer',
  'target',
] as const satisfies readonly DimensionKind[]
