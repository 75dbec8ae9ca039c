import type { Request } from 'express'
import { type Expression, type Literal, readLiteral } from './expression.ts'
import { type EntitySet, entitySets, isSetName, setNames } from './model.ts'
import { type Query, readQuery } from './query.ts'
import { Refusal } from './refusal.ts'
import { Tokens } from './tokens.ts'

type Options = ReadonlyMap<string, string>

/** What an address under the feed's root means. */
export type Addressed = { options: Options } & (
  | { kind: 'service' | 'metadata' }
  | { kind: 'count'; query: Query }
  | { kind: 'entity'; query: Query; whole: boolean }
  | { kind: 'set'; query: Query; whole: boolean }
)

/** Reads path and options: the list of sets, the metadata, a set, how many rows a set has, or one entity by its key. */
export function addressedBy(request: Request): Addressed {
  const [, search = ''] = request.originalUrl.split(/\?(.*)/s)
  const options = readOptions(search)
  const path = decoded(request.path).replace(/^\/|\/$/g, '')
  if (path === '') return { kind: 'service', options }
  if (path === '$metadata') return { kind: 'metadata', options }
  const [, name = '', rest = ''] = /^([A-Za-z_]\w*)(.*)$/s.exec(path) ?? []
  if (!isSetName(name))
    throw new Refusal('NotFound', `There is no ${path.slice(0, 80)} in this feed. There are: ${setNames.join(', ')}.`)
  const set = entitySets[name]
  if (rest === '/$count') return { kind: 'count', query: readQuery(set, withoutPage(options)), options }
  const query = readQuery(set, options)
  const whole = (options.get('$select') ?? '') === '' && query.stages.length === 0
  if (rest === '') return { kind: 'set', query, options, whole }
  if (!rest.startsWith('(') || !rest.endsWith(')'))
    throw new Refusal('NotFound', `${name} has no ${rest.slice(0, 80)}. One entity is ${name}(key).`)
  if (query.stages.length > 0) throw new Refusal('BadQuery', '$apply belongs to a set, not to one entity.', '$apply')
  return { kind: 'entity', query: { ...query, filter: keyFilter(set, rest) }, options, whole }
}

/** `('FR-1')` or `(Day=2020-05-01,Store='7')`, every part of the key once. */
function keyFilter(set: EntitySet, text: string): Expression {
  const tokens = new Tokens('the key', text)
  const values = new Map<string, Literal>()
  tokens.expect('(')
  if (tokens.peek().kind !== 'word' && set.key.length === 1) values.set(set.key[0] ?? '', readLiteral(tokens))
  else
    do {
      const name = tokens.word('a property of the key')
      tokens.expect('=')
      values.set(name, readLiteral(tokens))
    } while (tokens.skip(','))
  tokens.expect(')')
  tokens.end()
  if (values.size !== set.key.length || !set.key.every(name => values.has(name)))
    throw new Refusal('BadQuery', `The key of ${set.name} is ${set.key.join(', ')}.`)
  return [...values]
    .map(([name, right]): Expression => ({ kind: 'compare', by: 'eq', left: { kind: 'property', name }, right }))
    .reduce((left, right) => ({ kind: 'logic', by: 'and', left, right }))
}

function withoutPage(options: Options): Options {
  return new Map([...options].filter(([name]) => !['$top', '$skip', '$skiptoken', '$orderby', '$count'].includes(name)))
}

function readOptions(search: string): Options {
  const options = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(search)) {
    if (name.startsWith('$') && options.has(name)) throw new Refusal('BadQuery', `${name} is there twice.`, name)
    options.set(name, value)
  }
  return options
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new Refusal('BadQuery', 'The path is not written in UTF-8 percent signs.')
  }
}
