/** The settings database: people, sessions, the ledger, rejected records, rules, reports, plans. PGlite in the data directory or Postgres by URL; SQL for Postgres in both cases. */
export interface Settings {
  readonly kind: 'embedded' | 'server'
  /** Rows of one statement with `$1`… parameters. Timestamps come as `Date`, bigint and numeric as strings, JSONB parsed. */
  query<T>(sql: string, params?: readonly unknown[]): Promise<T[]>
  /** Runs `work` in one transaction: all of it or nothing. Keep it short. */
  transaction<T>(work: (query: Settings['query']) => Promise<T>): Promise<T>
  ready(): Promise<void>
  close(): Promise<void>
}
