import type { Dimension } from '#shared/records/dimension.ts'
import type { Warehouse } from '#shared/warehouse/warehouse.ts'

type Table = { name: string; columns: readonly string[]; row: readonly unknown[] }

/** Writes dimensions into their tables. The later version of an id replaces the earlier; doing it again changes nothing. */
export async function loadDimensions(warehouse: Warehouse, dimensions: readonly Dimension[]): Promise<void> {
  const tables = new Map<string, { columns: readonly string[]; rows: (readonly unknown[])[] }>()
  for (const dimension of dimensions) {
    const { name, columns, row } = tableOf(dimension)
    const table = tables.get(name) ?? { columns, rows: [] }
    table.rows.push(row)
    tables.set(name, table)
  }
  for (const [name, { columns, rows }] of tables) await warehouse.insert(name, columns, rows)
}

function tableOf(dimension: Dimension): Table {
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
        unit,
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
      return table('sellers', { seller: dimension.id, name, title, store, email, phone, document, code, ...end })
    }
    case 'customer': {
      const { name, email, phone, document, city, region, country } = dimension.attributes
      return table('customers', { customer: dimension.id, name, email, phone, document, city, region, country, ...end })
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
