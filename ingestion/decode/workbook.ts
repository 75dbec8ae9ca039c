import { type Bytes, headOf, packingOf, unpacked, wholeOf } from './bytes.ts'
import { guessHeader } from './delimited.ts'
import { columnNames } from './row.ts'
import { largestXlsx, type Sheet, workbookSheets } from './xlsx.ts'

/** What a sheet looks like: how many rows it has, and its header as one text. */
export type SheetSummary = { name: string; hidden: boolean; rows: number; header: string }

/** The sheets of a workbook in order. */
export async function sheetsOf(bytes: Bytes): Promise<SheetSummary[]> {
  const isPacked = packingOf(await headOf(bytes.open(), 4)) === 'gzip'
  const whole = await wholeOf(isPacked ? unpacked(bytes) : bytes.open(), bytes.name, largestXlsx)
  return workbookSheets(whole, bytes.name).map(summaryOf)
}

function summaryOf({ name, hidden, rows }: Sheet): SheetSummary {
  const all = [...rows()].flat()
  const header = guessHeader(all, { delimiter: '\t', quote: undefined, escape: undefined })
  const fields = all.find(row => row.line === header)?.fields ?? []
  return { name, hidden, rows: all.length, header: columnNames(fields).join('\t') }
}
