import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import { type Bytes, fileBytes, unreadable } from './decode/bytes.ts'
import { openTable } from './decode/table.ts'
import { type JoinedTable, joinedTable } from './map/join.ts'
import { joinedColumns } from './map/wanted.ts'
import type { Join, Source } from './source/schema.ts'

/** Finds a file by its name beside the one that is read, wherever that lies; undefined when it isn't there. */
export type Neighbour = (name: string) => Promise<Bytes | undefined>

/** Files beside a local one. */
export function besideFile(path: string): Neighbour {
  return async name => {
    const other = besidePath(path, name)
    try {
      return fileBytes(other, (await stat(other)).size)
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined
      throw unreadable(other, error)
    }
  }
}

/** Where a file that is named in a source lies, seen from the one that is read. */
export function besidePath(path: string, name: string): string {
  return isAbsolute(name) ? name : join(dirname(path), name)
}

/** The other files that a source looks rows up in (`JOIN_FILE_MISSING`, `FILE_TOO_LARGE`). */
export function readJoins(source: Source, neighbour: Neighbour): Promise<JoinedTable[]> {
  return Promise.all(source.joins.map(other => readJoin(other, source, neighbour)))
}

/** The largest file that rows are looked up in. */
const joinLimit = 512 * 1024 * 1024

async function readJoin(other: Join, source: Source, neighbour: Neighbour): Promise<JoinedTable> {
  const bytes = await neighbour(other.file)
  if (bytes === undefined)
    throw new DataAppError(
      'JOIN_FILE_MISSING',
      `${other.file}, which "${source.name}" looks up rows in, is not beside the file.`,
      {
        hint: 'Put it there. In an inbox and in S3, both may come in any order.',
      },
    )
  if (bytes.size > joinLimit)
    throw new DataAppError(
      'FILE_TOO_LARGE',
      `${bytes.name} is too large to look up rows in (${Math.round(bytes.size / 1e6)} MB).`,
      {
        hint: 'Load it as a dimension source instead, or join the files before the export.',
      },
    )
  const table = await openTable(bytes, other.format, joinedColumns(source, other), source.numbers.decimal)
  const rows: (readonly string[])[] = []
  for await (const batch of table.rows) for (const row of batch) if (row.broken === undefined) rows.push(row.fields)
  return joinedTable(other, table.columns, rows)
}
