import { parseJson } from '#shared/json.ts'
import { cellsOfLine, readRejectedLine } from '#shared/records/rejected-line.ts'

export type Cell = { column: string; value: string }

/**
 * A rejected row as its columns and what stood in each: of a line that a rule turned away, of a JSON record, or of delimited text. Undefined when the text
 * can't be cut into as many fields as its file has columns: then it is corrected as text.
 */
export function cellsOf(step: 'ingestion' | 'processing', raw: string, columns: readonly string[]): Cell[] | undefined {
  if (step === 'processing') {
    const line = readRejectedLine(raw)
    return line && Object.entries(cellsOfLine(line)).map(([column, value]) => ({ column, value }))
  }
  if (columns.length === 0) return undefined
  const record = objectOf(raw)
  const fields = record === undefined ? fieldsOf(raw, columns.length) : columns.map(name => textOf(record, name))
  return fields && columns.map((column, at) => ({ column, value: fields[at] ?? '' }))
}

/** The row cut by the delimiter that gives it as many fields as are wanted, with quotes or without. */
function fieldsOf(raw: string, wanted: number): string[] | undefined {
  for (const delimiter of ['\t', ';', '|', ',']) {
    for (const fields of [quotedFields(raw, delimiter), raw.split(delimiter)])
      if (fields.length === wanted && wanted > 1) return fields
  }
  return wanted === 1 ? [raw] : undefined
}

/** Fields after RFC 4180: in quotes a field may hold the delimiter, and two quotes stand for one. */
function quotedFields(raw: string, delimiter: string): string[] {
  const fields: string[] = []
  for (let at = 0; at <= raw.length; ) {
    if (raw[at] !== '"') {
      const end = raw.indexOf(delimiter, at)
      fields.push(raw.slice(at, end < 0 ? raw.length : end))
      at = end < 0 ? raw.length + 1 : end + 1
      continue
    }
    const match = /"((?:[^"]|"")*)"/y
    match.lastIndex = at
    const quoted = match.exec(raw)
    if (quoted === null) return []
    fields.push((quoted[1] ?? '').replaceAll('""', '"'))
    at = match.lastIndex + 1
    if (match.lastIndex < raw.length && raw[match.lastIndex] !== delimiter) return []
  }
  return fields
}

function objectOf(raw: string): Map<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined
  const value = parseJson(raw)
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
}

function textOf(record: Map<string, unknown>, name: string): string {
  const value = record.get(name)
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}
