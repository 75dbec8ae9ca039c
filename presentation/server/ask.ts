import type { Vault } from '#shared/crypto/vault.ts'
import { fillSome, loadSql, sections } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import type { Person } from './person.ts'

/** A named query: its file in `queries/`, what it takes and what a row of it is. */
export type Question<Params, Row> = {
  name: string
  sql: string
  /** What the engine may spend on it: ClickHouse settings such as `max_execution_time`. */
  limits?: Record<string, string | number>
  /** Never called: carries the types. */
  types?: (params: Params) => Row
}

/** Filters that narrow what is asked, inside what the person may see. */
export type Narrowing = { stores: readonly string[]; sellers?: readonly string[]; products?: readonly string[] }

/** Loads `queries/<name>.sql`, with names of a fixed list in its `{{places}}`. Without `{{scope}}` it is refused: no question goes around the row scope. */
export function question<Params extends Record<string, unknown>, Row>(
  name: string,
  places: Readonly<Record<string, string>> = {},
): Question<Params, Row> {
  return composed(name, fillSome(loadSql(`./queries/${name}.sql`, import.meta.url), places))
}

/** A question whose text is put together at run time, from `.sql` files and names of a fixed list; values travel as parameters. The same refusal holds. */
export function composed<Params extends Record<string, unknown>, Row>(
  name: string,
  sql: string,
  limits: Record<string, string | number> = {},
): Question<Params, Row> {
  if (!sql.includes('{{scope}}')) throw new Error(`the question ${name} has no {{scope}}`)
  return { name, sql, limits }
}

/**
 * The one door to the warehouse. It takes the person and writes the row scope itself: `{{scope}}` becomes the condition for this person's rows narrowed by
 * the filters, `{{days}}` and `{{months}}` the aggregates that have the columns the condition needs. `{{#narrowed}}…{{/narrowed}}` stays when it is about less than the whole
 * chain, `{{#within}}` when about less than whole stores, `{{#bySeller}}` when about some sellers.
 */
export type Ask = <Params extends Record<string, unknown>, Row>(
  person: Person,
  asked: Question<Params, Row>,
  narrowing: Narrowing,
  params: Params,
) => Promise<Row[]>

export function asker(warehouse: Warehouse, vault: Vault): Ask {
  return async <Params extends Record<string, unknown>, Row>(
    person: Person,
    asked: Question<Params, Row>,
    narrowing: Narrowing,
    params: Params,
  ) => {
    const rows = await warehouse.rows<Row & object>(scoped(asked.sql, person, narrowing, params), params, asked.limits)
    // Names of people come sealed out of the warehouse: who may see them sees them here, and it is written down.
    return vault.reveal({ person: person.id, role: person.role }, rows)
  }
}

/** The text of a query for one person, without the parts about what `params` has none of. */
export function scoped(
  sql: string,
  person: Person,
  narrowing: Narrowing,
  params: Readonly<Record<string, unknown>> = {},
): string {
  const conditions: string[] = []
  switch (person.role) {
    case 'admin':
      break
    case 'manager':
      conditions.push(isOneOf('store', person.stores))
      break
    case 'seller':
      conditions.push(isOneOf('seller', [person.seller]))
      break
  }
  const sellers = narrowing.sellers ?? []
  const products = narrowing.products ?? []
  if (narrowing.stores.length > 0) conditions.push(isOneOf('store', narrowing.stores))
  if (sellers.length > 0) conditions.push(isOneOf('seller', sellers))
  if (products.length > 0) conditions.push(isOneOf('product', products))
  const bySeller = person.role === 'seller' || sellers.length > 0
  const subject = products.length > 0 ? 'product' : bySeller ? 'seller' : 'store'
  const sellerSubject = products.length > 0 ? 'product' : 'seller'
  return sections(sql, {
    ...params,
    within: subject === 'store' ? [] : [subject],
    narrowed: conditions,
    bySeller: bySeller ? [subject] : [],
  })
    .replaceAll('{{scope}}', conditions.length === 0 ? '1' : conditions.join(' AND '))
    .replaceAll('{{days}}', `${subject}_days`)
    .replaceAll('{{months}}', `${subject}_months`)
    .replaceAll('{{seller_days}}', `${sellerSubject}_days`)
    .replaceAll('{{seller_months}}', `${sellerSubject}_months`)
}

function isOneOf(column: string, values: readonly string[]): string {
  return values.length === 0 ? '0' : `${column} IN (${values.map(quoted).join(', ')})`
}

function quoted(value: string): string {
  return `'${value.replace(/[\\']/g, character => `\\${character}`)}'`
}
