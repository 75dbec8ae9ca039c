import { readdirSync, readFileSync } from 'node:fs'
import type { Warehouse } from './warehouse.ts'

const directory = new URL('./migrations/', import.meta.url)

/** A table built again may span more months than one insert usually does. */
const copying = { max_partitions_per_insert_block: 0 } as const

export type Placement = { database: string; cluster: string | undefined }

/** Runs the numbered migrations that this warehouse has not had, in order. Statements are written so that a migration cut off in the middle can run again. */
export async function migrate(warehouse: Warehouse, placement: Placement): Promise<void> {
  const onCluster = placement.cluster === undefined ? '' : ` ON CLUSTER '${placement.cluster}'`
  const name = (table: string) => `${placement.database}.${table}`
  await warehouse.run(`CREATE DATABASE IF NOT EXISTS ${placement.database}${onCluster}`)
  await warehouse.run(
    `CREATE TABLE IF NOT EXISTS ${name('migrations')}${onCluster} (name String, at DateTime DEFAULT now()) ENGINE = ${replacing('at', placement)} ORDER BY name`,
  )
  const had = new Set(
    (await warehouse.rows<{ name: string }>(`SELECT name FROM ${name('migrations')}`)).map(row => row.name),
  )
  for (const file of readdirSync(directory)
    .filter(entry => entry.endsWith('.sql'))
    .sort()) {
    if (had.has(file)) continue
    for (const statement of statements(readFileSync(new URL(file, directory), 'utf8'), placement))
      await warehouse.run(statement, {}, copying)
    await warehouse.run(`INSERT INTO ${name('migrations')} (name) SELECT {file:String}`, { file })
  }
}

/** The statements of one migration for one engine, one server or a cluster: `{{cluster}}` and `{{replacing:columns}}` are filled in. */
export function statements(text: string, placement: Placement): string[] {
  return text
    .replace(/--[^\n]*/g, '')
    .replaceAll('{{cluster}}', placement.cluster === undefined ? '' : `ON CLUSTER '${placement.cluster}'`)
    .replace(/\{\{replacing:([^}]*)\}\}/g, (_, columns: string) => replacing(columns, placement))
    .split(/;\s*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement !== '')
}

function replacing(columns: string, placement: Placement): string {
  if (placement.cluster === undefined) return `ReplacingMergeTree(${columns})`
  return `ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', ${columns})`
}
