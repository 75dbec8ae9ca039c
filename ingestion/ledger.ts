import type { Settings } from '#shared/settings/settings.ts'
import { loadSql } from '#shared/sql.ts'
import type { Totals } from './totals.ts'

const beginFile = loadSql('./queries/begin-file.sql', import.meta.url)
const checkpointFile = loadSql('./queries/checkpoint-file.sql', import.meta.url)
const endFile = loadSql('./queries/end-file.sql', import.meta.url)

/** What identifies a file to the ledger: the source that reads it and its content, wherever it lies. */
export type FileIdentity = { source: string; fingerprint: string; file: string; place: string }

/** Where a file stands: `done` with its totals, or in hand from row `rowsDone` on. */
export type Entry = {
  file: string
  state: 'reading' | 'done'
  version: number
  rowsDone: number
  totals: Totals | undefined
}

export type Ledger = {
  begin(identity: FileIdentity, again: 'again' | 'once'): Promise<Entry>
  checkpoint(identity: FileIdentity, rowsDone: number): Promise<void>
  done(identity: FileIdentity, totals: Totals, columns: readonly string[]): Promise<void>
  /** `problem` may say which line and field, and never what stands there: the ledger is not sealed. */
  stopped(identity: FileIdentity, totals: Totals, columns: readonly string[], problem: string): Promise<void>
}

type Row = {
  file: string
  state: 'reading' | 'done' | 'stopped'
  version: string
  rows_done: string
  totals: Partial<Totals>
}

/** The ledger in the settings database. */
export function openLedger(settings: Settings): Ledger {
  return {
    async begin({ source, fingerprint, file, place }, again) {
      const version = Date.now() * 1000
      const [row] = await settings.query<Row>(beginFile, [source, fingerprint, file, place, version, again === 'again'])
      if (row === undefined) throw new Error('the ledger gave no row')
      const { rows, accepted, rejected, duplicates, sales } = row.totals
      const whole =
        rows !== undefined &&
        accepted !== undefined &&
        rejected !== undefined &&
        duplicates !== undefined &&
        sales !== undefined
      return {
        file: row.file,
        state: row.state === 'done' ? 'done' : 'reading',
        version: Number(row.version),
        rowsDone: Number(row.rows_done),
        totals: whole ? { rows, accepted, rejected, duplicates, sales } : undefined,
      }
    },
    async checkpoint({ source, fingerprint }, rowsDone) {
      await settings.query(checkpointFile, [source, fingerprint, rowsDone])
    },
    async done({ source, fingerprint }, totals, columns) {
      await settings.query(endFile, [
        source,
        fingerprint,
        'done',
        JSON.stringify(totals),
        JSON.stringify(columns).replaceAll('\\u0000', '\u2400'),
        '',
        totals.rows,
      ])
    },
    async stopped({ source, fingerprint }, totals, columns, problem) {
      await settings.query(endFile, [
        source,
        fingerprint,
        'stopped',
        JSON.stringify(totals),
        JSON.stringify(columns).replaceAll('\\u0000', '\u2400'),
        // Postgres holds no NUL in a text; a message may quote one from the file.
        problem.replaceAll('\u0000', '\u2400'),
        0,
      ])
    },
  }
}
