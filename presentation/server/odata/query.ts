import { parseJson } from '#shared/json.ts'
import { readApply, type Stage } from './apply.ts'
import type { Column, Columns } from './columns.ts'
import { type Expression, readExpression } from './expression.ts'
import { unknownProperty } from './expression-sql.ts'
import type { EntitySet } from './model.ts'
import { Refusal } from './refusal.ts'
import { Tokens } from './tokens.ts'

/** A query as it was asked, read and checked by name; nothing of its text is left but names of the model and values. */
export type Query = {
  set: EntitySet
  stages: readonly Stage[]
  /** The columns after the last stage, of which the rest speaks. */
  columns: Columns
  filter: Expression | undefined
  orderBy: readonly { by: Expression; descending: boolean }[]
  select: readonly string[]
  top: number | undefined
  skip: number
  count: boolean
  /** Where the page before ended. */
  after: After | undefined
}

/** By key: the key's values of the last row. By place: how many rows came before. */
export type After = { kind: 'key'; values: readonly string[] } | { kind: 'place'; rows: number }

const known = ['$select', '$filter', '$orderby', '$top', '$skip', '$count', '$apply', '$skiptoken', '$format'] as const
const unsupported = ['$expand', '$search', '$compute', '$levels', '$deltatoken', '$index', '$schemaversion']
const longest = 30_000

/** Reads the options of an address (`$filter=…&$top=…`). What begins with `$` and is not known is refused; other names are the client's own. */
export function readQuery(set: EntitySet, options: ReadonlyMap<string, string>): Query {
  for (const [name, value] of options) {
    if (!name.startsWith('$')) continue
    if (value.length > longest) throw new Refusal('BadQuery', `${name} is longer than ${longest} characters.`, name)
    if (unsupported.includes(name) && value !== '')
      throw new Refusal('NotImplemented', `${name} is not there. There are: ${known.join(', ')}.`, name)
    if (!known.some(one => one === name) && !unsupported.includes(name))
      throw new Refusal('BadQuery', `There is no option ${name}. There are: ${known.join(', ')}.`, name)
  }
  const base = columnsOf(set)
  const apply = options.get('$apply')
  const stages = apply === undefined || apply === '' ? [] : readApply(apply, base)
  const columns = stages.at(-1)?.columns ?? base
  return {
    set,
    stages,
    columns,
    filter: readFilter(options.get('$filter')),
    orderBy: readOrder(options.get('$orderby')),
    select: readSelect(options.get('$select'), columns),
    top: readCount('$top', options.get('$top')),
    skip: readCount('$skip', options.get('$skip')) ?? 0,
    count: readTruth('$count', options.get('$count')),
    after: readAfter(options.get('$skiptoken')),
  }
}

export function columnsOf(set: EntitySet): Columns {
  return new Map(
    Object.entries(set.properties).map(([name, { type, nullable = false, sealed = false }]): [string, Column] => [
      name,
      { type, nullable, sealed },
    ]),
  )
}

export function isGrouped({ stages }: Query): boolean {
  return stages.some(stage => stage.kind === 'group')
}

/** The token that a next page begins with. */
export function tokenOf(after: After): string {
  return Buffer.from(JSON.stringify(after.kind === 'key' ? after.values : after.rows)).toString('base64url')
}

function readAfter(token: string | undefined): After | undefined {
  if (token === undefined) return undefined
  const given = parseJson(Buffer.from(token, 'base64url'))
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return { kind: 'place', rows: given }
  if (Array.isArray(given) && given.every(value => typeof value === 'string')) return { kind: 'key', values: given }
  throw new Refusal('BadQuery', 'This $skiptoken is not one of ours: follow @odata.nextLink as it is.', '$skiptoken')
}

function readFilter(text: string | undefined): Expression | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const tokens = new Tokens('$filter', text)
  const expression = readExpression(tokens)
  tokens.end()
  return expression
}

function readOrder(text: string | undefined): Query['orderBy'] {
  if (text === undefined || text.trim() === '') return []
  const tokens = new Tokens('$orderby', text)
  const order: { by: Expression; descending: boolean }[] = []
  do {
    const by = readExpression(tokens)
    const descending = tokens.skip('desc')
    if (!descending) tokens.skip('asc')
    order.push({ by, descending })
  } while (tokens.skip(','))
  tokens.end()
  return order
}

function readSelect(text: string | undefined, columns: Columns): string[] {
  const names = (text ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  if (names.length === 0 || names.includes('*')) return [...columns.keys()]
  for (const name of names) if (!columns.has(name)) throw unknownProperty(name, columns, '$select')
  return [...new Set(names)]
}

function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (!/^\d{1,12}$/.test(text)) throw new Refusal('BadQuery', `${name} is a whole number from 0.`, name)
  return value
}

function readTruth(name: string, text: string | undefined): boolean {
  if (text === undefined || text === '' || text === 'false') return false
  if (text === 'true') return true
  throw new Refusal('BadQuery', `${name} is true or false.`, name)
}
