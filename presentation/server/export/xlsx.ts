import type { Column, Sheet } from './sheet.ts'
import { zip } from './zip.ts'

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/package/2006/relationships'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** Cell styles by their place in `styles.xml`. */
const style = {
  plain: 0,
  title: 1,
  note: 2,
  heading: 3,
  money: 4,
  number: 5,
  share: 6,
  day: 7,
  headingRight: 8,
} as const

/** A workbook of one sheet: title, notes, a heading that stays in view and can be filtered, typed cells. */
export function toXlsx(sheet: Sheet): Buffer {
  return zip([
    {
      name: '[Content_Types].xml',
      content: `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      content: `${head}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      content: `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${escaped(sheet.title.replace(/[[\]:*?/\\]/g, ' ').slice(0, 31))}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `${head}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    },
    { name: 'xl/styles.xml', content: styles },
    { name: 'xl/worksheets/sheet1.xml', content: worksheet(sheet) },
  ])
}

function worksheet({ title, notes, columns, rows }: Sheet): string {
  const headingAt = notes.length + 3
  const last = letters(columns.length - 1)
  const lines = [
    row(1, [text('A1', title, style.title)]),
    ...notes.map((note, index) => row(index + 2, [text(`A${index + 2}`, note, style.note)])),
    row(
      headingAt,
      columns.map((column, at) =>
        text(
          `${letters(at)}${headingAt}`,
          column.name,
          column.kind === 'text' || column.kind === 'day' ? style.heading : style.headingRight,
        ),
      ),
    ),
    ...rows.map((cells, index) =>
      row(
        headingAt + 1 + index,
        cells.map((value, at) => cell(`${letters(at)}${headingAt + 1 + index}`, value, columns[at]?.kind)),
      ),
    ),
  ]
  const widths = columns.map(
    (column, at) =>
      `<col min="${at + 1}" max="${at + 1}" width="${Math.max(10, Math.round(column.width * 100))}" customWidth="1"/>`,
  )
  return `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0" showGridLines="0"><pane ySplit="${headingAt}" topLeftCell="A${headingAt + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>${lines.join('')}</sheetData><autoFilter ref="A${headingAt}:${last}${headingAt + rows.length}"/></worksheet>`
}

function row(at: number, cells: string[]): string {
  return `<row r="${at}">${cells.join('')}</row>`
}

function cell(at: string, value: string | number | null, kind: Column['kind'] = 'text'): string {
  if (value === null) return ''
  switch (kind) {
    case 'text':
      return text(at, String(value), style.plain)
    case 'day':
      return number(at, String(serialDay(String(value))), style.day)
    case 'money':
    case 'number':
    case 'share':
      return number(at, String(value), style[kind])
  }
}

function text(at: string, value: string, styled: number): string {
  return `<c r="${at}" s="${styled}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`
}

function number(at: string, value: string, styled: number): string {
  return `<c r="${at}" s="${styled}"><v>${value}</v></c>`
}

/** Spreadsheets count days from 1899-12-30. */
function serialDay(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000) + 25_569
}

function letters(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : letters(Math.floor(index / 26) - 1) + letters(index % 26)
}

/** XML text; characters that XML forbids become spaces. */
function escaped(value: string): string {
  return [...value]
    .map(character => ((character.codePointAt(0) ?? 0) < 32 ? ' ' : character))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const styles = `${head}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.00;[Red]-#,##0.00"/><numFmt numFmtId="165" formatCode="#,##0.##"/></numFmts><fonts count="4"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="16"/><name val="Calibri"/></font><font><sz val="10"/><color rgb="FF646A67"/><name val="Calibri"/></font><font><b/><sz val="11"/><color rgb="FF0B6E5F"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE4F1EE"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="9"><xf fontId="0"/><xf fontId="1" applyFont="1"/><xf fontId="2" applyFont="1"/><xf fontId="3" fillId="2" applyFont="1" applyFill="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="10" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/><xf fontId="3" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment horizontal="right"/></xf></cellXfs></styleSheet>`
