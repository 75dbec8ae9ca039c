import { type Lake, openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import { withLease } from '#shared/settings/lease.ts'
import { loadSql } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

const sql = {
  behind: loadSql('./behind.sql', import.meta.url),
  cleaned: loadSql('./cleaned.sql', import.meta.url),
  raw: loadSql('./raw.sql', import.meta.url),
}

/**
 * `archive`, by one process at a time: of two at once the slower could put an older state of a file in the place of a newer one, or an emptied one in the place
 * of a raw one.
 */
export function archiveAlone(
  { warehouse, settings, config }: Pick<Parts, 'warehouse' | 'settings' | 'config'>,
  signal: AbortSignal,
): Promise<Archived> {
  return withLease(settings, 'lake archive', signal, ({ renew }) => archive(warehouse, openLake(config), signal, renew))
}

/** Tables that the lake holds whole, as they stand; people's fields are sealed in them. */
export const dimensionTables = ['products', 'stores', 'sellers', 'customers', 'targets'] as const

export type Archived = { cleaned: number; raw: number; bytes: number }

/** `cleaned/month=2024-05/store=12/lines.parquet`: partitioned as DuckDB, Spark and pandas read it. */
export const partitionOf = (kind: 'raw' | 'cleaned', month: string, store: string): string =>
  `${kind}/month=${month.slice(0, 7)}/store=${encodeURIComponent(store)}`

/** The month of the partition that a file is in, `YYYY-MM`; undefined where it is in none. */
export const monthIn = (path: string): string | undefined => /month=(\d{4}-\d{2})\//.exec(path)?.[1]

/**
 * Brings the lake up to date: what changed of the cleaned history is written anew per store and month, what arrived is added to the raw history. Doing it
 * again writes the same files; a crash in between leaves work for the next time.
 */
export async function archive(
  warehouse: Warehouse,
  lake: Lake,
  signal: AbortSignal,
  beforeWriting: () => Promise<void> = async () => {},
): Promise<Archived> {
  const done: Archived = { cleaned: 0, raw: 0, bytes: 0 }
  const put = async (path: string, body: Buffer) => {
    await beforeWriting()
    await lake.put(path, body)
    done.bytes += body.length
  }
  for (const { store, month, version } of await warehouse.rows<{ store: string; month: string; version: string }>(
    sql.behind,
  )) {
    if (signal.aborted) return done
    await put(
      `${partitionOf('cleaned', month, store)}/lines.parquet`,
      await warehouse.parquet(sql.cleaned, { store, month }),
    )
    await warehouse.insert('lake_parts', ['store', 'month', 'version', 'lines'], [[store, month, version, 0]])
    done.cleaned++
  }
  for (const table of dimensionTables) {
    if (signal.aborted) return done
    await put(`cleaned/${table}/${table}.parquet`, await warehouse.parquet(`SELECT * FROM ${table} FINAL`, {}))
  }
  // A span is archived when it is over for good: messages of a batch in hand may still be written to the one before.
  for (const { span } of await warehouse.rows<{ span: string }>(
    `SELECT DISTINCT toString(toStartOfTenMinutes(arrived)) AS span FROM raw_sales WHERE arrived < toStartOfTenMinutes(now()) - INTERVAL 10 MINUTE ORDER BY span`,
  ))
    done.raw += await archiveSpan(warehouse, span, signal, put)
  return done
}

async function archiveSpan(
  warehouse: Warehouse,
  span: string,
  signal: AbortSignal,
  put: (path: string, body: Buffer) => Promise<void>,
): Promise<number> {
  const parts = await warehouse.rows<{ store: string; month: string }>(
    "SELECT DISTINCT store, month FROM raw_sales WHERE toStartOfTenMinutes(arrived) = {span:DateTime('UTC')} ORDER BY month, store",
    { span },
  )
  const name = span.replace(/[^\d]/g, '')
  for (const { store, month } of parts) {
    if (signal.aborted) return 0
    await put(
      `${partitionOf('raw', month, store)}/${name}.parquet`,
      await warehouse.parquet(sql.raw, { span, store, month }),
    )
  }
  await warehouse.run(warehouse.layout.dropPartition('raw_sales', `'${span}'`))
  return parts.length
}
