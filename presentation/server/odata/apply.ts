import type { Column, Columns } from './columns.ts'
import { type Expression, readExpression } from './expression.ts'
import { unknownProperty } from './expression-sql.ts'
import type { EdmType } from './model.ts'
import { Refusal } from './refusal.ts'
import { Tokens } from './tokens.ts'

/** One step of `$apply`, from the columns before it to those after. */
export type Stage =
  | { kind: 'filter'; where: Expression; columns: Columns }
  | { kind: 'group'; by: readonly string[]; aggregates: readonly Aggregate[]; columns: Columns }

export const methods = ['sum', 'count', 'countdistinct', 'min', 'max', 'average'] as const
export type Method = (typeof methods)[number]
export type Aggregate = { name: string; method: Method; of: string | undefined }

/** Reads `filter(…)/groupby((A,B),aggregate(C with sum as D,$count as N))` against the columns there are. */
export function readApply(text: string, columns: Columns): Stage[] {
  const tokens = new Tokens('$apply', text)
  const stages: Stage[] = []
  let now = columns
  do {
    const stage = readStage(tokens, now)
    now = stage.columns
    stages.push(stage)
    if (stages.length > 10) throw tokens.wrong('more than 10 steps')
  } while (tokens.skip('/'))
  tokens.end()
  return stages
}

function readStage(tokens: Tokens, columns: Columns): Stage {
  const name = tokens.word('filter, groupby or aggregate')
  switch (name) {
    case 'filter': {
      tokens.expect('(')
      const where = readExpression(tokens)
      tokens.expect(')')
      return { kind: 'filter', where, columns }
    }
    case 'aggregate':
      return group([], readAggregates(tokens, columns), columns)
    case 'groupby': {
      tokens.expect('(')
      const by = readNames(tokens, columns)
      const aggregates = tokens.skip(',') ? readInner(tokens, columns) : []
      tokens.expect(')')
      return group(by, aggregates, columns)
    }
    default:
      throw new Refusal(
        'NotImplemented',
        `There is no transformation ${name} here; there are filter, groupby and aggregate.`,
        '$apply',
      )
  }
}

function readInner(tokens: Tokens, columns: Columns): Aggregate[] {
  if (tokens.word('aggregate') !== 'aggregate')
    throw new Refusal('NotImplemented', 'Inside groupby there can only be aggregate(…).', '$apply')
  return readAggregates(tokens, columns)
}

function readNames(tokens: Tokens, columns: Columns): string[] {
  tokens.expect('(')
  const names: string[] = []
  do {
    const name = tokens.word('a property')
    const column = columns.get(name)
    if (column === undefined) throw unknownProperty(name, columns, '$apply')
    if (column.sealed)
      throw new Refusal('NotImplemented', `${name} is kept encrypted: group by the id beside it.`, '$apply')
    if (!names.includes(name)) names.push(name)
  } while (tokens.skip(','))
  tokens.expect(')')
  return names
}

function readAggregates(tokens: Tokens, columns: Columns): Aggregate[] {
  tokens.expect('(')
  const aggregates: Aggregate[] = []
  do aggregates.push(readAggregate(tokens, columns))
  while (tokens.skip(','))
  tokens.expect(')')
  return aggregates
}

function readAggregate(tokens: Tokens, columns: Columns): Aggregate {
  const of = tokens.word('a property or $count')
  if (of === '$count') {
    tokens.expect('as')
    return { name: alias(tokens), method: 'count', of: undefined }
  }
  const column = columns.get(of)
  if (column === undefined) throw unknownProperty(of, columns, '$apply')
  tokens.expect('with')
  const word = tokens.word('a method')
  const method = methods.find(known => known === word)
  if (method === undefined)
    throw new Refusal('NotImplemented', `There is no method ${word} here; there are ${methods.join(', ')}.`, '$apply')
  if ((method === 'sum' || method === 'average') && column.type !== 'Decimal' && column.type !== 'Int64')
    throw new Refusal('BadQuery', `${method} needs numbers and ${of} is Edm.${column.type}.`, '$apply')
  if (column.sealed) throw new Refusal('NotImplemented', `${of} is kept encrypted: count the id beside it.`, '$apply')
  tokens.expect('as')
  return { name: alias(tokens), method, of }
}

function alias(tokens: Tokens): string {
  const name = tokens.word('a name')
  if (name.startsWith('$') || name.length > 128) throw tokens.wrong(`${name} can not be a name`)
  return name
}

function group(by: readonly string[], aggregates: readonly Aggregate[], columns: Columns): Stage {
  const after = new Map<string, Column>()
  for (const name of by) {
    const column = columns.get(name)
    if (column !== undefined) after.set(name, column)
  }
  for (const { name, method, of } of aggregates) {
    if (after.has(name)) throw new Refusal('BadQuery', `The name ${name} is there twice.`, '$apply')
    const source = of === undefined ? undefined : columns.get(of)
    after.set(name, { type: typeOf(method, source), nullable: nullableOf(method, source), sealed: false })
  }
  return { kind: 'group', by, aggregates, columns: after }
}

function typeOf(method: Method, source: Column | undefined): EdmType {
  if (method === 'count' || method === 'countdistinct') return 'Int64'
  return method === 'average' ? 'Decimal' : (source?.type ?? 'Int64')
}

function nullableOf(method: Method, source: Column | undefined): boolean {
  if (method === 'count' || method === 'countdistinct') return false
  return method === 'average' || method === 'min' || method === 'max' || source?.nullable === true
}
