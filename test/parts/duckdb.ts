import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { partsDirectory } from './part.ts'

const python = join(partsDirectory, 'duckdb', 'bin', 'python')
const program = 'import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall(), default=str))'

/** Why there is no DuckDB here, or undefined. */
export function available(): string | undefined {
  return existsSync(python) ? undefined : `needs DuckDB in ${python} (test/parts/install.sh)`
}

/** The rows of a question to DuckDB, in a process that knows nothing of DataApp. */
export function askDuckDb(sql: string): unknown {
  return JSON.parse(execFileSync(python, ['-c', program, sql], { encoding: 'utf8' }))
}
