import type { Join } from '../source/schema.ts'
import type { Fields, TextReader } from './reader.ts'

/** Another file held in memory, to be looked up by key. */
export type JoinedTable = {
  join: Join
  columns: readonly string[]
  /** A function that finds the row for the keys read from a row of the file at hand. It remembers the last one: fields are read one by one. */
  finder: (keys: readonly TextReader[]) => (fields: Fields) => Fields | undefined
}

export function joinedTable(join: Join, columns: readonly string[], rows: Iterable<Fields>): JoinedTable {
  const keyColumns = Object.values(join.on).map(name => columns.indexOf(name))
  const byKey = new Map<string, Fields>()
  for (const row of rows) {
    const key = keyColumns.map(at => (row[at] ?? '').trim()).join('\u0000')
    if (!byKey.has(key)) byKey.set(key, row)
  }
  return {
    join,
    columns,
    finder(keys) {
      let last: Fields | undefined
      let found: Fields | undefined
      return fields => {
        if (fields !== last) {
          last = fields
          found = byKey.get(keys.map(key => key(fields)).join('\u0000'))
        }
        return found
      }
    },
  }
}
