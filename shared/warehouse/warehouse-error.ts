import { DataAppError, messageOf, systemCodeOf } from '#shared/error.ts'

const cutOff = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
])
/** ClickHouse's codes that pass by themselves: network, timeout of a connection, too many simultaneous queries, too many parts, not enough space, keeper. */
const passing = new Set(['209', '210', '202', '252', '243', '999', '242'])

/** True when the same statement may succeed in a moment. Memory that all queries together have used up comes back; a query's own limit stays what it is. */
export function isTransient(error: unknown): boolean {
  const code = systemCodeOf(error)
  const memoryOfAll = code === '241' && /\(total\)/.test(messageOf(error))
  return (
    cutOff.has(code) ||
    passing.has(code) ||
    memoryOfAll ||
    isFull(error) ||
    /socket hang up|Timeout error/.test(messageOf(error))
  )
}

/** True when the warehouse's disk is full: no time heals that, room does. */
export function isFull(error: unknown): boolean {
  return systemCodeOf(error) === '243' || /No space left|ENOSPC/.test(messageOf(error))
}

/** True when a query was refused because it would have read more rows than its own limit. */
export function isTooMuchToRead(error: unknown): boolean {
  return systemCodeOf(error) === '158'
}

/** Any failure of the client as a coded error that says what to do. An error in a statement of ours stays what it is: unknown, loud. */
export function warehouseError(error: unknown): unknown {
  const code = systemCodeOf(error)
  const message = messageOf(error).slice(0, 500)
  const coded = (name: Uppercase<string>, what: string, hint: string) =>
    new DataAppError(name, `${what} ${message}`, { hint, cause: error })
  if (cutOff.has(code))
    return coded(
      'WAREHOUSE_UNREACHABLE',
      'The warehouse does not answer.',
      'Check DATAAPP_WAREHOUSE_URL and that ClickHouse runs there.',
    )
  if (['516', '194', '193', '192'].includes(code))
    return coded(
      'WAREHOUSE_UNAUTHORIZED',
      'The warehouse refused the credentials.',
      'Check DATAAPP_WAREHOUSE_USERNAME and DATAAPP_WAREHOUSE_PASSWORD.',
    )
  if (code === '497')
    return coded(
      'WAREHOUSE_FORBIDDEN',
      'The warehouse account lacks a permission.',
      'Grant it the rights in docs/configuration.md.',
    )
  if (code === '164')
    return coded(
      'WAREHOUSE_READ_ONLY',
      'The warehouse is read-only.',
      'Use an account that may write, or make room on its disk.',
    )
  if (isFull(error))
    return coded(
      'WAREHOUSE_FULL',
      'The warehouse has no room left.',
      'Make room on its disk; loading goes on by itself.',
    )
  if (code === '241')
    return coded(
      'WAREHOUSE_MEMORY',
      'The warehouse ran out of memory for a query.',
      'Ask for a shorter period, or raise DATAAPP_WAREHOUSE_MEMORY_BYTES.',
    )
  if (code === '159' || code === '160')
    return coded('WAREHOUSE_TIMEOUT', 'A query took too long.', 'Ask for a shorter period.')
  return error
}
