/** Where tables lie: a database on one engine or server, or on every node of a cluster. */
export type Placement = { database: string; cluster: string | undefined }

/**
 * How one table is made and changed, on one server or on a cluster, from one source. On a cluster a table that is sharded by store is two: `sale_lines_here` holds
 * the node's own rows, replicated within its shard, and `sale_lines` is the `Distributed` table over all of them. Every other table is replicated to all nodes.
 */
export type Layout = {
  /** `ENGINE` of a table of which the latest row of a key counts. */
  replacing(columns: string): string
  /** The statements that make a sharded table from the one written in a migration. */
  sharded(statement: string, by: string): string[]
  /** The statements that a statement of a migration stands for here: tables that change or go are those that hold the rows. */
  translate(statement: string): string[]
  /** `ON CLUSTER …`, or nothing. */
  readonly onCluster: string
  /** The table that holds rows: whose parts, partitions and identity count. */
  holder(table: string): string
  /** Statements that make a table like another, empty. */
  like(next: string, table: string): string[]
  exchange(one: string, other: string): string
  drop(table: string): string[]
  dropPartition(table: string, partition: string): string
  truncate(table: string): string
  /** A system table of all nodes. */
  everywhere(table: string): string
}

/** Tables that are sharded by store; a migration marks them with `{{sharded:columns}}`. */
const sharded = new Set([
  'sale_lines',
  'sale_days',
  'store_days',
  'seller_days',
  'product_days',
  'product_months',
  'product_sales',
  'raw_sales',
])
const isSharded = (table: string): boolean => sharded.has(table.replace(/_(replay|next)$/, ''))

export function layoutOf({ database, cluster }: Placement): Layout {
  return cluster === undefined ? single : clustered(database, cluster)
}

const single: Layout = {
  replacing: columns => `ReplacingMergeTree(${columns})`,
  sharded: statement => [statement],
  translate: statement => [statement],
  onCluster: '',
  holder: table => table,
  like: (next, table) => [`CREATE TABLE ${next} AS ${table}`],
  exchange: (one, other) => `EXCHANGE TABLES ${one} AND ${other}`,
  drop: table => [`DROP TABLE IF EXISTS ${table} SYNC`],
  dropPartition: (table, partition) => `ALTER TABLE ${table} DROP PARTITION ${partition}`,
  truncate: table => `TRUNCATE TABLE ${table}`,
  everywhere: table => table,
}

function clustered(database: string, cluster: string): Layout {
  const onCluster = `ON CLUSTER '${cluster}'`
  const holder = (table: string) => (isSharded(table) ? `${table}_here` : table)
  // The identity of a table in its path, not its name: tables change names when a replay puts new ones in place.
  const withinShard = "'/clickhouse/tables/{shard}/{uuid}', '{replica}'"
  const everywhere = "'/clickhouse/tables/all/{uuid}', '{shard}-{replica}'"
  const distributed = (table: string) =>
    `CREATE TABLE IF NOT EXISTS ${table} ${onCluster} AS ${table}_here ENGINE = Distributed('${cluster}', '${database}', '${table}_here', cityHash64(store))`
  const exchange = (one: string, other: string) => `EXCHANGE TABLES ${holder(one)} AND ${holder(other)} ${onCluster}`
  const drop = (table: string) =>
    [...new Set([table, holder(table)])].map(name => `DROP TABLE IF EXISTS ${name} ${onCluster} SYNC`)
  return {
    replacing: columns => `ReplicatedReplacingMergeTree(${everywhere}, ${columns})`,
    sharded: (statement, columns) => {
      const table = /CREATE TABLE (?:IF NOT EXISTS )?(\w+)/.exec(statement)?.[1] ?? ''
      const here = statement
        .replace(/CREATE TABLE (IF NOT EXISTS )?\w+/, `CREATE TABLE IF NOT EXISTS ${table}_here`)
        .replace(/\{\{sharded:[^}]*\}\}/, `ReplicatedReplacingMergeTree(${withinShard}, ${columns})`)
      return [here, distributed(table)]
    },
    translate: statement => {
      const [, one, other] = /^EXCHANGE TABLES (\w+) AND (\w+)/.exec(statement) ?? []
      if (one !== undefined && other !== undefined) return [exchange(one, other)]
      const [, altered] = /^ALTER TABLE (\w+)/.exec(statement) ?? []
      if (altered !== undefined) return [statement.replace(altered, holder(altered))]
      const [, gone] = /^DROP TABLE (?:IF EXISTS )?(\w+)/.exec(statement) ?? []
      return gone === undefined ? [statement] : drop(gone)
    },
    onCluster,
    holder,
    like: (next, table) =>
      isSharded(table)
        ? [`CREATE TABLE ${next}_here ${onCluster} AS ${table}_here`, distributed(next)]
        : [`CREATE TABLE ${next} ${onCluster} AS ${table}`],
    exchange,
    drop,
    dropPartition: (table, partition) => `ALTER TABLE ${holder(table)} ${onCluster} DROP PARTITION ${partition}`,
    truncate: table => `TRUNCATE TABLE ${holder(table)} ${onCluster}`,
    everywhere: table => `clusterAllReplicas('${cluster}', ${table})`,
  }
}

/** What a connection to a cluster must ask for, so that whoever reads sees what was acknowledged before, on whichever replica. */
export const clusterSettings = {
  distributed_foreground_insert: 1,
  distributed_product_mode: 'local',
  // Newer servers write what one Distributed table selects of another on each node by itself, past the views of both, which a replay needs (`processing/lake/mirrors.ts`).
  parallel_distributed_insert_select: '0',
  insert_quorum: 'auto',
  insert_quorum_parallel: 0,
  select_sequential_consistency: '1',
  alter_sync: '2',
  mutations_sync: '2',
} as const
