import type { Ranked } from '../server/figures-schema.ts'
import { count, percent, shortMoney } from './format.ts'
import { go, usePlace, withQuery } from './location.ts'
import { words } from './words.ts'

const callouts = ['loss', 'falling', 'top'] as const
export type Callout = (typeof callouts)[number]

export function isCallout(text: string | null): text is Callout {
  return callouts.some(name => name === text)
}

/** Which items a callout is about: sold below cost, at least a fifth less than before, or the few that make four fifths of the revenue. */
export function members(callout: Callout, items: readonly Ranked[]): Ranked[] {
  switch (callout) {
    case 'loss':
      return items.filter(item => Number(item.margin) < 0)
    case 'falling':
      return items.filter(item => Number(item.before) > 0 && Number(item.revenue) <= 0.8 * Number(item.before))
    case 'top':
      return fourFifths(items)
  }
}

function fourFifths(items: readonly Ranked[]): Ranked[] {
  const sorted = [...items].sort((a, b) => Number(b.revenue) - Number(a.revenue))
  const whole = sum(sorted, item => Math.max(0, Number(item.revenue)))
  let reached = 0
  return sorted.filter(item => {
    const inside = reached < 0.8 * whole
    reached += Math.max(0, Number(item.revenue))
    return inside
  })
}

/** What stands out in a table, each a button that shows just those rows. */
export function Callouts({ items }: { items: readonly Ranked[] }) {
  const w = words().callouts
  const { search } = usePlace()
  const chosen = search.get('only')
  if (items.length === 0) return null
  return (
    <div class="callouts">
      {callouts.map(name => {
        const found = members(name, items)
        return (
          <button
            key={name}
            type="button"
            class="card callout"
            aria-pressed={chosen === name}
            disabled={found.length === 0 && chosen !== name}
            onClick={() => go(withQuery({ only: chosen === name ? undefined : name }), 'replace')}
          >
            <span class="figure-name">{w[name].name}</span>
            <strong>{count(found.length)}</strong>
            <span class="quiet">{detail(name, found, items)}</span>
          </button>
        )
      })}
    </div>
  )
}

function detail(name: Callout, found: readonly Ranked[], items: readonly Ranked[]): string {
  const w = words().callouts
  if (found.length === 0) return w.nothing
  switch (name) {
    case 'loss':
      return w.loss.detail(shortMoney(-sum(found, item => Number(item.margin))))
    case 'falling':
      return w.falling.detail(shortMoney(sum(found, item => Number(item.before) - Number(item.revenue))))
    case 'top':
      return w.top.detail(percent(found.length / items.length, 0))
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
