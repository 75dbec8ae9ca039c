import type { ClickHouseClient } from '@clickhouse/client'
import type { Layout } from './layout.ts'
import type { NativeBlock } from './native.ts'

/** ClickHouse, whichever: the embedded engine's child process or a server by URL. Queries go through `@clickhouse/client` in both cases. */
export interface Warehouse {
  readonly kind: 'embedded' | 'server'
  readonly client: ClickHouseClient
  readonly database: string
  /** How tables are made and changed here: on one server or on a cluster. */
  readonly layout: Layout
  /** Rows of one query as objects. Decimals and 64-bit integers come as strings. `params` are bound by the engine as `{name:Type}`. */
  rows<T>(sql: string, params?: Record<string, unknown>, settings?: Record<string, string | number>): Promise<T[]>
  /** Runs a statement that returns nothing. Resolves when the warehouse has acknowledged it. */
  run(sql: string, params?: Record<string, unknown>, settings?: Record<string, string | number>): Promise<void>
  /** As `run` for a statement whose rows must not be there twice: one that is cut off rejects instead of being sent again, and some of its rows may be there. */
  runOnce(sql: string, params?: Record<string, unknown>, settings?: Record<string, string | number>): Promise<void>
  /** Inserts rows given as positional JSON arrays in the order of `columns`. Resolves when acknowledged. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>
  /** Inserts one block of `native.ts`, whose columns bear the table's names in the table's order. Resolves when acknowledged. */
  insertBlock(table: string, block: NativeBlock): Promise<void>
  /** Rows of one query as a Parquet file. */
  parquet(sql: string, params: Record<string, unknown>): Promise<Buffer>
  /** Inserts a Parquet file whose columns bear the table's names. */
  insertParquet(table: string, file: Buffer): Promise<void>
  /** Resolves when the warehouse answers; rejects with a coded error that says why not. */
  ready(): Promise<void>
  close(): Promise<void>
}
