import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import type { Config } from '#shared/config.ts'
import { DataAppError, messageOf, systemCodeOf } from '#shared/error.ts'
import { migrateSettings } from './migrate.ts'
import type { Settings } from './settings.ts'

/** Opens the settings database of this configuration and brings its tables up to date. The caller holds the lock of `DATAAPP_HOME`: two processes in one PGlite directory would corrupt it. */
export async function openSettings(config: Config): Promise<Settings> {
  const settings =
    config.DATAAPP_SETTINGS_URL === undefined
      ? await openEmbedded(join(config.DATAAPP_HOME, 'settings'))
      : openServer(config.DATAAPP_SETTINGS_URL)
  try {
    await migrateSettings(settings)
  } catch (error) {
    await settings.close()
    throw settingsError(error)
  }
  return settings
}

async function openEmbedded(directory: string): Promise<Settings> {
  const complete = `${directory}.complete`
  // A directory that a crash left half made is never opened: it counts only once it is marked.
  if (!existsSync(complete)) rmSync(directory, { recursive: true, force: true })
  mkdirSync(dirname(directory), { recursive: true })
  const asText = (text: string) => text
  // Only here, so that a machine with a server by URL needs no embedded Postgres.
  const { PGlite, types } = await import('@electric-sql/pglite')
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs')
  const database = await PGlite.create(directory, {
    parsers: { [types.INT8]: asText, [types.NUMERIC]: asText, [types.DATE]: asText },
    ...(existsSync(complete) ? {} : { loadDataDir: await dataDir() }),
  })
  await database.query('SELECT 1')
  writeFileSync(complete, '')
  return {
    kind: 'embedded',
    query: async <T>(sql: string, params: readonly unknown[] = []) => (await database.query<T>(sql, [...params])).rows,
    transaction: work =>
      database.transaction(transaction =>
        work(
          async <T>(sql: string, params: readonly unknown[] = []) =>
            (await transaction.query<T>(sql, [...params])).rows,
        ),
      ),
    ready: async () => {
      await database.query('SELECT 1')
    },
    close: () => database.close(),
  }
}

function openServer(url: string): Settings {
  const asText = (text: string) => text
  const custom = new Map<number, (text: string) => unknown>([
    [pg.types.builtins.INT8, asText],
    [pg.types.builtins.NUMERIC, asText],
    [pg.types.builtins.DATE, asText],
  ])
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        custom.get(oid) ?? pg.types.getTypeParser(oid, format ?? 'text'),
    },
  })
  // An idle connection that breaks is replaced by the pool; the statement that needs it says what is wrong.
  pool.on('error', () => {})
  return {
    kind: 'server',
    query: async <T>(sql: string, params: readonly unknown[] = []) => {
      try {
        const result = await pool.query(sql, [...params])
        const rows: T[] = result.rows
        return rows
      } catch (error) {
        throw settingsError(error)
      }
    },
    transaction: async work => {
      const connection = await pool.connect().catch(error => Promise.reject(settingsError(error)))
      // One that breaks between two statements says so by itself, and ends the process where nobody listens; the next statement fails as well.
      const heard = () => {}
      connection.on('error', heard)
      let broken = false
      try {
        await connection.query('BEGIN')
        const result = await work(async <T>(sql: string, params: readonly unknown[] = []) => {
          const rows: T[] = (await connection.query(sql, [...params])).rows
          return rows
        })
        await connection.query('COMMIT')
        return result
      } catch (error) {
        await connection.query('ROLLBACK').catch(() => {
          broken = true
        })
        throw settingsError(error)
      } finally {
        connection.off('error', heard)
        connection.release(broken)
      }
    },
    ready: async () => {
      await pool.query('SELECT 1').catch(error => Promise.reject(settingsError(error)))
    },
    close: () => pool.end(),
  }
}

/** The connection's failures, those of a server that is stopping, has crashed or is starting, and one that has no connection left. */
const away = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'ECONNRESET', 'EAI_AGAIN', 'EPIPE', 'EHOSTUNREACH'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08003', '08006'],
])
/** The client has no codes for these. */
const cutOff =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** A failure of the connection as a coded error; a failure of one of our statements stays unknown. The address is never shown: it holds the password. */
function settingsError(error: unknown): unknown {
  const code = systemCodeOf(error)
  const hint = 'Check DATAAPP_SETTINGS_URL (postgres://user:password@host:port/database).'
  if (away.has(code) || (code === '' && cutOff.test(messageOf(error)))) {
    return new DataAppError(
      'SETTINGS_UNREACHABLE',
      `The settings database does not answer (${code || messageOf(error)}).`,
      {
        hint,
        cause: error,
      },
    )
  }
  if (code === '25006' || code === '53100')
    return new DataAppError('SETTINGS_READ_ONLY', `The settings database takes nothing in: ${messageOf(error)}.`, {
      hint: 'Make room on its disk, or name the server that may be written to in DATAAPP_SETTINGS_URL.',
      cause: error,
    })
  if (['28P01', '28000', '3D000'].includes(code))
    return new DataAppError('SETTINGS_UNAUTHORIZED', `The settings database refused the connection (${code}).`, {
      hint,
      cause: error,
    })
  if (code === '42501')
    return new DataAppError('SETTINGS_FORBIDDEN', `The settings account lacks a permission: ${messageOf(error)}.`, {
      hint: 'It must own its schema.',
      cause: error,
    })
  return error
}
