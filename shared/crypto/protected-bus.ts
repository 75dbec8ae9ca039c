import { topics } from '#shared/agreement.ts'
import type { Bus, Message } from '#shared/bus/bus.ts'
import { parseJson } from '#shared/json.ts'
import { dimensionSchema } from '#shared/records/dimension.ts'
import { rejectedSchema } from '#shared/records/rejected.ts'
import type { Vault } from './vault.ts'

/**
 * A bus onto which nobody can put personal data in plain: records of people and what rejected records quote are sealed on their way in, whoever publishes, and an
 * e-mail or document that serves as a customer's id becomes a keyed hash.
 * What lies in the log's files or on a broker is as unreadable as in the warehouse and the lake.
 */
export function protectedBus(bus: Bus, vault: Vault): Bus {
  return {
    kind: bus.kind,
    publish: async (topic, messages) => {
      if (topic === topics.dimensions) return bus.publish(topic, await sealedDimensions(vault, messages))
      if (topic === topics.sales)
        return bus.publish(
          topic,
          messages.map(message => withCustomerId(vault, message)),
        )
      if (topic === topics.rejected) return bus.publish(topic, await sealedRejected(vault, messages))
      return bus.publish(topic, messages)
    },
    consume: options => bus.consume(options),
    lag: (topic, group) => bus.lag(topic, group),
    ready: () => bus.ready(),
    close: () => bus.close(),
  }
}

const customerMark = Buffer.from('"customer":"')
const quote = 0x22
const backslash = 0x5c

/** A sale whose customer's id may lie in the open. Read from the message's bytes: of millions of sales nearly none has to be written anew. */
function withCustomerId(vault: Vault, message: Message): Message {
  const { value } = message
  const mark = value.indexOf(customerMark)
  const start = mark + customerMark.length
  if (mark === -1 || value[start] === quote) return message
  const end = closingQuote(value, start)
  const id = textOf(value.subarray(start - 1, end + 1))
  if (id === undefined) return message
  const open = vault.customerId(id)
  if (open === id) return message
  const text = Buffer.from(JSON.stringify(open))
  return { ...message, value: Buffer.concat([value.subarray(0, start - 1), text, value.subarray(end + 1)]) }
}

/** Where a JSON text ends: at the first quote that is not escaped. */
function closingQuote(value: Buffer, start: number): number {
  for (let at = start; at < value.length; at++) {
    if (value[at] === quote) return at
    if (value[at] === backslash) at++
  }
  return value.length
}

function textOf(literal: Buffer): string | undefined {
  const text = parseJson(literal)
  return typeof text === 'string' ? text : undefined
}

async function sealedDimensions(vault: Vault, messages: readonly Message[]): Promise<Message[]> {
  const parsed = messages.map(message => dimensionSchema.safeParse(parseJson(message.value)))
  const known = parsed.flatMap(result => (result.success ? [result.data] : []))
  const sealed = await vault.protect(known)
  let next = 0
  return messages.map((message, index) => {
    // What is no dimension is none of ours to publish; processing turns it away with its reason.
    if (parsed[index]?.success !== true) return message
    const [before, after] = [known[next], sealed[next]]
    next++
    if (before === undefined || after === undefined || before === after) return message
    // The key names the person as well.
    const key = before.id === after.id ? message.key : `${after.kind}:${after.id}`
    return { ...message, key, value: Buffer.from(JSON.stringify(after)) }
  })
}

async function sealedRejected(vault: Vault, messages: readonly Message[]): Promise<Message[]> {
  const sealed: Message[] = []
  for (const message of messages) {
    const parsed = rejectedSchema.safeParse(parseJson(message.value))
    sealed.push(
      parsed.success
        ? { ...message, value: Buffer.from(JSON.stringify(await vault.protectRejected(parsed.data))) }
        : message,
    )
  }
  return sealed
}
