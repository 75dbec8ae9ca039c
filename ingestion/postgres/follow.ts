import { DataAppError } from '#shared/error.ts'
import { pause } from '#shared/pause.ts'
import { fill, loadSql } from '#shared/sql.ts'
import type { Intaking } from '../ingest.ts'
import { takeIn } from '../intake.ts'
import { rowMapper } from '../map/rows.ts'
import { wantedColumns } from '../map/wanted.ts'
import type { Source } from '../source/schema.ts'
import { noTotals, sumTotals, type Totals } from '../totals.ts'
import { cursorIds, openDatabase, readPage, rowsWithoutCursor } from './table.ts'

const endPage = fill(loadSql('../queries/end-page.sql', import.meta.url), {
  countArrivals: fill(loadSql('../queries/count-arrivals.sql', import.meta.url), {
    counts:
      "(SELECT $1::text, ($3::jsonb->>'accepted')::bigint, ($3::jsonb->>'rejected')::bigint, ($3::jsonb->>'duplicates')::bigint)",
  }),
})

type From = NonNullable<NonNullable<Source['from']>['postgres']>

/**
 * Reads what is new in a table: rows whose cursor is behind the last one read. The position moves only when the bus has acknowledged the page, so that a crash reads
 * it again and the same lines replace themselves. Where the source names no line column, the cursor's value identifies the line.
 */
export async function readTable(parts: Intaking, source: Source, from: From, signal: AbortSignal): Promise<Totals> {
  const { config, settings, bus, log } = parts
  const client = await openDatabase(from.urlEnv)
  const done: Totals[] = []
  const warnOfUnreadable = async () => {
    const rows = await rowsWithoutCursor(client, from)
    if (rows === 0 || told.get(source) === rows) return
    told.set(source, rows)
    const { table, cursor } = from
    log.warn({ source: source.name, table, cursor, rows }, 'rows without a cursor value are not read')
  }
  try {
    // A position says nothing about another table or column. One without a place is older than this question.
    const place = `${from.table} ${from.cursor}`
    const [known] = await settings.query<{ position: string }>(
      "SELECT position FROM table_cursors WHERE source = $1 AND place IN ($2, '')",
      [source.name, place],
    )
    let position = known?.position
    while (!signal.aborted) {
      const page = await readPage(client, from, position, wantedColumns(source), source.numbers.decimal)
      if (page.position === undefined) break
      const version = Date.now() * 1000
      const ids = cursorIds(page.rows, page.columns.indexOf(from.cursor))
      async function* once() {
        yield page.rows
      }
      const totals = await takeIn(
        { columns: page.columns, rows: once() },
        rowMapper(source, page.columns, [], config, version),
        {
          bus,
          log,
          source: asTable(source),
          file: `${from.table}@${page.position}`,
          version,
          rowsDone: 0,
          lineOf: row => ids.get(row) ?? '',
          rejectedShareLimit: config.DATAAPP_REJECTED_SHARE_LIMIT,
          isProven: position !== undefined,
          checkpoint: async () => {},
          onProgress: () => {},
          signal,
        },
      )
      position = page.position
      await settings.query(endPage, [source.name, position, JSON.stringify(totals), place, config.DATAAPP_TIME_ZONE])
      done.push(totals)
    }
    if (!signal.aborted) await warnOfUnreadable()
  } finally {
    await client.end()
  }
  return done.length === 0 ? noTotals : sumTotals(done)
}

/** How many unreadable rows of a source were told last: once for each change. */
const told = new WeakMap<Source, number>()

/** Each row counts, and a sale's lines come as they are written: no page is known to have all of them. */
function asTable(source: Source): Source {
  const { sale } = source
  return { ...source, duplicates: 'none', ...(sale === undefined ? {} : { sale: { ...sale, extent: 'lines' } }) }
}

/** Follows the tables of all sources that name one. */
export function followTables(
  sources: readonly Source[],
  parts: Intaking,
  report: (file: string, source: Source, totals: Totals) => void,
): { stop: () => Promise<void>; failed: Promise<never> } {
  const stopped = new AbortController()
  const follow = async (source: Source, from: From) => {
    while (!stopped.signal.aborted) {
      try {
        const totals = await readTable(parts, source, from, stopped.signal)
        if (totals.rows > 0) report(from.table, source, totals)
      } catch (error) {
        if (!(error instanceof DataAppError)) throw error
        parts.log.error({ code: error.code, source: source.name, hint: error.hint }, error.message)
      }
      await pause(from.everySeconds * 1000, stopped.signal)
    }
  }
  const loops = sources.flatMap(source =>
    source.from?.postgres === undefined ? [] : [follow(source, source.from.postgres)],
  )
  const failed = new Promise<never>((_, fail) => {
    for (const loop of loops) loop.catch(fail)
  })
  failed.catch(() => {})
  return {
    failed,
    async stop() {
      stopped.abort()
      await Promise.allSettled(loops)
    },
  }
}
