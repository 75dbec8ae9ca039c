import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { isFlag, type Rule } from './rules.ts'

/**
 * What recommends and compares products leaves services out. `products.service` is 1 for what its description calls a service and 2 for what a rule does, so that a code that no rule names any
 * more is a product again. Returns the codes that changed.
 */
export async function settleServices(warehouse: Warehouse, rules: readonly Rule[]): Promise<string[]> {
  const named = [...new Set(rules.filter(isFlag).flatMap(flag => (flag.kind === 'service' ? flag.values : [])))]
  return [...(await freed(warehouse, named)), ...(await marked(warehouse, named))]
}

/** Rows that stand for codes without a description; an earlier version marked them with 1. */
const undescribed = `source = 'quality' AND version = 0`

/** In the same SELECT, `service` of WHERE would be what it is replaced by. */
const remarked = (from: number, to: number): string =>
  `INSERT INTO products SELECT * REPLACE(${to} AS service)
   FROM (SELECT * FROM products FINAL WHERE service = ${from} AND product IN {codes:Array(String)})`

/** Makes products of the services that no rule names any more. */
async function freed(warehouse: Warehouse, named: readonly string[]): Promise<string[]> {
  const rows = await warehouse.rows<{ code: string }>(
    `SELECT product AS code FROM products FINAL WHERE (service = 2 OR (${undescribed})) AND product NOT IN {named:Array(String)} ORDER BY code`,
    { named: [...named] },
  )
  const codes = rows.map(({ code }) => code)
  if (codes.length === 0) return codes
  await warehouse.run(remarked(2, 0), { codes })
  const { holder, onCluster } = warehouse.layout
  // What is not described is unknown again, which only a row that is gone makes it.
  await warehouse.run(
    `ALTER TABLE ${holder('products')} ${onCluster} DELETE WHERE ${undescribed} AND product IN {codes:Array(String)}`,
    { codes },
    { mutations_sync: 2 },
  )
  return codes
}

/** Makes services of the codes that rules name. */
async function marked(warehouse: Warehouse, named: readonly string[]): Promise<string[]> {
  if (named.length === 0) return []
  const rows = await warehouse.rows<{ code: string }>(
    `SELECT DISTINCT code FROM (
       SELECT product AS code FROM products FINAL WHERE service = 0 AND product IN {named:Array(String)}
       UNION ALL
       SELECT product FROM product_days WHERE product IN {named:Array(String)} AND product NOT IN (SELECT product FROM products))
     ORDER BY code`,
    { named: [...named] },
  )
  const codes = rows.map(({ code }) => code)
  if (codes.length === 0) return codes
  await warehouse.run(remarked(0, 2), { codes })
  await warehouse.run(
    `INSERT INTO products (product, name, service, source, version)
     SELECT arrayJoin({codes:Array(String)}) AS code, code, 2, 'quality', 0 WHERE code NOT IN (SELECT product FROM products)`,
    { codes },
  )
  return codes
}
