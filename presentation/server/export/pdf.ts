import type { Column, Sheet } from './sheet.ts'

const page = { width: 842, height: 595, margin: 40 } as const
const rowHeight = 17
const size = 8.5

/** A table on A4 landscape pages: title, notes, a heading on every page, page numbers. The standard fonts cover Western European letters; others become "?". */
export function toPdf(
  sheet: Sheet,
  words: { page: (now: number, of: number) => string; show: (value: string | number, kind: Column['kind']) => string },
): Buffer {
  const firstTop = page.height - page.margin - 30 - sheet.notes.length * 13
  const perPage = (top: number) => Math.floor((top - page.margin - 14 - rowHeight) / rowHeight)
  const chunks = [sheet.rows.slice(0, perPage(firstTop))]
  for (let at = perPage(firstTop); at < sheet.rows.length; at += perPage(page.height - page.margin))
    chunks.push(sheet.rows.slice(at, at + perPage(page.height - page.margin)))
  const pages = chunks.map((rows, index) => {
    const drawn: string[] = []
    if (index === 0) {
      drawn.push(textAt(sheet.title, page.margin, page.height - page.margin - 12, 18, 'bold', ink))
      sheet.notes.forEach((note, line) => {
        drawn.push(textAt(note, page.margin, page.height - page.margin - 30 - line * 13, 9, 'plain', quiet))
      })
    }
    drawn.push(...table(sheet.columns, rows, index === 0 ? firstTop : page.height - page.margin, words.show))
    const footer = words.page(index + 1, chunks.length)
    drawn.push(textAt(footer, page.width - page.margin - widthOf(footer, 8), page.margin - 16, 8, 'plain', quiet))
    return drawn.join('\n')
  })
  return assemble(pages, sheet.title)
}

const ink = '0.106 0.114 0.110'
const quiet = '0.392 0.416 0.404'
const accent = '0.043 0.431 0.373'

function table(
  columns: readonly Column[],
  rows: Sheet['rows'],
  top: number,
  show: (value: string | number, kind: Column['kind']) => string,
): string[] {
  const whole = columns.reduce((sum, column) => sum + column.width, 0)
  const room = page.width - 2 * page.margin
  const lefts: number[] = []
  let left: number = page.margin
  for (const column of columns) {
    lefts.push(left)
    left += (column.width / whole) * room
  }
  const drawn = [`0.894 0.945 0.933 rg ${page.margin} ${top - rowHeight} ${room} ${rowHeight} re f`]
  const put = (value: string, at: number, baseline: number, font: 'plain' | 'bold', colour: string) => {
    const column = columns[at]
    if (column === undefined) return
    const width = (column.width / whole) * room - 10
    const text = fitted(value, width)
    const start = lefts[at] ?? page.margin
    const x = column.kind === 'text' || column.kind === 'day' ? start + 5 : start + 5 + width - widthOf(text, size)
    drawn.push(textAt(text, x, baseline, size, font, colour))
  }
  for (const [at, column] of columns.entries()) put(column.name, at, top - 12, 'bold', accent)
  rows.forEach((cells, index) => {
    const baseline = top - rowHeight * (index + 1) - 12
    cells.forEach((value, at) => {
      if (value !== null) put(show(value, columns[at]?.kind ?? 'text'), at, baseline, 'plain', ink)
    })
    drawn.push(
      `0.937 0.929 0.910 RG 0.5 w ${page.margin} ${baseline - 5} m ${page.width - page.margin} ${baseline - 5} l S`,
    )
  })
  return drawn
}

function textAt(text: string, x: number, y: number, height: number, font: 'plain' | 'bold', colour: string): string {
  return `BT ${colour} rg /${font === 'bold' ? 'B' : 'P'} ${height} Tf ${x.toFixed(1)} ${y.toFixed(1)} Td (${quoted(text)}) Tj ET`
}

/** Widths of Helvetica in thousandths of its height, rounded up by class of letter: enough to align and to cut. */
function widthOf(text: string, height: number): number {
  let sum = 0
  for (const letter of text) {
    if (/[ijl.,:;'|!]/.test(letter)) sum += 250
    else if (/[ frt()\-I]/.test(letter)) sum += 300
    else if (/[mwMW%@]/.test(letter)) sum += 850
    else if (/[A-Z]/.test(letter)) sum += 690
    else sum += 556
  }
  return (sum * height) / 1000
}

function fitted(text: string, width: number): string {
  if (widthOf(text, size) <= width) return text
  let cut = text
  while (cut.length > 1 && widthOf(`${cut}…`, size) > width) cut = cut.slice(0, -1)
  return `${cut}…`
}

function quoted(text: string): string {
  return [
    ...text
      .replace(/[\u2013\u2014\u2212]/g, '-')
      .replace(/\u2026/g, '...')
      .replace(/[\u00a0\u202f]/g, ' '),
  ]
    .map(letter => ((letter.codePointAt(0) ?? 0) > 255 ? '?' : letter))
    .join('')
    .replace(/[\\()]/g, letter => `\\${letter}`)
}

function assemble(pages: readonly string[], title: string): Buffer {
  const objects: string[] = []
  const kids = pages.map((_, index) => `${5 + index * 2} 0 R`)
  objects.push(
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${kids.join(' ')}] >>`,
  )
  for (const name of ['Helvetica', 'Helvetica-Bold'])
    objects.push(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`)
  pages.forEach((content, index) => {
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Resources << /Font << /P 3 0 R /B 4 0 R >> >> /Contents ${6 + index * 2} 0 R >>`,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    )
  })
  objects.push(`<< /Title (${quoted(title)}) /Producer (DataApp) >>`)
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const at = Buffer.byteLength(body, 'latin1')
    body += `${index + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const start = Buffer.byteLength(body, 'latin1')
  const entries = offsets.map(at => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(body, 'latin1')
}
