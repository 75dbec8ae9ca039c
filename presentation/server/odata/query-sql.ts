import { isDay } from '#presentation/period.ts'
import type { Aggregate, Stage } from './apply.ts'
import { Bound, type Column, nameSql } from './columns.ts'
import { propertiesIn } from './expression.ts'
import { sqlOf } from './expression-sql.ts'
import { type EdmType, joins } from './model.ts'
import { isGrouped, type Query } from './query.ts'
import { Refusal } from './refusal.ts'

export type Statement = { sql: string; params: Record<string, unknown> }

/** The rows of one page and one more, which tells whether there is a next. `wide` for who sees everything. */
export function pageSql(query: Query, rows: number, wide: boolean, zone: string): Statement {
  const bound = new Bound()
  const place = placeOf(query)
  const order = orderSql(query, bound)
  const shown = [...new Set([...query.select, ...(place === 'key' ? query.set.key : [])])]
  const where = [...conditions(query, bound), ...afterSql(query, bound)]
  const skipped = query.after === undefined ? query.skip : query.after.kind === 'place' ? query.after.rows : 0
  const sql = `SELECT ${shown.map(name => outputSql(name, query.columns.get(name))).join(', ')}
FROM (${stagesSql(query, bound, wide)})
${whereSql(where)}${order.length === 0 ? '' : `ORDER BY ${order.join(', ')}\n`}LIMIT ${bound.add('UInt32', rows + 1)} OFFSET ${bound.add('UInt64', skipped)}`
  return { sql, params: { ...bound.values, zone } }
}

/** How many rows there are in all, whatever `$top` and `$skip` say. */
export function countSql(query: Query, wide: boolean, zone: string): Statement {
  const bound = new Bound()
  const where = whereSql(conditions(query, bound))
  const sql = `SELECT toInt64(count()) AS rows FROM (${stagesSql({ ...query, select: [], orderBy: [] }, bound, wide)})\n${where}`
  return { sql, params: { ...bound.values, zone } }
}

/** Lists page by key: nothing is lost or doubled when data arrives between two pages. What is sorted or grouped pages by place. */
export function placeOf(query: Query): 'key' | 'place' {
  return query.orderBy.length === 0 && !isGrouped(query) ? 'key' : 'place'
}

function stagesSql(query: Query, bound: Bound, wide: boolean): string {
  let sql = baseSql(query, wide)
  for (const stage of query.stages) sql = stageSql(stage, sql, bound)
  return sql
}

function baseSql(query: Query, wide: boolean): string {
  const { set } = query
  const used = [...usedOfBase(query)].flatMap(name => {
    const property = set.properties[name]
    return property === undefined ? [] : [{ name, property }]
  })
  const needed = new Set(used.flatMap(({ property }) => (property.join === undefined ? [] : [property.join])))
  const from = wide && set.fromWide !== undefined ? set.fromWide : set.from
  const columns = used.map(({ name, property }) => `${property.sql} AS ${nameSql(name)}`)
  return `SELECT ${columns.length === 0 ? '1 AS `_`' : columns.join(', ')} FROM ${[from, ...[...needed].map(join => joins[join])].join(' ')}`
}

/** What of the entity set is spoken of, up to the first grouping. */
function usedOfBase(query: Query): Set<string> {
  const used = new Set<string>()
  for (const stage of query.stages) {
    if (stage.kind === 'filter') for (const name of propertiesIn(stage.where)) used.add(name)
    else {
      for (const name of stage.by) used.add(name)
      for (const { of } of stage.aggregates) if (of !== undefined) used.add(of)
      return used
    }
  }
  for (const name of [...query.select, ...query.set.key]) used.add(name)
  for (const name of query.filter === undefined ? [] : propertiesIn(query.filter)) used.add(name)
  for (const { by } of query.orderBy) for (const name of propertiesIn(by)) used.add(name)
  return used
}

function stageSql(stage: Stage, from: string, bound: Bound): string {
  if (stage.kind === 'filter') {
    const { sql, type } = sqlOf(stage.where, stage.columns, bound, '$apply')
    if (type !== 'Boolean') throw new Refusal('BadQuery', 'filter takes a condition.', '$apply')
    return `SELECT * FROM (${from}) WHERE ${sql}`
  }
  const columns = [
    ...stage.by.map(name => `g.${nameSql(name)} AS ${nameSql(name)}`),
    ...stage.aggregates.map(aggregateSql),
  ]
  const by = stage.by.length === 0 ? '' : ` GROUP BY ${stage.by.map(name => `g.${nameSql(name)}`).join(', ')}`
  return `SELECT ${columns.join(', ')} FROM (${from}) AS g${by}`
}

function aggregateSql({ name, method, of }: Aggregate): string {
  const value = of === undefined ? '' : `g.${nameSql(of)}`
  const as = ` AS ${nameSql(name)}`
  switch (method) {
    case 'sum':
      return `sum(${value})${as}`
    case 'count':
      return `toInt64(count(${value}))${as}`
    case 'countdistinct':
      return `toInt64(uniqExact(${value}))${as}`
    case 'min':
      return `minOrNull(${value})${as}`
    case 'max':
      return `maxOrNull(${value})${as}`
    case 'average':
      return `(toDecimal128(sum(${value}), 6) / nullIf(toInt64(count(${value})), 0))${as}`
  }
}

function conditions({ filter, columns }: Query, bound: Bound): string[] {
  if (filter === undefined) return []
  const { sql, type } = sqlOf(filter, columns, bound, '$filter')
  if (type !== 'Boolean') throw new Refusal('BadQuery', '$filter takes a condition.', '$filter')
  return [sql]
}

function afterSql(query: Query, bound: Bound): string[] {
  const { after, set } = query
  if (after === undefined || after.kind === 'place') return []
  const [first] = set.key
  if (after.values.length !== set.key.length || placeOf(query) !== 'key' || first === undefined)
    throw new Refusal('BadQuery', 'This $skiptoken belongs to another query.', '$skiptoken')
  const values = set.key.map((name, at) => keyValue(set.properties[name]?.type, after.values[at] ?? '', bound))
  const names = set.key.map(nameSql)
  // The first column by itself lets the engine begin where the last page ended.
  return [`${nameSql(first)} >= ${values[0] ?? ''}`, `(${names.join(', ')}) > (${values.join(', ')})`]
}

function keyValue(type: EdmType | undefined, value: string, bound: Bound): string {
  if (type !== 'Date') return bound.add('String', value)
  if (!isDay(value)) throw new Refusal('BadQuery', 'This $skiptoken is not one of ours.', '$skiptoken')
  return bound.add('Date', value)
}

function orderSql(query: Query, bound: Bound): string[] {
  const asked = query.orderBy.map(({ by, descending }) => {
    const { sql } = sqlOf(by, query.columns, bound, '$orderby')
    return `${sql} ${descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`
  })
  const last = query.stages.findLast(stage => stage.kind === 'group')
  const ties = last === undefined ? query.set.key : last.by
  return [...asked, ...ties.map(nameSql)]
}

function outputSql(name: string, column: Column | undefined): string {
  const sql = nameSql(name)
  return column?.type === 'DateTimeOffset' ? `formatDateTime(${sql}, '%Y-%m-%dT%H:%i:%S%z') AS ${sql}` : sql
}

function whereSql(where: readonly string[]): string {
  return where.length === 0 ? '' : `WHERE ${where.join(' AND ')}\n`
}
