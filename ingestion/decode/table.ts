import { DataAppError } from '#shared/error.ts'
import type { FileFormat } from '../source/schema.ts'
import { type Bytes, headOf, unpacked } from './bytes.ts'
import { delimitedTable } from './delimited.ts'
import type { Table } from './row.ts'

/** Opens a file in whatever format it is: said by the source, or recognised from its first bytes. */
export async function openTable(bytes: Bytes, format: FileFormat, wanted: readonly string[]): Promise<Table> {
  if (bytes.size === 0) throw emptyFile(bytes.name)
  return delimitedTable(unpacked(bytes), bytes.name, format, wanted)
}

export function emptyFile(name: string): DataAppError {
  return new DataAppError('FILE_EMPTY', `${name} is empty.`, {
    hint: 'Was the export cut off? Nothing was taken in; the file is read again when it changes.',
  })
}

export { headOf }
