import { excelDialect, plainDialect, toCsv } from './csv.ts'
import { toPdf } from './pdf.ts'
import type { Format, Manner, Sheet } from './sheet.ts'
import { toXlsx } from './xlsx.ts'

export type File = { name: string; type: string; content: Buffer }

/** A table as a file of this format. */
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
    case 'xlsx':
      return {
        name: `${name}.xlsx`,
        type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        content: await toXlsx(sheet, manner),
      }
    case 'pdf':
      return { name: `${name}.pdf`, type: 'application/pdf', content: await toPdf(sheet, manner, new Date()) }
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
