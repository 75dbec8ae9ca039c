import writeXlsxFile, { type CellObject, type Row } from 'write-excel-file/node'
import { isDay } from '#presentation/period.ts'
import { type Cell, type Column, exact, type Manner, type Sheet } from './sheet.ts'
import { isRight, shown } from './shown.ts'

const ink = '#1b1d1c'
const quiet = '#646a67'
const accent = '#0b6e5f'
const line = '#e4e1db'

/** A workbook of one sheet: title and notes, a heading that stays in view, typed cells, a total under a rule. Text cells are never formulas. */
export async function toXlsx(sheet: Sheet, manner: Manner): Promise<Buffer> {
  const { title, notes, columns, rows, total } = sheet
  const data: Row[] = [
    [{ value: title, type: String, fontSize: 18, fontWeight: 'bold', textColor: ink, height: 28 }],
    ...notes.map((note): Row => [{ value: note, type: String, textColor: quiet }]),
    [],
    columns.map(headingOf),
    ...rows.map(row =>
      row.map((cell, at) => cellOf(cell, columns[at], { bottomBorderColor: line, bottomBorderStyle: 'hair' })),
    ),
    ...(total === undefined
      ? []
      : [
          total.map((cell, at) =>
            cellOf(cell, columns[at], { fontWeight: 'bold', topBorderColor: accent, topBorderStyle: 'medium' }),
          ),
        ]),
  ]
  return writeXlsxFile(
    data,
    {
      sheet:
        title
          .replace(/[[\]:*?/\\']/g, ' ')
          .slice(0, 31)
          .trim() || 'DataApp',
      columns: columns.map((column, at) => ({ width: widthOf(sheet, column, at, manner) })),
      stickyRowsCount: notes.length + 3,
      showGridLines: false,
      ...(columns.length > 5 ? { orientation: 'landscape' as const } : {}),
    },
    { fontFamily: 'Calibri', fontSize: 11 },
  ).toBuffer()
}

function headingOf({ name, kind }: Column): CellObject {
  return {
    value: name,
    type: String,
    fontWeight: 'bold',
    textColor: accent,
    backgroundColor: '#e4f1ee',
    align: isRight(kind) ? 'right' : 'left',
  }
}

type Look = Pick<
  CellObject,
  'fontWeight' | 'topBorderColor' | 'topBorderStyle' | 'bottomBorderColor' | 'bottomBorderStyle'
>

function cellOf(cell: Cell, column: Column | undefined, look: Look): CellObject | null {
  if (cell === null) return { value: '', type: String, ...look }
  switch (column?.kind) {
    case 'money':
      return { value: Number(typeof cell === 'bigint' ? exact(cell) : cell), type: Number, format: '#,##0.00', ...look }
    case 'number':
      return { value: Number(cell), type: Number, format: '#,##0.##', ...look }
    case 'share':
      return { value: Number(cell), type: Number, format: '0.0%', ...look }
    case 'day':
      if (typeof cell !== 'string' || !isDay(cell)) return { value: String(cell), type: String, ...look }
      return { value: new Date(`${cell}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd', align: 'left', ...look }
    case 'text':
    case undefined:
      return { value: String(cell), type: String, ...look }
  }
}

function widthOf({ rows, total }: Sheet, { name, kind }: Column, at: number, manner: Manner): number {
  const sample = [...rows.slice(0, 200), ...(total === undefined ? [] : [total])]
  const longest = Math.max(name.length, ...sample.map(row => shown(row[at] ?? null, kind, manner).length))
  return Math.min(48, Math.max(10, longest + 3))
}
