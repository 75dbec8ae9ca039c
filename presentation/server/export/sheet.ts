/** A table to take away: the same for CSV, XLSX and PDF. Amounts are decimal texts, so that none is rounded on the way. */
export type Sheet = {
  title: string
  /** Lines under the title: period, filters, who made it. */
  notes: string[]
  columns: Column[]
  rows: (string | number | null)[][]
}

export type Column = {
  name: string
  kind: 'text' | 'money' | 'number' | 'share' | 'day'
  /** Share of the page's width. */
  width: number
}

/** RFC 4180 with a byte order mark, so that spreadsheets read the accents. A text that a spreadsheet would run as a formula is kept a text. */
export function toCsv({ columns, rows }: Sheet): string {
  const lines = [columns.map(column => column.name), ...rows].map((row, index) =>
    row.map((cell, at) => csvCell(cell, index > 0 && columns[at]?.kind !== 'text')).join(','),
  )
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

function csvCell(cell: string | number | null, plain: boolean): string {
  if (cell === null) return ''
  const text = String(cell)
  const safe = !plain && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
