/** Why a query is not answered, in OData's form: `{"error": {"code", "message", "target"}}`. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly target: string | undefined
  readonly headers: Record<string, string>

  constructor(code: RefusalCode, message: string, target?: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = statuses[code]
    this.code = code
    this.target = target
    this.headers = headers
  }
}

const statuses = {
  BadQuery: 400,
  QueryTooCostly: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  TooManyQueries: 429,
  NotImplemented: 501,
  Unavailable: 503,
  Internal: 500,
} as const
export type RefusalCode = keyof typeof statuses

export function refusalBody({ code, message, target }: Refusal): string {
  return JSON.stringify({ error: { code, message, ...(target === undefined ? {} : { target }) } })
}

/** A query that is written wrongly; `at` counts characters from 0. */
export function wrongAt(target: string, text: string, at: number, why: string): Refusal {
  return new Refusal('BadQuery', `${why} at character ${at + 1} of ${target}: ${text.slice(at, at + 40)}`, target)
}
