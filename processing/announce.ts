import { topics } from '#shared/agreement.ts'
import type { Bus } from '#shared/bus/bus.ts'
import { type Changed, changedListLimit } from '#shared/records/changed.ts'

/** Tells the bus what reads differently now. Lists that would be long are left out: whoever listens looks again at everything. */
export async function announce(
  bus: Bus,
  news: {
    kind: Changed['kind']
    days: Iterable<string>
    stores: Iterable<string>
    products: Iterable<string>
    sellers: Iterable<string>
    lines: number
  },
): Promise<void> {
  const days = [...new Set(news.days)].sort()
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

/** What is in the list, each once; null as soon as it is long. */
function short(list: Iterable<string>): string[] | null {
  const distinct = new Set<string>()
  for (const each of list) {
    distinct.add(each)
    if (distinct.size > changedListLimit) return null
  }
  return [...distinct]
}
