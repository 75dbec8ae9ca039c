/** One record of a source, not yet understood: its fields as text in the order of the table's columns, where it stood, and its own text. */
export type Row = {
  /** Physical line (or row) in the file, from 1. */
  line: number
  fields: readonly string[]
  raw: string
  /** A hash of `raw`, when the decoder made one in passing. */
  hash?: { high: number; low: number }
  /** Why the record can't be read at all, when it can't. */
  broken?: { rule: string; message: string }
}

/** A source's records with the names of their columns. Rows come in batches so that the hot path has no promise per row. */
export type Table = {
  columns: readonly string[]
  rows: AsyncIterable<readonly Row[]>
}

/** Repeated header names get a number: `Valor`, `Valor (2)`. Blank ones are called by their place: `column 3`. */
export function columnNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return header.map((raw, index) => {
    const name =
      raw
        .replace(/^\ufeff/, '')
        .replace(/\s+/g, ' ')
        .trim() || `column ${index + 1}`
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  })
}
