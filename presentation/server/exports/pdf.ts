import PDFDocument from 'pdfkit'
import type { Cell, Column, Manner, Sheet } from './sheet.ts'
import { isRight, shown } from './shown.ts'
import { words } from './words.ts'

const ink = '#1b1d1c'
const quiet = '#646a67'
const accent = '#0b6e5f'
const wash = '#e4f1ee'
const line = '#e4e1db'
const margin = 40
const rowHeight = 19

/** A table on A4: title and notes, a heading on every page, zebra rules, the total, and on every page the chain, the time and the page's number. */
export function toPdf(sheet: Sheet, manner: Manner, madeAt: Date): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'A4',
    layout: sheet.columns.length > 5 ? 'landscape' : 'portrait',
    margin,
    bufferPages: true,
    info: { Title: plain(sheet.title), Producer: 'DataApp', Creator: 'DataApp' },
    lang: manner.locale,
  })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk))
    doc.on('end', () => resolve(Buffer.concat(chunks)))
    doc.on('error', reject)
  })
  const widths = widthsOf(doc, sheet, manner)
  doc.rect(margin, margin, 28, 4).fill(accent)
  doc
    .fillColor(ink)
    .font('Helvetica-Bold')
    .fontSize(20)
    .text(plain(sheet.title), margin, margin + 14)
  doc.font('Helvetica').fontSize(9.5).fillColor(quiet)
  for (const note of sheet.notes) doc.text(plain(note))
  let top = doc.y + 14
  const bottom = doc.page.height - margin - 24

  const put = (row: readonly Cell[], font: string, colour: string) => {
    let left = margin
    doc.font(font).fontSize(9).fillColor(colour)
    for (const [at, column] of sheet.columns.entries()) {
      const width = widths[at] ?? 60
      cell(doc, shown(row[at] ?? null, column.kind, manner), column, left, top + 5, width)
      left += width
    }
  }
  const heading = () => {
    const whole = widths.reduce((sum, width) => sum + width, 0)
    doc.roundedRect(margin, top, whole, rowHeight, 3).fill(wash)
    let left = margin
    doc.font('Helvetica-Bold').fontSize(9).fillColor(accent)
    for (const [at, column] of sheet.columns.entries()) {
      cell(doc, column.name, column, left, top + 5, widths[at] ?? 60)
      left += widths[at] ?? 60
    }
    top += rowHeight
  }
  const room = () => {
    if (top + rowHeight <= bottom) return
    doc.addPage()
    top = margin
    heading()
  }
  heading()
  const right = margin + widths.reduce((sum, width) => sum + width, 0)
  for (const row of sheet.rows) {
    room()
    put(row, 'Helvetica', ink)
    top += rowHeight
    doc.moveTo(margin, top).lineTo(right, top).lineWidth(0.5).strokeColor(line).stroke()
  }
  if (sheet.total !== undefined) {
    room()
    doc.moveTo(margin, top).lineTo(right, top).lineWidth(1.2).strokeColor(accent).stroke()
    put(sheet.total, 'Helvetica-Bold', ink)
  }
  footers(doc, manner, madeAt)
  doc.end()
  return done
}

function cell(doc: PDFKit.PDFDocument, text: string, { kind }: Column, left: number, top: number, width: number): void {
  const room = width - 12
  const fitted = cut(doc, plain(text), room)
  doc.text(fitted, left + 6, top, { width: room, align: isRight(kind) ? 'right' : 'left', lineBreak: false })
}

function cut(doc: PDFKit.PDFDocument, text: string, width: number): string {
  if (doc.widthOfString(text) <= width) return text
  let length = text.length - 1
  while (length > 1 && doc.widthOfString(`${text.slice(0, length)}…`) > width) length--
  return `${text.slice(0, length)}…`
}

/** Columns as wide as what they hold, stretched or squeezed to the page. */
function widthsOf(doc: PDFKit.PDFDocument, { columns, rows, total }: Sheet, manner: Manner): number[] {
  doc.font('Helvetica-Bold').fontSize(9)
  const sample = [...rows.slice(0, 100), ...(total === undefined ? [] : [total])]
  const wanted = columns.map(({ name, kind }, at) =>
    Math.min(
      260,
      14 +
        Math.max(
          doc.widthOfString(plain(name)),
          ...sample.map(row => doc.widthOfString(plain(shown(row[at] ?? null, kind, manner)))),
        ),
    ),
  )
  const room = doc.page.width - 2 * margin
  const whole = wanted.reduce((sum, width) => sum + width, 0)
  return wanted.map(width => (width * room) / whole)
}

function footers(doc: PDFKit.PDFDocument, { locale, timeZone, chain }: Manner, madeAt: Date): void {
  const { start, count } = doc.bufferedPageRange()
  const at = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(madeAt)
  for (let page = start; page < start + count; page++) {
    doc.switchToPage(page)
    const top = doc.page.height - margin - 8
    // The footer stands below the margin; without this the text would open a page of its own.
    doc.page.margins.bottom = 0
    doc.font('Helvetica').fontSize(8).fillColor(quiet)
    doc.text(plain(`${chain} · ${at}`), margin, top, { lineBreak: false })
    doc.text(words(locale).page(page - start + 1, count), margin, top, {
      width: doc.page.width - 2 * margin,
      align: 'right',
      lineBreak: false,
    })
  }
}

/** The standard fonts have the letters of Western Europe; blanks that only typography tells apart become plain ones. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\u2212/g, '-')
    .replace(/\s/g, ' ')
    .replace(/[^\u0020-\u00ff\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac]/gu, '?')
}
