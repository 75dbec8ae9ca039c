import { type Day, daysBetween } from '#shared/day.ts'

/** A projection as the warehouse keeps it: 90 days from `starts` on. */
export type ProjectionRow = {
  id: string
  parent: string
  starts: string
  amounts: number[]
  lo80: number[]
  hi80: number[]
  lo95: number[]
  hi95: number[]
  deviation: number[]
  together: number
  how: string
  method: string
  folds: number
  wape: number | null
  naive_wape: number | null
  mase: number | null
  naive_mase: number | null
  computedAt: string
}

/** Days of a row from today on: a row made on data that ended earlier begins before today. */
export function ahead(row: ProjectionRow, today: Day): { amounts: number[]; deviations: number[]; skip: number } {
  const skip = Math.max(0, Math.min(90, daysBetween(row.starts, today)))
  return { amounts: row.amounts.slice(skip), deviations: row.deviation.slice(skip), skip }
}
