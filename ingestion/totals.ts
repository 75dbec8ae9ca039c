/** What became of the rows of a file: `accepted + rejected + duplicates = rows`, always. `sales` are the different sales among the accepted. */
export type Totals = { rows: number; accepted: number; rejected: number; duplicates: number; sales: number }

export const noTotals: Totals = { rows: 0, accepted: 0, rejected: 0, duplicates: 0, sales: 0 }

export function sumTotals(all: readonly Totals[]): Totals {
  return all.reduce(
    (a, b) => ({
      rows: a.rows + b.rows,
      accepted: a.accepted + b.accepted,
      rejected: a.rejected + b.rejected,
      duplicates: a.duplicates + b.duplicates,
      sales: a.sales + b.sales,
    }),
    noTotals,
  )
}

/** A file that was taken in before: all its rows are duplicates now. */
export function seenBefore(totals: Totals): Totals {
  return { rows: totals.rows, accepted: 0, rejected: 0, duplicates: totals.rows, sales: 0 }
}
