import type { Firing } from './firing.ts'

/** Things the insights say could be done, with what each is expected to bring (in the chain's currency). */
export type Action =
  | {
      readonly kind: 'sellWith'
      readonly product: string
      readonly with: string
      readonly store?: string
      readonly gain: number
    }
  | {
      readonly kind: 'moveStock'
      readonly product: string
      readonly store: string
      readonly to: string
      readonly gain: number
    }
  | {
      readonly kind: 'reprice'
      readonly product: string
      readonly price: string
      readonly store?: string
      readonly gain: number
    }
  | { readonly kind: 'reorder'; readonly product: string; readonly store: string; readonly gain: number }
  | { readonly kind: 'talkTo'; readonly seller: string; readonly store: string; readonly gain: number }

const sales: readonly Action['kind'][] = ['talkTo', 'reorder', 'sellWith', 'moveStock', 'reprice']
/** A weak ticket is more often a matter of what is offered than of who offers it. */
const ticket: readonly Action['kind'][] = ['sellWith', 'talkTo', 'reorder']

/** What helps against what, best first. Against late data no insight helps. */
const remedies: Record<Firing['condition']['kind'], readonly Action['kind'][]> = {
  belowAverage: sales,
  weekdayFall: sales,
  belowPace: sales,
  forecastBroken: ['reorder', 'talkTo', 'sellWith', 'moveStock', 'reprice'],
  marginBelow: ['reprice', 'sellWith'],
  noSales: ['moveStock', 'reprice', 'sellWith'],
  dataLate: [],
}

/**
 * The action for a firing: one that concerns its worst subject (then the next), of the kind that helps most against its
 * condition, of these the one with the largest gain. Undefined when the insights have none.
 */
export function suggestionFor({ condition, metric, breaches }: Firing, actions: readonly Action[]): Action | undefined {
  const kinds = metric === 'averageTicket' && remedies[condition.kind] === sales ? ticket : remedies[condition.kind]
  for (const { subject } of breaches) {
    const fitting = actions.filter(action => kinds.includes(action.kind) && concerns(action, subject))
    const [best] = fitting.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.gain - a.gain)
    if (best) return best
  }
  return undefined
}

function concerns(action: Action, { kind, id, store }: Firing['breaches'][number]['subject']): boolean {
  const there = action.store === undefined || store === '' || action.store === store
  switch (kind) {
    case 'product':
      return (
        there && 'product' in action && (action.product === id || (action.kind === 'sellWith' && action.with === id))
      )
    case 'seller':
      return there && (action.kind !== 'talkTo' || action.seller === id)
    case 'store':
      return action.store === undefined || action.store === id
    case 'category':
      return there
    case 'chain':
      return true
    case 'source':
      return false
  }
}
