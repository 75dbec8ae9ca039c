import pg from 'pg'
import { DataAppError, messageOf, systemCodeOf } from '#shared/error.ts'
import { ownOf } from '#shared/own.ts'
import type { Row } from '../decode/row.ts'
import { requireColumns, typedText } from '../decode/typed.ts'

/** A table or view that can be read, as `dataapp source tables` lists it. */
export type ReadableTable = { table: string; kind: 'table' | 'view'; columns: string[] }

/** Opens a Postgres or Supabase database whose URL is in the environment variable `urlEnv`: URLs hold passwords, source files don't. */
export async function openDatabase(urlEnv: string): Promise<pg.Client> {
  const url = process.env[urlEnv]
  if (url === undefined || url === '')
    throw new DataAppError(
      'POSTGRES_NO_URL',
      `The environment variable ${urlEnv} with the database's URL is not set.`,
      {
        hint: `${urlEnv}=postgresql://user:password@host:5432/database`,
      },
    )
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser: () => (text: string) => text },
  })
  // A connection that ends between two questions is told here, and by the next question: unheard, it would end this process.
  client.on('error', () => {})
  try {
    await client.connect()
    // A database may have its own way to write days; read is ISO 8601.
    await client.query("SET datestyle TO 'ISO'")
  } catch (error) {
    await client.end().catch(() => {})
    throw databaseError(urlEnv, error)
  }
  return client
}

/** What this user may read. */
export async function readableTables(client: pg.Client): Promise<ReadableTable[]> {
  const { rows } = await client.query<{ table: string; kind: string; columns: string }>(`
    SELECT c.table_schema || '.' || c.table_name AS table,
           CASE t.table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END AS kind,
           json_agg(c.column_name ORDER BY c.ordinal_position)::text AS columns
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema NOT IN ('pg_catalog', 'information_schema')
      AND has_table_privilege(quote_ident(c.table_schema) || '.' || quote_ident(c.table_name), 'SELECT')
    GROUP BY 1, 2 ORDER BY 1`)
  return rows.map(({ table, kind, columns }) => ({
    table,
    kind: kind === 'view' ? 'view' : 'table',
    columns: stringsOf(columns),
  }))
}

/** A page of rows behind a position of the cursor column, in its order. `position` is that of the last row. */
export type Page = { columns: string[]; rows: Row[]; position: string | undefined }

export async function readPage(
  client: pg.Client,
  from: { table: string; cursor: string; urlEnv: string; settleSeconds?: number | undefined },
  after: string | undefined,
  wanted: readonly string[],
  decimal: string,
): Promise<Page> {
  const { table, cursor } = escaped(from)
  const result = await client
    .query<Record<string, string | null>>(
      `SELECT * FROM ${table} WHERE ${cursor} ${after === undefined ? 'IS NOT NULL' : '> $1'} ${settled(from)} ORDER BY ${cursor} LIMIT ${pageRows}`,
      after === undefined ? [] : [after],
    )
    .catch((error: unknown) => {
      throw databaseError(from.urlEnv, error, from.table)
    })
  const columns = result.fields.map(field => field.name)
  requireColumns(from.table, columns, [...wanted, from.cursor])
  const records = wholeTies(result.rows, from)
  const rows = records.map((record, i): Row => {
    const fields = columns.map((column, at) =>
      cellText(ownOf(record, column) ?? '', result.fields[at]?.dataTypeID ?? 0, decimal),
    )
    return { line: i + 1, fields, raw: JSON.stringify(record) }
  })
  return { columns, rows, position: records.at(-1)?.[from.cursor] ?? undefined }
}

/** A transaction that ends late brings rows with times behind which the position would stand already. */
function settled({ cursor, settleSeconds }: { cursor: string; settleSeconds?: number | undefined }): string {
  if (settleSeconds === undefined) return ''
  return `AND ${pg.escapeIdentifier(cursor)} <= now() - interval '${settleSeconds} seconds'`
}

