import type { Correction } from '#shared/records/correction.ts'
import type { Rejected } from '#shared/records/rejected.ts'
import { correctedLine, readRejectedLine } from '#shared/records/rejected-line.ts'
import type { Sale } from '#shared/records/sale.ts'

/** The sale that tells a line once more which a quality rule turned away, as it was or as somebody corrected it: the rules judge it again. Or what is wrong with it. */
export function retold(
  record: Rejected,
  version: number,
  correction: Correction | undefined,
): Sale | { field: string; message: string } {
  const read = readRejectedLine(record.raw)
  if (read === undefined) return { field: '', message: 'the record does not hold a sale line' }
  const line = correctedLine(read, correction !== undefined && 'cells' in correction ? correction.cells : {})
  if ('message' in line) return line
  const { store, sale, soldAt, seller, customer, ...rest } = line
  const { source, file } = record
  return { store, sale, soldAt, seller, customer, source, file, extent: 'lines', version, lines: [rest] }
}
