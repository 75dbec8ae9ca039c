import type { Day } from '#shared/day.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { type History, levels } from './history.ts'
import { scaled } from './reconcile.ts'
import type { Base } from './series.ts'

/** A row of `projections` to be written. */
export type Projected = {
  readonly history: History
  readonly base: Base
  readonly amounts: Float64Array
  readonly edges: readonly Float64Array[]
  readonly fingerprint: string
  readonly starts: Day
}

/** What a row that stands says: whether its past was the same, and its own forecast to use again. */
export type Known = {
  readonly level: string
  readonly id: string
  readonly fingerprint: string
  readonly amounts: Float64Array
  readonly own: Base
}

const columns = [
  'level',
  'id',
  'parent',
  'starts',
  'base',
  'amounts',
  'lo80',
  'hi80',
  'lo95',
  'hi95',
  'deviation',
  'together',
  'how',
  'method',
  'folds',
  'wape',
  'naive_wape',
  'mase',
  'naive_mase',
  'fingerprint',
  'computed_at',
  'version',
] as const

const rowsAtOnce = 500

export async function writeProjections(warehouse: Warehouse, rows: readonly Projected[]): Promise<void> {
  const now = new Date()
  const computedAt = now.toISOString().slice(0, 19).replace('T', ' ')
  for (let i = 0; i < rows.length; i += rowsAtOnce) {
    const some = rows
      .slice(i, i + rowsAtOnce)
      .map(({ history, base, amounts, edges, fingerprint, starts }) => [
        history.level,
        history.id,
        history.parent,
        starts,
        ...[base.base, amounts, ...edges].map(list => Array.from(list, rounded)),
        base.together,
        base.how,
        base.method,
        base.backtest?.folds ?? 0,
        ...[base.backtest?.wape, base.backtest?.naiveWape, base.backtest?.mase, base.backtest?.naiveMase].map(orNull),
        fingerprint,
        computedAt,
        now.getTime() * 1000,
      ])
    await warehouse.insert('projections', columns, some)
  }
}

/** Rows of series that are no more: they stay as rows of nothing. */
export async function emptyProjections(warehouse: Warehouse, gone: readonly Known[], starts: Day): Promise<void> {
  const none = new Float64Array()
  await writeProjections(
    warehouse,
    gone.flatMap(({ level, id, own }) => {
      const known = levels.find(one => one === level)
      if (known === undefined) return []
      const history = { level: known, id, parent: '', values: none }
      return [
        {
          history,
          base: { ...own, base: none },
          amounts: none,
          edges: [none, none, none, none, none],
          fingerprint: '',
          starts,
        },
      ]
    }),
  )
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
const orNull = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value

type Row = {
  level: string
  id: string
  base: number[]
  amounts: number[]
  edges: number[][]
  together: number
  how: Base['how']
  method: string
  folds: number
  wape: number | null
  naive_wape: number | null
  mase: number | null
  naive_mase: number | null
  fingerprint: string
}

const sql = loadSql('./known-projections.sql', import.meta.url)
const parts = 8

/** Every row that stands, by level and id. Read in parts. */
export async function knownProjections(warehouse: Warehouse): Promise<Map<string, Known>> {
  const known = new Map<string, Known>()
  for (let part = 0; part < parts; part++) {
    for (const row of await warehouse.rows<Row>(sql, { parts, part }))
      known.set(`${row.level}\n${row.id}`, knownOf(row))
  }
  return known
}

function knownOf(row: Row): Known {
  const base = Float64Array.from(row.base)
  const amounts = Float64Array.from(row.amounts)
  // Edges were scaled with the amounts: back to where they were around the series' own forecast.
  const edges = row.edges.map(edge => scaled(Float64Array.from(edge), amounts, base))
  const backtest =
    row.folds === 0
      ? undefined
      : {
          folds: row.folds,
          horizon: 0,
          wape: row.wape ?? Number.NaN,
          naiveWape: row.naive_wape ?? Number.NaN,
          mase: row.mase ?? Number.NaN,
          naiveMase: row.naive_mase ?? Number.NaN,
        }
  const own = { base, edges, together: row.together, how: row.how, method: row.method, backtest }
  return { level: row.level, id: row.id, fingerprint: row.fingerprint, amounts, own }
}
