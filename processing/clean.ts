import { cleanText, isPlain } from '#shared/records/clean-text.ts'
import type { Dimension } from '#shared/records/dimension.ts'
import type { Sale } from '#shared/records/sale.ts'

/** Ids and codes without stray blanks and in one Unicode form, so that what looks the same is the same. */
export function cleanSale(sale: Sale): Sale {
  const { store, seller, customer, lines } = sale
  if (
    [store, sale.sale, seller, customer].every(isPlain) &&
    lines.every(({ line, product }) => isPlain(product) && isPlain(line))
  )
    return sale
  return {
    ...sale,
    store: cleanText(store),
    sale: cleanText(sale.sale),
    seller: cleanText(seller),
    customer: cleanText(customer),
    lines: lines.map(each => ({ ...each, line: cleanText(each.line), product: cleanText(each.product) })),
  }
}

/** A dimension with its ids and texts cleaned as those of sales are: both sides of a join are written alike. What is sealed or hashed stays. */
export function cleanDimension(dimension: Dimension): Dimension {
  const id = cleanText(dimension.id)
  switch (dimension.kind) {
    case 'product':
      return { ...dimension, id, attributes: cleaned(dimension.attributes) }
    case 'store':
      return { ...dimension, id, attributes: cleaned(dimension.attributes) }
    case 'seller':
      return { ...dimension, id, attributes: cleaned(dimension.attributes) }
    case 'customer':
      return { ...dimension, id, attributes: cleaned(dimension.attributes) }
    case 'target':
      return { ...dimension, id, attributes: cleaned(dimension.attributes) }
  }
}

function cleaned<T extends object>(attributes: T): T {
  const changes = Object.entries(attributes).flatMap(([name, value]) =>
    typeof value === 'string' && cleanText(value) !== value ? [[name, cleanText(value)] as const] : [],
  )
  return changes.length === 0 ? attributes : { ...attributes, ...Object.fromEntries(changes) }
}
