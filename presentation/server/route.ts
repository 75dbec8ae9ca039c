import type { Request, Response } from 'express'
import { z } from 'zod'
import type { Door } from '#presentation/access.ts'
import type { Ask } from './ask.ts'
import type { Person } from './person.ts'
import { Problem } from './problem.ts'
import type { Signed } from './session.ts'

/** What a route is given: who asks (passed the door already), what they ask for (parsed), and the parts. */
export type Call<Query, Body> = {
  person: Person
  signed: Signed
  query: Query
  body: Body
  params: Record<string, string>
  ask: Ask
  request: Request
  response: Response
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** One endpoint: its words for the API's description, its door in the access matrix, the schemas that validate and describe it, and what it does. */
export type Route = {
  method: Method
  /** Express path under `/api/v1`, such as `/people/:id`. */
  path: string
  door: Door
  summary: string
  query: z.ZodType | undefined
  body: z.ZodType | undefined
  answer: z.ZodType | undefined
  status: number
  /** `scope`: the answer depends on nothing but the person's scope, the query and the data, so it may be kept until the data changes. */
  keep: 'scope' | 'no'
  run: (call: Call<unknown, unknown>) => Promise<unknown>
}

type Described<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = {
  method: Method
  path: string
  door: Door
  summary: string
  query?: Q
  body?: B
  answer?: A
  status?: number
  keep?: 'scope' | 'no'
  run: (call: Call<z.output<Q>, z.output<B>>) => Promise<z.input<A>>
}

/** Ties the schemas of a route to the types of what it runs. Everything from outside is parsed here, once. */
export function route<
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodVoid,
>(described: Described<Q, B, A>): Route {
  const { query, body, answer, run } = described
  return {
    method: described.method,
    path: described.path,
    door: described.door,
    summary: described.summary,
    query,
    body,
    answer,
    status: described.status ?? (answer === undefined ? 204 : 200),
    keep: described.keep ?? 'no',
    run: call =>
      run({
        ...call,
        query: parsed<Q>(query, call.query, 'query'),
        body: parsed<B>(body, call.body, 'body'),
      }),
  }
}

function parsed<S extends z.ZodType>(schema: S | undefined, value: unknown, where: string): z.output<S> {
  const result = (schema ?? z.any()).safeParse(schema === undefined ? undefined : value)
  if (result.success) return result.data
  const errors = result.error.issues.map(issue => ({ field: [where, ...issue.path].join('.'), message: issue.message }))
  throw new Problem('bad-request', errors.map(error => `${error.field}: ${error.message}`).join('; '), { errors })
}
