import type { Field, Join, Source } from '../source/schema.ts'
import { columnsOf } from './expression.ts'

/** The columns of the file that a source reads: what its header must have. Derived columns and those of joined files are not among them. */
export function wantedColumns(source: Source): string[] {
  const wanted = new Set<string>()
  const derived = new Set(Object.keys(source.derive))
  const joined = source.joins.map(join => `${join.name}.`)
  const want = (column: string) => {
    if (!derived.has(column) && !joined.some(prefix => column.startsWith(prefix))) wanted.add(column)
  }
  for (const field of fieldsOf(source)) for (const column of fieldColumns(field)) want(column)
  for (const expression of [...Object.values(source.derive), ...source.skip.map(skip => skip.when)])
    for (const column of columnsOf(bare(expression))) want(column)
  for (const join of source.joins) for (const column of Object.keys(join.on)) want(column)
  return [...wanted]
}

/** The columns that a source reads from a joined file. */
export function joinedColumns(source: Source, join: Join): string[] {
  const prefix = `${join.name}.`
  const all = [
    ...fieldsOf(source).flatMap(fieldColumns),
    ...[...Object.values(source.derive), ...source.skip.map(skip => skip.when)].flatMap(text => columnsOf(bare(text))),
    ...source.joins.flatMap(other => Object.keys(other.on)),
  ]
  const read = all.filter(column => column.startsWith(prefix)).map(column => column.slice(prefix.length))
  return [...new Set([...Object.values(join.on), ...read])]
}

/** Every field of a source, whatever record it belongs to. */
export function fieldsOf(source: Source): Field[] {
  const records = [source.sale, source.product, source.store, source.seller, source.customer, source.target]
  return records.flatMap(record => {
    const fields: [string, Field | undefined][] = record === undefined ? [] : Object.entries(record)
    return fields.flatMap(([name, field]) =>
      field === undefined || field === 'ordinal' || name === 'extent' ? [] : [field],
    )
  })
}

function fieldColumns(field: Field): string[] {
  if (typeof field === 'string') return isExpression(field) ? columnsOf(bare(field)) : [field]
  return [
    ...(field.column === undefined ? [] : [field.column]),
    ...(field.columns ?? []),
    ...(field.expression === undefined ? [] : columnsOf(bare(field.expression))),
  ]
}

export function isExpression(text: string): boolean {
  return text.startsWith('=')
}

/** An expression without the sign that marks it. */
export function bare(text: string): string {
  return isExpression(text) ? text.slice(1).trim() : text
}
