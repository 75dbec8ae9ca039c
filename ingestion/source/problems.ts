import type { z } from 'zod'
import { nearest } from '#shared/nearest.ts'
import { sourceSchema } from './schema.ts'

/** What is wrong with the content of a source file, one sentence each. */
export function problemsOf(content: unknown): string[] {
  const parsed = sourceSchema.safeParse(content)
  return parsed.success ? [] : [...new Set(parsed.error.issues.flatMap(issue => sentences(issue, content, [])))]
}

function sentences(issue: z.core.$ZodIssue, content: unknown, above: readonly PropertyKey[]): string[] {
  const path = [...above, ...issue.path]
  const where = path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path)
    return issue.keys.map(key => {
      const suggestion = nearest(key, known)
      const meant = suggestion === undefined ? `Known here: ${known.join(', ')}` : `Did you mean "${suggestion}"?`
      return `"${[...path, key].map(String).join('.')}" is not a key of a source file. ${meant}`
    })
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find(errors => errors.some(e => e.code === 'unrecognized_keys')) ?? issue.errors.at(-1)
    const inner = typeof valueAt(content, issue.path) === 'object' ? (branch ?? []) : []
    if (inner.length > 0) return inner.flatMap(e => sentences(e, content, path))
  }
  const missing = valueAt(content, path) === undefined && path.length > 0
  if (missing) return [`"${where}" is missing`]
  return [`${where === '' ? 'it' : `"${where}"`} ${issue.message.replace(/^Invalid input: /, 'is wrong: ')}`]
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return value
}

/** The keys that are valid at a place of the schema, found by walking it. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schemas: z.core.$ZodType[] = [sourceSchema]
  for (const key of path) schemas = schemas.flatMap(schema => inside(schema, key))
  return schemas.flatMap(schema => objects(schema).flatMap(object => Object.keys(object._zod.def.shape)))
}

function inside(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  const array = unwrapped(schema).flatMap(s => (isKind(s, 'array') ? [s._zod.def.element] : []))
  const fields = objects(schema).flatMap(object => {
    const field = object._zod.def.shape[String(key)]
    return field === undefined ? [] : [field]
  })
  return [...array, ...fields]
}

function objects(schema: z.core.$ZodType): z.core.$ZodObject[] {
  return unwrapped(schema).flatMap(s => (isKind(s, 'object') ? [s] : []))
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (isKind(schema, 'optional') || isKind(schema, 'default') || isKind(schema, 'prefault'))
    return unwrapped(schema._zod.def.innerType)
  if (isKind(schema, 'union')) return schema._zod.def.options.flatMap(unwrapped)
  return [schema]
}

type Kinds = {
  optional: z.core.$ZodOptional
  default: z.core.$ZodDefault
  prefault: z.core.$ZodPrefault
  union: z.core.$ZodUnion
  object: z.core.$ZodObject
  array: z.core.$ZodArray
}

function isKind<K extends keyof Kinds>(schema: z.core.$ZodType, kind: K): schema is Kinds[K] {
  return schema._zod.def.type === kind
}
