import { shareOut } from '../forecast/hierarchy.ts'

/** A series among its brothers and sisters: its own forecast and its intervals' edges, one number a day. */
export type Child = { readonly base: Float64Array; readonly edges: readonly Float64Array[] }
export type Reconciled = { readonly amounts: Float64Array; readonly edges: readonly Float64Array[] }

/** Makes children add up to their parent day by day, each keeping its part of the children's sum; intervals keep their width relative to the amount. */
export function reconcile(parent: Float64Array, children: readonly Child[]): Reconciled[] {
  const shared = shareOut(
    parent,
    children.map(({ base }) => base),
  )
  return children.map(({ base, edges }, i) => {
    const amounts = shared[i] ?? base
    return { amounts, edges: edges.map(edge => scaled(edge, base, amounts)) }
  })
}

/** Moves an edge from around one forecast to around another. */
export const scaled = (edge: Float64Array, before: Float64Array, after: Float64Array): Float64Array =>
  edge.map((value, day) => {
    const [from = 0, to = 0] = [before[day], after[day]]
    return from > 0 && to > 0 ? (value / from) * to : value
  })
