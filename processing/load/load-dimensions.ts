import { chunks } from '#shared/chunks.ts'
import { isPersonal, personalAttributes } from '#shared/crypto/personal.ts'
import type { Vault } from '#shared/crypto/vault.ts'
import { groupBy } from '#shared/group.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import { literals } from '#shared/sql.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { cleanUnit } from '../quality/unit.ts'
import { columnsOf, described, type Row, type Told } from './described.ts'
import { keysPerStatement, longStatement } from './load-sales.ts'

type Hashes = Record<'name_hash' | 'email_hash' | 'phone_hash' | 'document_hash', string>
type Table = { name: string; row: Row }

/** Writes dimensions into their tables. The later version of an id replaces the earlier; doing it again changes nothing. */
export async function loadDimensions(
  warehouse: Warehouse,
  vault: Vault,
  dimensions: readonly Dimension[],
): Promise<void> {
  const sealed = await vault.protect(dimensions)
  const hashes = await hashesOf(vault, sealed)
  const told = sealed.map((dimension, index): Told => {
    const { name, row } = tableOf(dimension, hashes[index])
    return { table: name, kind: dimension.kind, row, unstated: columnsOf(dimension) }
  })
  for (const [table, some] of groupBy(told, each => each.table)) await write(warehouse, table, some)
}

async function write(warehouse: Warehouse, table: string, told: readonly Told[]): Promise<void> {
  const [first] = told
  if (first === undefined) return
  const { kind } = first
  const columns = Object.keys(first.row)
  const idOf = (row: Row) => String(row[kind])
  const standing = new Map<string, Row>()
  // A target is one statement: nothing of it is ever left to another.
  if (kind !== 'target')
    for (const some of chunks([...new Set(told.map(({ row }) => idOf(row)))], keysPerStatement)) {
      const known = `SELECT ${columns.join(', ')} FROM ${table} FINAL WHERE ${kind} IN ${literals(some)}`
      for (const row of await warehouse.rows<Row>(known, {}, longStatement)) standing.set(idOf(row), row)
    }
  const written = new Map<string, Row>()
  for (const each of told) {
    const id = idOf(each.row)
    const row = described(standing.get(id), each)
    if (row === undefined) continue
    standing.set(id, row)
    written.set(id, row)
  }
  await warehouse.insert(
    table,
    columns,
    [...written.values()].map(row => columns.map(column => row[column])),
  )
}

/** What equality search goes by, for each dimension that is a person. */
async function hashesOf(vault: Vault, dimensions: readonly Dimension[]): Promise<(Hashes | undefined)[]> {
  const people = dimensions.filter(isPersonal)
  const [names, emails, phones, documents] = await Promise.all(
    personalAttributes.map(attribute =>
      vault.index(
        attribute,
        people.map(person => person.attributes[attribute]),
      ),
    ),
  )
  const hashes = new Map(
    people.map((person, index) => [
      person,
      {
        name_hash: names?.[index] ?? '',
        email_hash: emails?.[index] ?? '',
        phone_hash: phones?.[index] ?? '',
        document_hash: documents?.[index] ?? '',
      },
    ]),
  )
  return dimensions.map(dimension => (isPersonal(dimension) ? hashes.get(dimension) : undefined))
}

function tableOf(dimension: Dimension, hashes: Hashes | undefined): Table {
  const end = { source: dimension.source, version: dimension.version }
  switch (dimension.kind) {
    case 'product': {
      const { name, category, subcategory, brand, unit, cost, price, service } = dimension.attributes
      return table('products', {
        product: dimension.id,
        name,
        category,
        subcategory,
        brand,
        unit: cleanUnit(unit),
        unit_given: cleanUnit(unit) === unit ? '' : unit,
        cost,
        price,
        service: service ? 1 : 0,
        ...end,
      })
    }
    case 'store': {
      const { name, type, city, region, country, size, openedOn, closedOn } = dimension.attributes
      return table('stores', {
        store: dimension.id,
        name,
        type,
        city,
        region,
        country,
        size,
        opened_on: openedOn,
        closed_on: closedOn,
        ...end,
      })
    }
    case 'seller': {
      const { name, title, store, email, phone, document, code } = dimension.attributes
      return table('sellers', {
        seller: dimension.id,
        name,
        title,
        store,
        email,
        phone,
        document,
        code,
        ...hashes,
        ...end,
      })
    }
    case 'customer': {
      const { name, email, phone, document, city, region, country } = dimension.attributes
      return table('customers', {
        customer: dimension.id,
        name,
        email,
        phone,
        document,
        city,
        region,
        country,
        ...hashes,
        ...end,
      })
    }
    case 'target': {
      const { month, seller, store, amount } = dimension.attributes
      return table('targets', { target: dimension.id, month, seller, store, amount, ...end })
    }
  }
}

function table(name: string, row: Row): Table {
  return { name, row }
}
