/** A series among its brothers and sisters: its own forecast and its intervals' edges, one number a day. */
export type Child = { readonly base: Float64Array; readonly edges: readonly Float64Array[] }
export type Reconciled = { readonly amounts: Float64Array; readonly edges: readonly Float64Array[] }

/**
 * Makes children add up to their parent day by day, each keeping its part of the children's sum (top-down with forecast proportions: Athanasopoulos, Ahmed &
 * Hyndman 2009). Where all children expect nothing, `shares` says how the parent's amount is divided. Intervals are scaled alike.
 */
export function reconcile(parent: Float64Array, children: readonly Child[], shares: readonly number[]): Reconciled[] {
  const sums = parent.map((_, day) => children.reduce((sum, { base }) => sum + (base[day] ?? 0), 0))
  const shareSum = shares.reduce((sum, share) => sum + share, 0)
  return children.map(({ base, edges }, i) => {
    const share = shareSum > 0 ? (shares[i] ?? 0) / shareSum : 1 / children.length
    const amounts = parent.map((amount, day) => {
      const sum = sums[day] ?? 0
      return sum > 0 ? ((base[day] ?? 0) / sum) * amount : share * amount
    })
    const scaled = edges.map(edge =>
      edge.map((value, day) => {
        const sum = sums[day] ?? 0
        return sum > 0 ? (value / sum) * (parent[day] ?? 0) : (amounts[day] ?? 0)
      }),
    )
    return { amounts, edges: scaled }
  })
}
