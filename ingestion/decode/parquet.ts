import { gunzipSync } from 'node:zlib'
import { decompress } from 'fzstd'
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import { decompressBlock } from '#shared/bus/kafka/lz4.ts'
import { DataAppError, messageOf } from '#shared/error.ts'
import type { Bytes } from './bytes.ts'
import type { Row, Table } from './row.ts'
import { flattened, requireColumns, typedText } from './typed.ts'

const compressors: Compressors = {
  GZIP: input => new Uint8Array(gunzipSync(input)),
  LZ4_RAW: (input, length) => {
    const out = Buffer.alloc(length)
    decompressBlock(Buffer.from(input.buffer, input.byteOffset, input.byteLength), out, 0)
    return out
  },
  ZSTD: (input, length) => decompress(input, new Uint8Array(length)),
}
const rowsAtOnce = 10_000

/** Parquet, row group by row group: only the footer and the rows at hand are held. A file without a proper footer is `FILE_DAMAGED`. */
export async function parquetTable(bytes: Bytes, wanted: readonly string[], decimal: string): Promise<Table> {
  const file = rangesOf(bytes)
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw damaged(bytes.name, error)
  })
  const [first] = await read(file, metadata, 0, 1, bytes.name)
  const columns = first === undefined ? topColumns(metadata) : [...flattened(first).keys()]
  if (first === undefined)
    throw new DataAppError('FILE_EMPTY', `${bytes.name} holds no rows.`, {
      hint: 'Was the export made for an empty period?',
    })
  requireColumns(bytes.name, columns, wanted)
  return { columns, rows: rowsOf(file, metadata, columns, decimal, bytes.name) }
}

async function* rowsOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly string[],
  decimal: string,
  name: string,
): AsyncGenerator<Row[]> {
  const total = Number(metadata.num_rows)
  const text = textReader(metadata, decimal)
  for (let from = 0; from < total; from += rowsAtOnce) {
    const records = await read(file, metadata, from, Math.min(total, from + rowsAtOnce), name)
    yield records.map((record, i) => {
      const values = flattened(record)
      const fields = columns.map(column => text(column, values.get(column)))
      return {
        line: from + i + 1,
        fields,
        raw: JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, fields[at]]))),
      }
    })
  }
}

async function read(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
  name: string,
): Promise<Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors })
  } catch (error) {
    throw damaged(name, error)
  }
}

/** Decimals with their scale, moments with their Z, days without a time. */
function textReader(metadata: FileMetaData, decimal: string): (column: string, value: unknown) => string {
  const scales = new Map<string, number>()
  const days = new Set<string>()
  const local = new Set<string>()
  for (const element of metadata.schema) {
    if (element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL')
      scales.set(element.name, element.scale ?? 0)
    if (element.converted_type === 'DATE' || element.logical_type?.type === 'DATE') days.add(element.name)
    if (element.logical_type?.type === 'TIMESTAMP' && !element.logical_type.isAdjustedToUTC) local.add(element.name)
  }
  return (column, value) => {
    const leaf = column.split('.').at(-1) ?? column
    const scale = scales.get(leaf)
    if (typeof value === 'number' && scale !== undefined) return value.toFixed(scale).replace('.', decimal)
    if (value instanceof Date) {
      const text = value.toISOString()
      return days.has(leaf) ? text.slice(0, 10) : local.has(leaf) ? text.slice(0, 19) : `${text.slice(0, 19)}Z`
    }
    return typedText(value, decimal)
  }
}

function topColumns(metadata: FileMetaData): string[] {
  return metadata.schema.slice(1).map(element => element.name)
}

function rangesOf(bytes: Bytes): AsyncBuffer {
  return {
    byteLength: bytes.size,
    async slice(start, end = bytes.size) {
      const wanted = end - start
      const out = new Uint8Array(wanted)
      let filled = 0
      for await (const chunk of bytes.open(start)) {
        const part = chunk.subarray(0, wanted - filled)
        out.set(part, filled)
        filled += part.length
        if (filled >= wanted) break
      }
      return out.buffer.slice(0, filled)
    },
  }
}

function damaged(name: string, error: unknown): DataAppError {
  return new DataAppError('FILE_DAMAGED', `${name} is no readable Parquet file: ${messageOf(error)}.`, {
    hint: 'Was it copied while it was being written? Copy it again, or ask for a new export.',
    cause: error,
  })
}
