import type { Warehouse } from '#shared/warehouse/warehouse.ts'

export type Computed = 'cross-sell' | 'projections'

/** The data that this was computed from last, as its fingerprint; undefined when it never was. */
export async function lastFingerprint(warehouse: Warehouse, name: Computed): Promise<string | undefined> {
  const [row] = await warehouse.rows<{ fingerprint: string }>(
    'SELECT fingerprint FROM insight_runs FINAL WHERE name = {name:String}',
    { name },
  )
  return row?.fingerprint
}

/** Names the run that readers take from now on. Said last of all: what is cut off before it was never computed. `run` is in milliseconds since 1970. */
export async function nameRun(warehouse: Warehouse, name: Computed, run: number, fingerprint: string): Promise<void> {
  const computedAt = new Date(run).toISOString().slice(0, 19).replace('T', ' ')
  await warehouse.insert(
    'insight_runs',
    ['name', 'run', 'fingerprint', 'computed_at', 'version'],
    [[name, run, fingerprint, computedAt, run]],
  )
}
