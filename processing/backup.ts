import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { consumerGroups, topics } from '#shared/agreement.ts'
import { keysLease } from '#shared/crypto/rotate.ts'
import { everyDay } from '#shared/day.ts'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import { openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import { withLease } from '#shared/settings/lease.ts'
import { keepFiles, putInPlace } from './backup-files.ts'
import { archiveAlone, dimensionTables } from './lake/archive.ts'
import { replay } from './lake/replay.ts'

const noteSchema = z.object({ v: z.literal(1), tables: z.array(z.string()) })
const foreignKey = '23503'
const always = new AbortController().signal
const sumTables = ['dropped_months', 'store_days', 'seller_days', 'product_days'] as const

export type Backup = { directory: string; tables: number; files: number; bytes: number }

/**
 * A backup while everything runs: what people wrote beside the settings, the settings database as one moment saw it, then the lake once processing has loaded what the ledger of that moment says was
 * read. Restored, nothing that the ledger counts is missing; what came later is read again, which changes nothing.
 */
export async function backup(parts: Parts, directory: string): Promise<Backup> {
  if (existsSync(directory) && (await readdir(directory)).length > 0)
    throw new DataAppError('BACKUP_EXISTS', `${directory} is not empty.`, {
      hint: 'Name a new directory for each backup.',
    })
  await mkdir(join(directory, 'settings'), { recursive: true, mode: 0o700 })
  // Not while keys are being renewed: a key ring of another moment doesn't open what the settings hold.
  const tables = await withLease(parts.settings, keysLease, always, async () => {
    const ring = join(parts.config.DATAAPP_HOME, 'keys.json')
    if (existsSync(ring)) await copyFile(ring, join(directory, 'keys.json'))
    return dumpSettings(parts, join(directory, 'settings'))
  })
  await keepFiles(parts.config, directory)
  while ((await parts.bus.lag(topics.sales, consumerGroups.sales)) > 0) await sleep(100)
  const lake = openLake(parts.config)
  await archiveAlone(parts, always)
  let bytes = 0
  const files = await lake.list('')
  for (const { path } of files) {
    const body = await lake.get(path)
    const target = join(directory, 'lake', path)
    await mkdir(join(target, '..'), { recursive: true, mode: 0o700 })
    await writeFile(target, body, { mode: 0o600 })
    bytes += body.length
  }
  for (const [table, body] of await heldSums(parts)) {
    await mkdir(join(directory, 'sums'), { recursive: true, mode: 0o700 })
    await writeFile(join(directory, 'sums', `${table}.parquet`), body, { mode: 0o600 })
    bytes += body.length
  }
  await writeFile(join(directory, 'backup.json'), JSON.stringify({ v: 1, at: new Date().toISOString(), tables }))
  return { directory, tables: tables.length, files: files.length, bytes }
}

/** Brings a backup into an installation without data. The key ring must have been put in place before the parts were opened. */
export async function restore(parts: Parts, directory: string): Promise<{ files: number; lines: number }> {
  const [row] = await parts.warehouse.rows<{ lines: string }>('SELECT count() AS lines FROM sale_lines')
  if (row?.lines !== '0')
    throw new DataAppError('RESTORE_NOT_EMPTY', 'This installation has sales already.', {
      hint: 'Restore into a new DATAAPP_HOME (or an empty warehouse).',
    })
  const { tables } = noteSchema.parse(JSON.parse(await readFile(join(directory, 'backup.json'), 'utf8')))
  await putInPlace(parts.config, directory)
  await fillSettings(parts, tables, join(directory, 'settings'))
  const lake = openLake(parts.config)
  const held = openLake({ ...parts.config, DATAAPP_LAKE_URL: join(directory, 'lake') })
  const files = await held.list('')
  for (const { path } of files) await lake.put(path, await held.get(path))
  for (const table of dimensionTables) {
    if (files.some(file => file.path === `cleaned/${table}/${table}.parquet`))
      await parts.warehouse.insertParquet(table, await lake.get(`cleaned/${table}/${table}.parquet`))
  }
  for (const table of sumTables) {
    const file = join(directory, 'sums', `${table}.parquet`)
    if (existsSync(file)) await parts.warehouse.insertParquet(table, await readFile(file))
  }
  const replayed = await replay(parts.warehouse, lake, everyDay.from, everyDay.to)
  return { files: files.length, lines: replayed.lines }
}

/** The sums of months whose lines are no longer kept, which nothing could bring back, and which months these are. */
async function heldSums({ warehouse }: Parts): Promise<[table: string, parquet: Buffer][]> {
  const [dropped] = await warehouse.rows('SELECT 1 FROM dropped_months LIMIT 1')
  if (dropped === undefined) return []
  const held = (table: (typeof sumTables)[number]) =>
    table === 'dropped_months' ? '' : 'WHERE toStartOfMonth(day) IN (SELECT month FROM dropped_months)'
  return Promise.all(
    sumTables.map(
      async (table): Promise<[string, Buffer]> => [
        table,
        await warehouse.parquet(`SELECT * FROM ${table} FINAL ${held(table)}`, {}),
      ],
    ),
  )
}

async function dumpSettings({ settings }: Parts, directory: string): Promise<string[]> {
  return settings.transaction(async query => {
    await query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    const tables = await query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name NOT IN ('migrations', 'leases') ORDER BY 1",
    )
    for (const { name } of tables) {
      const rows = await query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM "${name}" AS t`)
      await writeFile(join(directory, `${name}.json`), `[${rows.map(({ row }) => row).join(',\n')}]`, { mode: 0o600 })
    }
    return tables.map(({ name }) => name)
  })
}

/** Fills tables in whatever order their references allow: one that points at rows not there yet waits for the others. */
async function fillSettings({ settings }: Parts, tables: readonly string[], directory: string): Promise<void> {
  let left = [...tables]
  while (left.length > 0) {
    const waiting: string[] = []
    for (const table of left) {
      try {
        await settings.transaction(async query => {
          await query(`DELETE FROM "${table}"`)
          await query(
            `INSERT INTO "${table}" OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::"${table}", $1::jsonb)`,
            [await readFile(join(directory, `${table}.json`), 'utf8')],
          )
          const columns = await query<{ name: string }>(
            "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND (is_identity = 'YES' OR column_default LIKE 'nextval(%')",
            [table],
          )
          for (const { name } of columns)
            await query(
              `SELECT setval(pg_get_serial_sequence('"${table}"', '${name}'), (SELECT coalesce(max("${name}"), 0) + 1 FROM "${table}"), false)`,
            )
        })
      } catch (error) {
        if (systemCodeOf(error) !== foreignKey || left.length === 1) throw error
        waiting.push(table)
      }
    }
    if (waiting.length === left.length)
      throw new DataAppError(
        'RESTORE_STUCK',
        `These tables point at rows that the backup lacks: ${waiting.join(', ')}.`,
      )
    left = waiting
  }
}
