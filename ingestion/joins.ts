import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { DataAppError, systemCodeOf } from '#shared/error.ts'
import { fileBytes } from './decode/bytes.ts'
import { openTable } from './decode/table.ts'
import { type JoinedTable, joinedTable } from './map/join.ts'
import { joinedColumns } from './map/wanted.ts'
import type { Join, Source } from './source/schema.ts'

/** The other files that a source looks rows up in, found beside the file at `beside` (`JOIN_FILE_MISSING`, `FILE_TOO_LARGE`). */
export function readJoins(source: Source, beside: string): Promise<JoinedTable[]> {
  return Promise.all(source.joins.map(other => readJoin(other, source, beside)))
}

/** The largest file that rows are looked up in. */
const joinLimit = 512 * 1024 * 1024

async function readJoin(other: Join, source: Source, beside: string): Promise<JoinedTable> {
  const path = isAbsolute(other.file) ? other.file : join(dirname(beside), other.file)
  const size = await stat(path).then(
    found => found.size,
    (error: unknown) => {
      throw new DataAppError(
        'JOIN_FILE_MISSING',
        `${path}, which "${source.name}" looks up rows in, can't be read (${systemCodeOf(error)}).`,
        {
          hint: 'Put it beside the file that is taken in. In an inbox, both may come in any order.',
          cause: error,
        },
      )
    },
  )
  if (size > joinLimit)
    throw new DataAppError(
      'FILE_TOO_LARGE',
      `${path} is too large to look up rows in (${Math.round(size / 1e6)} MB).`,
      {
        hint: 'Load it as a dimension source instead, or join the files before the export.',
      },
    )
  const table = await openTable(
    fileBytes(path, size),
    other.format,
    joinedColumns(source, other),
    source.numbers.decimal,
  )
  const rows: (readonly string[])[] = []
  for await (const batch of table.rows) for (const row of batch) if (row.broken === undefined) rows.push(row.fields)
  return joinedTable(other, table.columns, rows)
}
