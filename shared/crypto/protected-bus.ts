import { topics } from '#shared/agreement.ts'
import type { Bus, Message } from '#shared/bus/bus.ts'
import { dimensionSchema } from '#shared/records/dimension.ts'
import { rejectedSchema } from '#shared/records/rejected.ts'
import type { Vault } from './vault.ts'

/**
 * A bus onto which nobody can put personal data in plain: records of people and what rejected records quote are sealed on their way in, whoever publishes.
 * What lies in the log's files or on a broker is as unreadable as in the warehouse and the lake.
 */
export function protectedBus(bus: Bus, vault: Vault): Bus {
  return {
    kind: bus.kind,
    publish: async (topic, messages) => {
      if (topic === topics.dimensions) return bus.publish(topic, await sealedDimensions(vault, messages))
      if (topic === topics.rejected) return bus.publish(topic, await sealedRejected(vault, messages))
      return bus.publish(topic, messages)
    },
    consume: options => bus.consume(options),
    lag: (topic, group) => bus.lag(topic, group),
    ready: () => bus.ready(),
    close: () => bus.close(),
  }
}

async function sealedDimensions(vault: Vault, messages: readonly Message[]): Promise<Message[]> {
  const parsed = messages.map(message => dimensionSchema.safeParse(parse(message.value)))
  const known = parsed.flatMap(result => (result.success ? [result.data] : []))
  const sealed = await vault.protect(known)
  let next = 0
  return messages.map((message, index) => {
    // What is no dimension is none of ours to publish; processing turns it away with its reason.
    if (parsed[index]?.success !== true) return message
    const [before, after] = [known[next], sealed[next]]
    next++
    return before === after ? message : { ...message, value: Buffer.from(JSON.stringify(after)) }
  })
}

async function sealedRejected(vault: Vault, messages: readonly Message[]): Promise<Message[]> {
  const sealed: Message[] = []
  for (const message of messages) {
    const parsed = rejectedSchema.safeParse(parse(message.value))
    sealed.push(
      parsed.success
        ? { ...message, value: Buffer.from(JSON.stringify(await vault.protectRejected(parsed.data))) }
        : message,
    )
  }
  return sealed
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'))
  } catch {
    return undefined
  }
}
