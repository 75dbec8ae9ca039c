import { readdirSync, readFileSync } from 'node:fs'
import { layoutOf, type Placement } from './layout.ts'
import type { Warehouse } from './warehouse.ts'

const directory = new URL('./migrations/', import.meta.url)

/** A table built again may span more months than one insert usually does. */
const copying = { max_partitions_per_insert_block: 0 } as const

/** The numbered migrations, in order. */
export function migrations(): { file: string; text: string }[] {
  return readdirSync(directory)
    .filter(entry => entry.endsWith('.sql'))
    .sort()
    .map(file => ({ file, text: readFileSync(new URL(file, directory), 'utf8') }))
}

/** Does work that one process at a time may do, of all that share a warehouse. `renew` before each step says, by rejecting, that another has taken over. */
export type Alone = (work: (renew: () => Promise<void>) => Promise<void>) => Promise<void>

/**
 * Runs the numbered migrations that this warehouse has not had, in order. Statements are written so that a migration cut off in the middle can run again, but not so that two
 * run at once: one that changes the places of two tables would lose what another is still copying.
 */
export async function migrate(warehouse: Warehouse, placement: Placement, alone: Alone): Promise<void> {
  const { onCluster, replacing } = layoutOf(placement)
  const name = (table: string) => `${placement.database}.${table}`
  await warehouse.run(`CREATE DATABASE IF NOT EXISTS ${placement.database} ${onCluster}`)
  await warehouse.run(
    `CREATE TABLE IF NOT EXISTS ${name('migrations')} ${onCluster} (name String, at DateTime DEFAULT now()) ENGINE = ${replacing('at')} ORDER BY name`,
  )
  const missing = async () => {
    const had = await warehouse.rows<{ name: string }>(`SELECT name FROM ${name('migrations')}`)
    const names = new Set(had.map(row => row.name))
    return migrations().filter(({ file }) => !names.has(file))
  }
  if ((await missing()).length === 0) return
  await alone(async renew => {
    for (const { file, text } of await missing()) {
      for (const statement of statements(text, placement)) {
        await renew()
        await warehouse.run(statement, {}, copying)
      }
      await warehouse.run(`INSERT INTO ${name('migrations')} (name) SELECT {file:String}`, { file })
    }
  })
}

/** The statements of one migration for one engine, one server or a cluster: `{{cluster}}`, `{{replacing:columns}}` and `{{sharded:columns}}` are filled in. */
export function statements(text: string, placement: Placement): string[] {
  const { onCluster, replacing, sharded, translate } = layoutOf(placement)
  return text
    .replace(/--[^\n]*/g, '')
    .replaceAll('{{cluster}}', onCluster)
    .replace(/\{\{replacing:([^}]*)\}\}/g, (_, columns: string) => replacing(columns))
    .split(/;\s*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement !== '')
    .flatMap(statement => {
      const columns = /\{\{sharded:([^}]*)\}\}/.exec(statement)?.[1]
      if (columns === undefined) return translate(statement)
      return sharded(statement, columns).map(one => one.replace(/\{\{sharded:[^}]*\}\}/, replacing(columns)))
    })
}
