import { consumerGroups, topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'

/** In messages of sales. */
const backlog = 1_000

/** Whether so much waits to be loaded that what is computed now would be computed again after it. A bus that does not say is no reason to wait. */
export async function isBehind(bus: Pick<Bus, 'lag'>): Promise<boolean> {
  return (await bus.lag(topics.sales, consumerGroups.sales).catch(() => 0)) > backlog
}
