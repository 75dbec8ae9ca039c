/** A known failure: a stable code, what happened to what, and what to do about it. Anything else that is thrown is unknown and stops the service. */
export class DataAppError extends Error {
  readonly code: ErrorCode
  readonly hint: string

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DataAppError'
    this.code = code
    this.hint = options.hint ?? ''
  }
}

/** Codes are upper snake case and never reused: `CONFIG_UNKNOWN_KEY`, `HOME_LOCKED`, `BUS_UNREACHABLE`… */
export type ErrorCode = Uppercase<string>

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The system error code (`ENOSPC`, `EADDRINUSE`…) of anything that was thrown, or ''. */
export function systemCodeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}

/** What a person sees in a terminal: what happened, then what to do. */
export function forPerson(error: DataAppError): string {
  const hint = error.hint === '' ? '' : `\n    ${error.hint.split('\n').join('\n    ')}`
  return `  ✗ ${error.message} [${error.code}]${hint}`
}
