import { z } from 'zod'
import { type Topic, topics } from '#shared/agreement.ts'
import type { Received } from '#shared/bus/bus.ts'
import type { Vault } from '#shared/crypto/vault.ts'
import { parseJson } from '#shared/json.ts'
import { type Outcome, ok, type Rejection, rejected } from '#shared/outcome.ts'
import { type Dimension, dimensionSchema } from '#shared/records/dimension.ts'
import { type Rejected, rejectedSchema } from '#shared/records/rejected.ts'
import { decodeSale, encodeSale, type Sale } from '#shared/records/sale.ts'
import { cleanDimension, cleanSale } from './clean.ts'
import type { Read } from './load/raw.ts'

type Pseudonyms = Pick<Vault, 'customerId'>

/** As much of a message that can't be used as is kept of it. */
const rawCharacters = 10_000

/** What each message of a batch says, and why the others can't be used. */
export function readEach<T>(
  batch: readonly Received[],
  readOne: (message: Received) => Outcome<T>,
): { read: T[]; unreadable: Rejection[] } {
  const read: T[] = []
  const unreadable: Rejection[] = []
  for (const message of batch) {
    const outcome = readOne(message)
    switch (outcome.kind) {
      case 'ok':
        read.push(outcome.value)
        break
      case 'rejected':
        unreadable.push(outcome.why)
        break
      case 'retry':
        throw outcome.why
    }
  }
  return { read, unreadable }
}

/** A message as a sale with its texts cleaned. */
export function readSale(vault: Pseudonyms, message: Received): Outcome<Read> {
  const decoded = decodeSale(message.value.toString('utf8'))
  if (!decoded.ok) return unreadable(topics.sales, message, decoded.field, decoded.message)
  const sale = cleanSale(decoded.sale)
  const empty = sale === decoded.sale ? undefined : emptyId(sale)
  return empty === undefined
    ? ok(withCustomerId(vault, decoded.more ? alone(message, decoded.sale) : message, sale))
    : unreadable(topics.sales, message, empty, `${empty} is empty`)
}

/** The first id that must be there and that nothing was left of. */
function emptyId({ store, sale, lines }: Sale): string | undefined {
  if (store === '') return 'store'
  if (sale === '') return 'sale'
  if (lines.some(({ line }) => line === '')) return 'line'
  return lines.some(({ product }) => product === '') ? 'product' : undefined
}

/** A message as a product, store, person or target with its texts cleaned. */
export function readDimension(message: Received): Outcome<Dimension> {
  const given = parseJson(message.value)
  const parsed = dimensionSchema.safeParse(given)
  if (!parsed.success) return unlike(topics.dimensions, message, parsed.error)
  const leftOut = namesLeftOut(given, parsed.data)
  const dimension = cleanDimension(parsed.data)
  return ok(leftOut.length === 0 ? dimension : { ...dimension, unstated: [...(dimension.unstated ?? []), ...leftOut] })
}

const withAttributes = z.object({ attributes: z.record(z.string(), z.unknown()) })

/** What another program left out of a description it does not state. */
function namesLeftOut(given: unknown, { attributes }: Dimension): string[] {
  const stated = withAttributes.safeParse(given).data?.attributes ?? {}
  return Object.keys(attributes).filter(name => !Object.hasOwn(stated, name))
}

/** A message of `sales.rejected` as the record that lies in it. */
export function readRejected(message: Received): Outcome<Rejected> {
  const parsed = rejectedSchema.safeParse(parseJson(message.value))
  return parsed.success ? ok(parsed.data) : unlike(topics.rejected, message, parsed.error)
}

function unlike(topic: Topic, message: Received, error: z.ZodError): Outcome<never> {
  const [issue] = error.issues
  return unreadable(topic, message, issue?.path.join('.') ?? '', issue?.message ?? '')
}

/** Partition and offset say where the message lies. */
function unreadable(topic: Topic, from: Received, field: string, message: string): Outcome<never> {
  const raw = from.value.toString('utf8').slice(0, rawCharacters)
  const file = `${topic}/${from.partition}`
  return rejected({ source: topic, file, line: Number(from.offset), field, rule: 'message', message, raw })
}

/** What another program adds to a sale may be anybody's name: the raw history has the sale alone. */
const alone = (message: Received, sale: Sale): Received => ({ ...message, value: Buffer.from(encodeSale(sale)) })

/** What another program put on the bus may name a customer by e-mail or document: neither is kept, also not in the raw history. */
function withCustomerId(vault: Pseudonyms, message: Received, sale: Sale): Read {
  const customer = vault.customerId(sale.customer)
  if (customer === sale.customer) return { message, sale }
  const safe = { ...sale, customer }
  return { message: { ...message, value: Buffer.from(encodeSale(safe)) }, sale: safe }
}
