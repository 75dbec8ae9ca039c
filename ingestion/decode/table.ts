import { DataAppError } from '#shared/error.ts'
import type { FileFormat } from '../source/schema.ts'
import { type Bytes, bufferBytes, headOf, packingOf, unpacked, wholeOf } from './bytes.ts'
import { delimitedTable } from './delimited.ts'
import { filledTable } from './fill.ts'
import { jsonTable } from './json.ts'
import { parquetTable } from './parquet.ts'
import type { Table } from './row.ts'
import { largestXlsx, xlsxTable } from './xlsx.ts'
import { firstName } from './zip.ts'

export type FileType = NonNullable<FileFormat['type']>

/** Opens a file in whatever format it is: said by the source, or recognised from its first bytes. */
export async function openTable(
  bytes: Bytes,
  format: FileFormat,
  wanted: readonly string[],
  decimal: '.' | ',',
): Promise<Table> {
  if (bytes.size === 0) throw emptyFile(bytes.name)
  const table = await tableOf(bytes, format, wanted, decimal)
  return format.fill === undefined ? table : filledTable(table, bytes.name, format.fill)
}

async function tableOf(
  bytes: Bytes,
  format: FileFormat,
  wanted: readonly string[],
  decimal: '.' | ',',
): Promise<Table> {
  const type = format.type ?? (format.records === undefined ? await typeOf(bytes) : 'json')
  switch (type) {
    case 'delimited':
      return delimitedTable(unpacked(bytes), bytes.name, format, wanted)
    case 'json':
    case 'ndjson':
      return jsonTable(unpacked(bytes), bytes.name, { ...format, type }, wanted, decimal)
    case 'parquet':
      return parquetTable(await ranged(bytes), wanted, decimal)
    case 'xlsx': {
      const whole = await wholeOf((await isGzip(bytes)) ? unpacked(bytes) : bytes.open(), bytes.name, largestXlsx)
      return xlsxTable(whole, bytes.name, format, wanted, decimal)
    }
  }
}

/** Packed Parquet can't be read in ranges, so it is unpacked into memory first. */
const largestPackedParquet = 200 * 1024 * 1024

async function isGzip(bytes: Bytes): Promise<boolean> {
  const head = await headOf(bytes.open(), 4)
  return head.length >= 4 && packingOf(head) === 'gzip'
}

async function ranged(bytes: Bytes): Promise<Bytes> {
  if ((await headOf(bytes.open(), 4)).toString('latin1') === 'PAR1') return bytes
  const whole = await wholeOf(unpacked(bytes), bytes.name, largestPackedParquet)
  return bufferBytes(bytes.name, whole)
}

/** What kind of file it is, by its first bytes. */
export async function typeOf(bytes: Bytes): Promise<FileType> {
  const packed = await headOf((await isGzip(bytes)) ? unpacked(bytes) : bytes.open(), 4096)
  if (packed.length >= 4 && packingOf(packed) === 'zip') {
    const name = firstName(packed)
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
  refuseOthers(bytes.name, head)
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  if (text.startsWith('[')) return 'json'
  if (text.startsWith('{')) return isOneObjectALine(text) ? 'ndjson' : 'json'
  return 'delimited'
}

/** What looks like an export to a person, but holds no table that can be read (`FILE_OTHER_KIND`). */
function refuseOthers(name: string, head: Buffer): void {
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  const kind = text.startsWith('\xd0\xcf\x11\xe0')
    ? 'an Excel workbook of the old kind (.xls), or one with a password'
    : /^<(!doctype html|html|table|meta|head|body|style|div)\b/i.test(text)
      ? 'a web page, whatever it is called'
      : /^<\?xml|^<[\w:]+ xmlns/i.test(text)
        ? 'an XML document'
        : text.startsWith('%PDF')
          ? 'a PDF'
          : undefined
  if (kind === undefined) return
  throw new DataAppError('FILE_OTHER_KIND', `${name} is ${kind}.`, {
    hint: 'Open it in a spreadsheet and save it as XLSX or CSV, or ask for the export in one of these.',
  })
}

/** A first line that is a whole object means one object a line, unless that object is the envelope of an array of records. */
function isOneObjectALine(text: string): boolean {
  const [first = '', second = ''] = text.split('\n')
  try {
    const value: unknown = JSON.parse(first)
    if (second.trim() !== '' || typeof value !== 'object' || value === null) return true
    return !holdsRecords(value)
  } catch {
    return false
  }
}

/** Whether an array of objects is somewhere inside. */
function holdsRecords(value: object): boolean {
  return Object.values(value).some((inner: unknown) => {
    if (Array.isArray(inner)) return inner.some(item => typeof item === 'object' && item !== null)
    return typeof inner === 'object' && inner !== null && holdsRecords(inner)
  })
}

function emptyFile(name: string): DataAppError {
  return new DataAppError('FILE_EMPTY', `${name} is empty.`, {
    hint: 'Was the export cut off? Nothing was taken in; the file is read again when it changes.',
  })
}
