import type { Block } from '#presentation/preferences.ts'
import { session } from './call.ts'

export type Layout = { order: Block[]; hidden: Block[] }

/** The blocks of the overview as they come. */
export const usual: readonly Block[] = ['figures', 'month', 'attention', 'stores', 'sellers', 'products']

/** What this person made of the overview. A block that is new since then stands at its end. */
export function layoutOf(kept: Layout | undefined): Layout {
  if (kept === undefined) return { order: [...usual], hidden: [] }
  const known = kept.order.filter((block, at) => usual.includes(block) && kept.order.indexOf(block) === at)
  return { order: [...known, ...usual.filter(block => !known.includes(block))], hidden: kept.hidden }
}

export function moved({ order, hidden }: Layout, block: Block, by: 1 | -1): Layout {
  const at = order.indexOf(block)
  const other = order[at + by]
  if (other === undefined) return { order, hidden }
  return { order: order.map(one => (one === block ? other : one === other ? block : one)), hidden }
}

export function toggled({ order, hidden }: Layout, block: Block): Layout {
  return {
    order,
    hidden: hidden.includes(block) ? hidden.filter(one => one !== block) : [...hidden, block],
  }
}

export function isUsual({ order, hidden }: Layout): boolean {
  return hidden.length === 0 && order.every((block, at) => block === usual[at])
}

/** Keeps something of this person, here at once and on the server for every browser of theirs. */
export function keep(change: { overview?: Layout; toured?: boolean }): void {
  const view = session.get()
  if (typeof view === 'string') return
  const preferences = { ...view.preferences, ...change }
  session.set({ ...view, preferences })
  void fetch('/api/v1/account/preferences', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(preferences),
    keepalive: true,
  }).catch(() => {})
}
