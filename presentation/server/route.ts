import type { Request, Response } from 'express'
import { z } from 'zod'
import type { Door } from '#presentation/access.ts'
import type { Ask } from './ask.ts'
import type { Person } from './person.ts'
import { Problem } from './problem.ts'
import type { Signed } from './session.ts'

/** What a path names behind colons: `id` and `link` of `/reports/:id/links/:link`. */
type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** What a route is given: who asks (passed the door already), what they ask for (parsed), and the parts. */
export type Call<Query, Body, Name extends string = string> = {
  person: Person
  signed: Signed
  query: Query
  body: Body
  params: Readonly<Record<Name, string>>
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

type Described<Path extends string, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = {
  method: Method
  path: Path
  door: Door
  summary: string
  query?: Q
  body?: B
  answer?: A
  status?: number
  keep?: 'scope' | 'no'
  run: (call: Call<z.output<Q>, z.output<B>, NamesIn<Path>>) => Promise<z.input<A>>
}

/** Ties the path and the schemas of a route to the types of what it runs. Everything from outside is parsed here, once. */
export function route<
  Path extends string,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodVoid,
>(described: Described<Path, Q, B, A>): Route {
  const { path, query, body, answer, run } = described
  return {
    method: described.method,
    path,
    door: described.door,
    summary: described.summary,
    query,
    body,
    answer,
    status: described.status ?? (answer === undefined ? 204 : 200),
    keep: described.keep ?? 'no',
    run: call => {
      const { params } = call
      if (!hasNamesOf(path, params)) throw new Error(`${path} was asked for without what it names`)
      return run({
        ...call,
        params,
        query: parsed<Q>(query, call.query, 'query'),
        body: parsed<B>(body, call.body, 'body'),
      })
    },
  }
}

type Params = Readonly<Record<string, string>>

function hasNamesOf<Path extends string>(
  path: Path,
  params: Params,
): params is Params & Readonly<Record<NamesIn<Path>, string>> {
  return [...path.matchAll(/:(\w+)/g)].every(([, name = '']) => Object.hasOwn(params, name))
}

function parsed<S extends z.ZodType>(schema: S | undefined, value: unknown, where: string): z.output<S> {
  const result = (schema ?? z.any()).safeParse(schema === undefined ? undefined : value)
  if (result.success) return result.data
  const errors = result.error.issues.map(issue => ({ field: [where, ...issue.path].join('.'), message: issue.message }))
  throw new Problem('bad-request', errors.map(error => `${error.field}: ${error.message}`).join('; '), { errors })
}
