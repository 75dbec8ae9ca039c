import type { DataAppError } from './error.ts'

/** What every step returns. `switch (outcome.kind)` without a default: a new kind does not compile until each place has decided. */
export type Outcome<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'rejected'; why: Rejection }
  | { kind: 'retry'; afterMs: number; why: DataAppError }

/** Why one record can't be used, and where it came from. `line` counts from 1 and is the physical line (or row) in the file. */
export type Rejection = {
  source: string
  file: string
  line: number
  field: string
  rule: string
  message: string
  raw: string
}

export const ok = <T>(value: T): Outcome<T> => ({ kind: 'ok', value })
export const rejected = (why: Rejection): Outcome<never> => ({ kind: 'rejected', why })
export const retry = (afterMs: number, why: DataAppError): Outcome<never> => ({ kind: 'retry', afterMs, why })
