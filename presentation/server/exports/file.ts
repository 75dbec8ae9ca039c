import { excelDialect, plainDialect, toCsv } from './csv.ts'
import type { Format, Manner, Sheet } from './sheet.ts'

export type File = { name: string; type: string; content: Buffer }

/** A table as a file of this format. What writes a PDF or a workbook is loaded with the first one: loaded at the start, both would make every start wait for them. */
export async function fileOf(sheet: Sheet, format: Format, manner: Manner): Promise<File> {
  const name = nameOf(sheet.title)
  switch (format) {
    case 'csv':
      return { name: `${name}.csv`, type: 'text/csv; charset=utf-8', content: toCsv(sheet, plainDialect) }
    case 'csv-excel':
      return {
        name: `${name}.csv`,
        type: 'text/csv; charset=utf-8',
        content: toCsv(sheet, excelDialect(manner.locale)),
      }
    case 'xlsx': {
      const { toXlsx } = await import('./xlsx.ts')
      return {
        name: `${name}.xlsx`,
        type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        content: await toXlsx(sheet, manner),
      }
    }
    case 'pdf': {
      const { toPdf } = await import('./pdf.ts')
      return { name: `${name}.pdf`, type: 'application/pdf', content: await toPdf(sheet, manner, new Date()) }
    }
  }
}

/** Letters, digits and dashes: a name that no header and no file system takes for something else. */
function nameOf(title: string): string {
  const plain = title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 80)
  return plain === '' ? 'dataapp' : plain
}
