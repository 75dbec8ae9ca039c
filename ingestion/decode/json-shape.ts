import { parseJson } from '#shared/json.ts'
import { flattened } from './typed.ts'

/** Where the records are inside a JSON document: the path to their array, and the array inside a record that holds its lines. */
export type JsonShape = { records?: string; each?: string }

/** Guessed from the beginning of a document, which may be cut anywhere. */
export function jsonShape(head: string, type: 'json' | 'ndjson'): JsonShape {
  const arrays = type === 'ndjson' ? [] : arraysOfObjects(head)
  const [largest] = [...arrays].sort((a, b) => b.length - a.length)
  const records = largest === undefined || largest.path === '' ? undefined : largest.path
  const sample = type === 'ndjson' ? head.split('\n').slice(0, 50) : objectsFrom(head, largest?.from ?? 0)
  const each = linesOf(sample)
  return { ...(records === undefined ? {} : { records }), ...(each === undefined ? {} : { each }) }
}

type Found = { path: string; from: number; length: number }

/** Arrays whose first element is an object, those inside of others aside. */
function arraysOfObjects(text: string): Found[] {
  const found: Found[] = []
  const keys: string[] = []
  let depth = 0
  let inside: { found: Found | undefined; depth: number } | undefined
  let word = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '"') {
      const end = endOfString(text, at)
      word = text.slice(at + 1, end)
      at = end
    } else if (sign === ':') keys[depth - 1] = word
    else if (sign === '{' || sign === '[') {
      if (sign === '[' && inside === undefined) {
        const isRecords = /^\[\s*\{/.test(text.slice(at, at + 200))
        const one = isRecords
          ? { path: keys.slice(0, depth).join('.'), from: at + 1, length: text.length - at }
          : undefined
        if (one !== undefined) found.push(one)
        inside = { found: one, depth }
      }
      depth++
    } else if (sign === '}' || sign === ']') {
      depth--
      keys.length = Math.max(0, Math.min(keys.length, depth))
      if (inside !== undefined && depth === inside.depth) {
        if (inside.found !== undefined) inside.found.length = at - inside.found.from
        inside = undefined
      }
    }
  }
  return found
}

/** The texts of the objects that follow one another from a place on, the last one when it is whole. */
function objectsFrom(text: string, from: number): string[] {
  const objects: string[] = []
  let depth = 0
  let begin = from
  for (let at = from; at < text.length && objects.length < 50; at++) {
    const sign = text[at]
    if (sign === '"') at = endOfString(text, at)
    else if (sign === '{' || sign === '[') {
      if (depth === 0) begin = at
      depth++
    } else if (sign === '}' || sign === ']') {
      depth--
      if (depth < 0) break
      if (depth === 0) objects.push(text.slice(begin, at + 1))
    }
  }
  return objects
}

function endOfString(text: string, open: number): number {
  let at = open + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** The field that holds an array of objects in most records. */
function linesOf(records: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  let whole = 0
  for (const record of records) {
    const value = parseJson(record)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    whole++
    for (const [key, inner] of flattened(value))
      if (Array.isArray(inner) && inner.length > 0 && inner.every(item => typeof item === 'object' && item !== null))
        counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const named = (key: string) => Number(/item|line|linha|produt|product|detail|detalhe/i.test(key))
  const [most] = [...counts].sort(([a, m], [b, n]) => named(b) - named(a) || n - m)
  return most !== undefined && most[1] > whole / 2 ? most[0] : undefined
}
