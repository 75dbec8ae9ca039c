import type { ErrorRequestHandler, RequestHandler } from 'express'
import { DataAppError } from '#shared/error.ts'
import type { Log } from '#shared/log.ts'

/** What a client is told when a request can't be answered: RFC 9457 problem details. `type` names the kind, `detail` says what to do. */
export type ProblemDetails = {
  type: string
  title: string
  status: number
  detail: string
  errors?: { field: string; message: string }[]
}

/** Thrown by a route to answer with a problem. */
export class Problem extends Error {
  readonly status: number
  readonly kind: ProblemKind
  readonly headers: Record<string, string>
  readonly errors: { field: string; message: string }[] | undefined

  constructor(
    kind: ProblemKind,
    detail: string,
    more: { headers?: Record<string, string>; errors?: { field: string; message: string }[] } = {},
  ) {
    super(detail)
    this.kind = kind
    this.status = kinds[kind].status
    this.headers = more.headers ?? {}
    this.errors = more.errors
  }
}

const kinds = {
  'bad-request': { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'Sign in first' },
  'wrong-credentials': { status: 401, title: 'E-mail or password is wrong' },
  'code-needed': { status: 401, title: 'The second factor is needed' },
  'wrong-code': { status: 401, title: 'The code is wrong' },
  'second-factor-missing': { status: 403, title: 'Set a second factor first' },
  forbidden: { status: 403, title: 'Not yours to see' },
  'not-found': { status: 404, title: 'Nothing here' },
  'not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'It clashes with what is there' },
  gone: { status: 410, title: 'No longer available' },
  'too-large': { status: 413, title: 'Too large' },
  'wrong-type': { status: 415, title: 'Content type not supported' },
  'too-many': { status: 429, title: 'Too many attempts' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Not available right now' },
} as const

export type ProblemKind = keyof typeof kinds

function detailsOf(problem: Problem): ProblemDetails {
  const { kind, status, message, errors } = problem
  return {
    type: `urn:dataapp:problem:${kind}`,
    title: kinds[kind].title,
    status,
    detail: message,
    ...(errors === undefined ? {} : { errors }),
  }
}

export const noSuchPath: RequestHandler = request => {
  throw new Problem(
    'not-found',
    `There is no ${request.method} ${request.path}. The API is described at /api/v1/openapi.json`,
  )
}

/** The last handler: every error leaves as problem details, an unknown one without its inner text. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      log.warn({ path: request.path, err: error }, 'an answer broke off')
      next(error)
      return
    }
    const problem = toProblem(error)
    if (problem.status >= 500) log.error({ path: request.path, err: error }, 'a request failed')
    response
      .status(problem.status)
      .set(problem.headers)
      .set('cache-control', 'no-store')
      .type('application/problem+json')
      .send(JSON.stringify(detailsOf(problem)))
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DataAppError && error.code.startsWith('WAREHOUSE_'))
    return new Problem('unavailable', 'The warehouse is starting again. Try once more in a moment.', {
      headers: { 'retry-after': '2' },
    })
  const status = statusOf(error)
  if (status === 413) return new Problem('too-large', 'The request body is too large.')
  if (status === 415) return new Problem('wrong-type', 'Send the body as application/json.')
  if (status >= 400 && status < 500)
    return new Problem('bad-request', 'The request could not be read: is the body valid JSON?')
  return new Problem('internal', 'The failure has been logged. Try again; tell the operator if it stays.')
}

function statusOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
    ? error.status
    : 500
}
