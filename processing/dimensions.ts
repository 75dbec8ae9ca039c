import type { ConsumeOptions } from '#shared/bus/bus.ts'
import type { Parts } from '#shared/parts.ts'
import { announce } from './announce.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { BesideReplays } from './lake/beside-replays.ts'
import { loadDimensions } from './load/load-dimensions.ts'
import { loadCosts } from './load/load-sales.ts'
import { readDimension, readEach } from './read.ts'

/** Products, stores, people and targets: clean → seal → write → fill the costs that lines lacked → announce. */
export function dimensionsLoader(parts: Parts, replays: BesideReplays, bury: DeadLetters): ConsumeOptions['handle'] {
  const { bus, warehouse, vault, log } = parts
  return async (batch, heartbeat) => {
    const { read: dimensions, unreadable } = readEach(batch, readDimension)
    await bury(unreadable)
    if (dimensions.length === 0) return
    const costed = dimensions.flatMap(dimension =>
      dimension.kind === 'product' && dimension.attributes.cost !== null ? [dimension.id] : [],
    )
    const { standing } = replays
    await loadDimensions(warehouse, vault, dimensions)
    const costs = () => loadCosts(warehouse, costed, heartbeat)
    const first = await costs()
    const touched = (await replays.settle(standing, heartbeat, costs)) ?? first
    await announce(bus, {
      kind: 'dimensions',
      days: touched.map(([, day]) => day),
      stores:
        touched.length > 0
          ? touched.map(([store]) => store)
          : dimensions.flatMap(dimension => (dimension.kind === 'store' ? [dimension.id] : [])),
      products: dimensions.flatMap(dimension => (dimension.kind === 'product' ? [dimension.id] : [])),
      sellers: dimensions.flatMap(dimension => (dimension.kind === 'seller' ? [dimension.id] : [])),
      lines: 0,
    })
    log.debug({ dimensions: dimensions.length, touched: touched.length }, 'loaded dimensions')
  }
}
