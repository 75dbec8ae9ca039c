import { topics } from '#shared/agreement.ts'
import type { Bus, Consumer } from '#shared/bus/bus.ts'
import { changedSchema } from '#shared/records/changed.ts'

/** Tells, with each news on `sales.changed`, how many lines processing has announced so far. */
export function followAnnounced(bus: Bus, group: string, tell: (lines: number) => void): Consumer {
  let announced = 0
  return bus.consume({
    topic: topics.changed,
    group,
    from: 'earliest',
    maxMessages: 100,
    maxBytes: 1_000_000,
    handle: async batch => {
      for (const { value } of batch) announced += changedSchema.parse(JSON.parse(value.toString('utf8'))).lines
      tell(announced)
      return undefined
    },
  })
}
