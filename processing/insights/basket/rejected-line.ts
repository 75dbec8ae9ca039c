import { DataAppError } from '#shared/error.ts'

/** A line of a basket file that can't be used: which one, which field, and the rule it breaks. */
export function rejectedLine(file: string, line: number, field: string, rule: string, raw: string): DataAppError {
  const found = raw === '' ? '' : `, found: ${raw.length > 200 ? `${raw.slice(0, 200)}…` : raw}`
  return new DataAppError('BASKET_LINE_REJECTED', `${file}, line ${line}, field ${field}: ${rule}${found}`, {
    hint: 'A basket file is CSV with the header basket,item and one line per item of a basket.',
  })
}
