import { type Cell, type Column, exact, type Sheet } from './sheet.ts'

/** How numbers and columns are written: for programs, or for the Excel of a country. */
export type Dialect = { delimiter: ',' | ';'; decimal: '.' | ',' }
export const plainDialect: Dialect = { delimiter: ',', decimal: '.' }

/** The separators that Excel expects where this language is spoken. */
export function excelDialect(locale: 'pt-BR' | 'en'): Dialect {
  return locale === 'pt-BR' ? { delimiter: ';', decimal: ',' } : plainDialect
}

/** RFC 4180 with a byte order mark, so that spreadsheets read accents. Rows only: no total, so that a sum of a column is the sum of the data. */
export function toCsv({ columns, rows }: Sheet, dialect: Dialect): Buffer {
  const head = columns.map(({ name }) => textCell(name, dialect))
  const lines = rows.map(row => row.map((cell, at) => csvCell(cell, columns[at], dialect)))
  return Buffer.from(`\uFEFF${[head, ...lines].map(cells => cells.join(dialect.delimiter)).join('\r\n')}\r\n`, 'utf8')
}

function csvCell(cell: Cell, column: Column | undefined, dialect: Dialect): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return column?.kind === 'day' ? cell : textCell(cell, dialect)
  const text = typeof cell === 'bigint' ? exact(cell) : String(cell)
  return text.replace('.', dialect.decimal)
}

/** A text that a spreadsheet would run as a formula is kept a text by an apostrophe, also behind blanks. */
function textCell(text: string, { delimiter }: Dialect): string {
  const safe = /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text
  return /["\r\n]/.test(safe) || safe.includes(delimiter) || safe.includes(',') || safe !== safe.trim()
    ? `"${safe.replaceAll('"', '""')}"`
    : safe
}
