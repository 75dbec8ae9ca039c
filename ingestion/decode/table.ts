import { DataAppError } from '#shared/error.ts'
import type { FileFormat } from '../source/schema.ts'
import { type Bytes, headOf, packingOf, unpacked } from './bytes.ts'
import { delimitedTable } from './delimited.ts'
import type { Table } from './row.ts'
import { zipMember } from './zip.ts'

export type FileType = NonNullable<FileFormat['type']>

/** Opens a file in whatever format it is: said by the source, or recognised from its first bytes. */
export async function openTable(bytes: Bytes, format: FileFormat, wanted: readonly string[]): Promise<Table> {
  if (bytes.size === 0) throw emptyFile(bytes.name)
  return delimitedTable(unpacked(bytes), bytes.name, format, wanted)
}

/** What kind of file it is, by its first bytes. */
export async function typeOf(bytes: Bytes): Promise<FileType> {
  const packed = await headOf(bytes.open(), 4096)
  if (packed.length >= 4 && packingOf(packed) === 'zip') {
    const { name } = zipMember(bytes.name, packed)
    if (
      name === '[Content_Types].xml' ||
      name.startsWith('xl/') ||
      name.startsWith('_rels/') ||
      name.startsWith('docProps/')
    )
      return 'xlsx'
  }
  const head = await headOf(unpacked(bytes), 4096)
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet'
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  if (text.startsWith('[')) return 'json'
  if (text.startsWith('{')) return isOneObjectALine(text) ? 'ndjson' : 'json'
  return 'delimited'
}

function isOneObjectALine(text: string): boolean {
  const [first = ''] = text.split('\n')
  try {
    JSON.parse(first)
    return true
  } catch {
    return false
  }
}

export function emptyFile(name: string): DataAppError {
  return new DataAppError('FILE_EMPTY', `${name} is empty.`, {
    hint: 'Was the export cut off? Nothing was taken in; the file is read again when it changes.',
  })
}