/** How many rows have no cursor value: no position lies before or behind them, so no page has them. */
export async function rowsWithoutCursor(
  client: pg.Client,
  from: { table: string; cursor: string; urlEnv: string },
): Promise<number> {
  const { table, cursor } = escaped(from)
  const { rows } = await client
    .query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table} WHERE ${cursor} IS NULL`)
    .catch((error: unknown) => {
      throw databaseError(from.urlEnv, error, from.table)
    })
  return Number(rows[0]?.rows ?? 0)
}

function escaped({ table, cursor }: { table: string; cursor: string }): { table: string; cursor: string } {
  return { table: table.split('.').map(pg.escapeIdentifier).join('.'), cursor: pg.escapeIdentifier(cursor) }
}

type Stored = Record<string, string | null>

/** A full page without the rows that share its last cursor value: their fellows may be on the next page, and a position can't stand between them. */
function wholeTies(
  records: readonly Stored[],
  { table, cursor }: { table: string; cursor: string },
): readonly Stored[] {
  if (records.length < pageRows) return records
  const last = records.at(-1)?.[cursor]
  const whole = records.filter(record => record[cursor] !== last)
  if (whole.length === 0)
    throw new DataAppError(
      'POSTGRES_CURSOR_STUCK',
      `More than ${pageRows} rows of ${table} share one value of "${cursor}".`,
      {
        hint: 'Choose a column that tells rows apart better: an ascending key, or the time of the last change.',
      },
    )
  return whole
}

/** What identifies a row by its cursor: the value, with a number when several rows share it. The database gives those in any order, so their content numbers them. */
export function cursorIds(rows: readonly Row[], at: number): Map<Row, string> {
  const counts = new Map<string, number>()
  return new Map(
    rows.toSorted(byRaw).map(row => {
      const value = row.fields[at] ?? ''
      const count = (counts.get(value) ?? 0) + 1
      counts.set(value, count)
      return [row, count === 1 ? value : `${value} (${count})`]
    }),
  )
}

function byRaw(a: Row, b: Row): number {
  return a.raw < b.raw ? -1 : Number(a.raw > b.raw)
}

const pageRows = 5_000
const numericTypes = new Set([20, 21, 23, 700, 701, 790, 1700])

/** Numbers with the source's decimal sign; moments as Postgres writes them, which is ISO 8601. */
function cellText(text: string, type: number, decimal: string): string {
  return numericTypes.has(type) ? typedText(text, decimal).replace('.', decimal) : text
}

function stringsOf(json: string): string[] {
  const parsed: unknown = JSON.parse(json)
  return Array.isArray(parsed) ? parsed.map(String) : []
}

function databaseError(urlEnv: string, error: unknown, table = ''): DataAppError {
  const code = systemCodeOf(error)
  const [ours, what, hint]: [Uppercase<string>, string, string] =
    code === '28P01' || code === '28000'
      ? ['POSTGRES_UNAUTHORIZED', 'The database refuses user or password', `Correct the URL in ${urlEnv}.`]
      : code === '42501'
        ? [
            'POSTGRES_FORBIDDEN',
            `This user may not read ${table}`,
            `GRANT SELECT ON ${table} TO the user of ${urlEnv}; \`dataapp source tables\` lists what can be read.`,
          ]
        : code === '42P01'
          ? ['POSTGRES_NO_TABLE', `There is no table ${table}`, '`dataapp source tables` lists what can be read.']
          : code === '42703'
            ? [
                'POSTGRES_NO_COLUMN',
                `The table ${table} lacks a column: ${messageOf(error)}`,
                'Is `from.postgres.cursor` right?',
              ]
            : code === '42883'
              ? [
                  'POSTGRES_WRONG_CURSOR',
                  `The cursor of ${table} is no time: ${messageOf(error)}`,
                  '`settleSeconds` is for cursors that are times.',
                ]
              : [
                  'POSTGRES_UNREACHABLE',
                  `The database of ${urlEnv} can't be read: ${messageOf(error)}`,
                  'Is it running, and does the network reach it?',
                ]
  return new DataAppError(ours, `${what}.`, { hint, cause: error })
}
