import type { RequestHandler } from 'express'
import { Problem } from './problem.ts'

/** NUL, and half of a character: Postgres refuses both, the first as text and the second in JSON. */
const never = /[\0\p{Surrogate}]/u

/** The field of what was sent that holds text which no database keeps; undefined where there is none. */
export function unkeepable(given: unknown, field: string): string | undefined {
  if (typeof given === 'string') return never.test(given) ? field : undefined
  if (typeof given !== 'object' || given === null) return undefined
  for (const [name, value] of Object.entries(given)) {
    const inside = `${field}.${name.replace(/\0/g, '\ufffd')}`
    const found = never.test(name) ? inside : unkeepable(value, inside)
    if (found !== undefined) return found
  }
  return undefined
}

/** Refuses an address with such text, before any route reads it. */
export const keepableAddress: RequestHandler = (request, _response, next) => {
  refuse(/%00/.test(request.path) ? 'path' : unkeepable(request.query, 'query'))
  next()
}

/** Refuses a body with such text, once it is read. */
export const keepableBody: RequestHandler = (request, _response, next) => {
  refuse(unkeepable(request.body, 'body'))
  next()
}

function refuse(field: string | undefined): void {
  if (field === undefined) return
  const message = 'holds a character that is no text (NUL, or half of a character)'
  throw new Problem('bad-request', `${field}: ${message}`, { errors: [{ field, message }] })
}
