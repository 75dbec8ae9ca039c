import type { DataAppError } from './error.ts'

const codes = new Set([
  'WAREHOUSE_UNREACHABLE',
  'WAREHOUSE_READ_ONLY',
  'WAREHOUSE_FULL',
  'SETTINGS_UNREACHABLE',
  'SETTINGS_READ_ONLY',
  'BUS_UNREACHABLE',
  'BUS_FULL',
])

/** True for a failure that is over without anybody starting anything again: once somebody brings the server back, makes room, or lets it be written to. */
export function isPassing({ code }: DataAppError): boolean {
  return codes.has(code)
}
