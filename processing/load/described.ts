import { isPersonal, personalAttributes } from '#shared/crypto/personal.ts'
import type { Dimension, DimensionKind } from '#shared/records/dimension.ts'

/** A row of a table of descriptions, by column. */
export type Row = Readonly<Record<string, unknown>>
/** A description as a row, and the columns that it says nothing about. */
export type Told = { table: string; kind: DimensionKind; row: Row; unstated: ReadonlySet<string> }

/**
 * What is described once this was told: what it doesn't state stays as others said. One that comes after a later one of another source only fills what that left empty, as when a table with
 * costs is read beside sales that know names. Undefined where nothing reads differently.
 */
export function described(standing: Row | undefined, { row, unstated }: Told): Row | undefined {
  if (standing === undefined) return row
  if (Number(row.version) >= Number(standing.version))
    return { ...row, ...Object.fromEntries([...unstated].map(column => [column, standing[column]])) }
  if (row.source === standing.source) return undefined
  const fills = Object.entries(row).filter(
    ([column, value]) => !unstated.has(column) && isEmpty(standing[column]) && !isEmpty(value),
  )
  return fills.length === 0 ? undefined : { ...standing, ...Object.fromEntries(fills) }
}

const isEmpty = (value: unknown): boolean => value === '' || value === null || value === 0

/** The columns of what a description does not state. */
export function columnsOf(dimension: Dimension): Set<string> {
  const personal: readonly string[] = isPersonal(dimension) ? personalAttributes : []
  return new Set(
    (dimension.unstated ?? []).flatMap(name => {
      if (personal.includes(name)) return [name, `${name}_hash`]
      return columns[name] ?? [name]
    }),
  )
}

/** Of attributes whose columns are not called like them. */
const columns: Readonly<Record<string, readonly string[]>> = {
  unit: ['unit', 'unit_given'],
  openedOn: ['opened_on'],
  closedOn: ['closed_on'],
}
