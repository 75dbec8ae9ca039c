import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { type Changed, changedListLimit } from '#shared/records/changed.ts'

/** Tells the bus what reads differently now. Lists that would be long are left out: whoever listens looks again at everything. */
export async function announce(
  bus: Bus,
  news: {
    kind: Changed['kind']
    days: readonly string[]
    stores: readonly string[]
    products: readonly string[]
    sellers: readonly string[]
    lines: number
  },
): Promise<void> {
  const short = (list: readonly string[]) => {
    const distinct = [...new Set(list)]
    return distinct.length > changedListLimit ? null : distinct
  }
  const days = [...news.days].sort()
  const changed: Changed = {
    v: 1,
    at: new Date().toISOString(),
    kind: news.kind,
    from: days[0] ?? '',
    to: days.at(-1) ?? '',
    stores: short(news.stores),
    products: short(news.products),
    sellers: short(news.sellers),
    lines: news.lines,
  }
  await bus.publish(topics.changed, [{ key: 'changed', value: Buffer.from(JSON.stringify(changed)) }])
}
