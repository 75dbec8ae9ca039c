/** A table to take away: one form for CSV, XLSX and PDF. */
export type Sheet = {
  title: string
  /** Lines under the title: period, scope, what was left out. */
  notes: readonly string[]
  columns: readonly Column[]
  rows: readonly (readonly Cell[])[]
  total: readonly Cell[] | undefined
}

/** Money cells are bigint millionths, so that a sum of cells is the page's sum to the cent; shares are numbers, 0.25 = 25 %. */
export type Column = { name: string; kind: 'text' | 'day' | 'money' | 'number' | 'share' }
export type Cell = string | number | bigint | null

export type Manner = { locale: 'pt-BR' | 'en'; currency: string; timeZone: string; chain: string }

export const formats = ['csv', 'csv-excel', 'xlsx', 'pdf'] as const
export type Format = (typeof formats)[number]

/** An amount of millionths as a decimal text with all its digits, at least two. */
export function exact(micros: bigint): string {
  const absolute = micros < 0n ? -micros : micros
  const fraction = (absolute % 1_000_000n)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '')
  return `${micros < 0n ? '-' : ''}${absolute / 1_000_000n}.${fraction}`
}
