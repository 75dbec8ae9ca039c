import { isPersonal, personalAttributes } from '#shared/crypto/personal.ts'
import type { Vault } from '#shared/crypto/vault.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'
import { cleanUnit } from '../quality/unit.ts'

type Hashes = Record<'name_hash' | 'email_hash' | 'phone_hash' | 'document_hash', string>
type Table = { name: string; columns: readonly string[]; row: readonly unknown[] }

/** Writes dimensions into their tables. The later version of an id replaces the earlier; doing it again changes nothing. */
export async function loadDimensions(
  warehouse: Warehouse,
  vault: Vault,
  dimensions: readonly Dimension[],
): Promise<void> {
  const tables = new Map<string, { columns: readonly string[]; rows: (readonly unknown[])[] }>()
  const sealed = await vault.protect(dimensions)
  const hashes = await hashesOf(vault, sealed)
  for (const [index, dimension] of sealed.entries()) {
    const { name, columns, row } = tableOf(dimension, hashes[index])
    const table = tables.get(name) ?? { columns, rows: [] }
    table.rows.push(row)
    tables.set(name, table)
  }
  for (const [name, { columns, rows }] of tables) await warehouse.insert(name, columns, rows)
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

function table(name: string, row: Record<string, unknown>): Table {
  return { name, columns: Object.keys(row), row: Object.values(row) }
}
