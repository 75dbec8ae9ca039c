import type { Warehouse } from '#shared/warehouse/warehouse.ts'

const prefix = 'replay_mirror_of_'

/** From here on each statement that writes to one of these tables writes the same to the one `beside` it. Statements that began before may not. */
export async function putMirrors(
  warehouse: Warehouse,
  tables: readonly string[],
  beside: (table: string) => string,
): Promise<void> {
  for (const table of tables)
    await warehouse.run(
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${prefix}${table} ${warehouse.layout.onCluster} TO ${beside(table)} AS SELECT * FROM ${table}`,
    )
}

export async function dropMirrors(warehouse: Warehouse, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    await warehouse.run(`DROP VIEW IF EXISTS ${prefix}${table} ${warehouse.layout.onCluster} SYNC`)
}

/** Whether any are there: those of a replay at work, or of one that was cut off. */
export async function haveMirrors(warehouse: Warehouse): Promise<boolean> {
  const found = await warehouse.rows(
    'SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, {prefix:String})',
    { prefix },
  )
  return found.length > 0
}
