import { CommanderError } from 'commander'
import { DataAppError, forPerson, messageOf } from '#shared/error.ts'

/** A command that stopped on the way: what it had done until then stands in its document, beside the error. */
export class Unfinished extends DataAppError {
  readonly done: Readonly<Record<string, unknown>>

  constructor(why: DataAppError, done: Readonly<Record<string, unknown>>) {
    super(why.code, why.message, { hint: why.hint, cause: why })
    this.done = done
  }
}

/** Says why a command failed: to a person on stderr, an unknown error with its stack; and with `--json` as the one document on stdout. Returns the exit status. */
export function sayFailure(error: unknown, argv: readonly string[]): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0
  if (error instanceof DataAppError) console.error(forPerson(error))
  // Wrong arguments have been reported by the command's parser.
  else if (!(error instanceof CommanderError)) console.error(error)
  if (asksForJson(argv)) console.log(JSON.stringify(failureDocument(error)))
  return 1
}

/** `{"error": {"code", "message", "hint"}}`, with what was done before it. */
export function failureDocument(error: unknown): Record<string, unknown> {
  const done = error instanceof Unfinished ? error.done : {}
  if (error instanceof CommanderError) {
    const hint = 'Say --help behind the command to see what it takes.'
    return { error: { code: 'USAGE', message: error.message.replace(/^error: /, ''), hint } }
  }
  const { code, hint } = error instanceof DataAppError ? error : { code: 'UNKNOWN', hint: '' }
  return { ...done, error: { code, message: messageOf(error), hint } }
}

function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}
