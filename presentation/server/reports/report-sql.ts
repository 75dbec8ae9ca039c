import type { Person } from '../person.ts'
import type { Definition, Dimension } from './definition.ts'

/** How a dimension is read: its id, the name shown for it, and the table that has the name. */
const read: Readonly<Record<Dimension, { id: string; name?: string; join?: keyof typeof joins }>> = {
  day: { id: 'toString(f.day)' },
  week: { id: 'toString(toMonday(f.day))' },
  month: { id: 'toString(toStartOfMonth(f.day))' },
  year: { id: 'toString(toStartOfYear(f.day))' },
  store: { id: 'toString(f.store)', name: 's.name', join: 's' },
  city: { id: 's.city', join: 's' },
  region: { id: 's.region', join: 's' },
  country: { id: 's.country', join: 's' },
  seller: { id: 'toString(f.seller)', name: 'd.name', join: 'd' },
  category: { id: 'p.category', join: 'p' },
  subcategory: { id: 'p.subcategory', join: 'p' },
  product: { id: 'toString(f.product)', name: 'p.name', join: 'p' },
}

const joins = {
  p: 'LEFT JOIN (SELECT product, name, category, subcategory FROM products FINAL) AS p ON p.product = f.product',
  s: 'LEFT JOIN (SELECT store, name, city, region, country FROM stores FINAL) AS s ON s.store = f.store',
  d: 'LEFT JOIN (SELECT seller, name FROM sellers FINAL) AS d ON d.seller = f.seller',
} as const

const ofDays =
  'sum(f.revenue) AS revenue, sum(f.costed) AS costed, sum(f.cost) AS cost, sum(f.units) AS units, toInt64(sum(f.lines)) AS lines, toInt64(sum(f.sales)) AS sales'
const ofLines =
  'sum(f.revenue) AS revenue, sumIf(f.revenue, f.cost_known = 1) AS costed, sumIf(f.cost, f.cost_known = 1) AS cost, sum(f.quantity) AS units, toInt64(count()) AS lines, toInt64(uniqExact((f.store, f.day, f.sale))) AS sales'

/** The statement of a report: one row per combination of its dimensions, or one row in all for `total`. Values are parameters, names come from the lists above. */
export function reportSql(definition: Definition, person: Person, what: 'rows' | 'total'): string {
  const { filters } = definition
  const dimensions = what === 'total' ? [] : definition.dimensions
  const shown = dimensions.map(dimension => read[dimension])
  const category = filters.categories.length > 0
  const needed = new Set([...shown.flatMap(({ join }) => join ?? []), ...(category ? (['p'] as const) : [])])
  const source = sourceOf(definition, person, dimensions)
  const columns = shown.flatMap(({ id, name }, at) => [
    `${id} AS d${at}`,
    `${name === undefined ? "''" : `any(${name})`} AS n${at}`,
  ])
  return `SELECT ${[...columns, source === 'sale_lines' ? ofLines : ofDays].join(', ')}
FROM (SELECT * FROM ${source} FINAL WHERE {{scope}} AND day BETWEEN {from:Date} AND {to:Date}) AS f
${[...needed].map(join => joins[join]).join('\n')}
${category ? 'WHERE p.category IN {categories:Array(String)}' : ''}
${shown.length === 0 ? '' : `GROUP BY ${shown.map((_, at) => `d${at}`).join(', ')}\nHAVING lines > 0\nORDER BY ${orderOf(definition)}\nLIMIT {limit:UInt32}`}`
}

/** The smallest table that has the answer. How many sales have products of a kind, or were made by any of several sellers, can only be counted on the lines: a sale has several. */
function sourceOf({ metrics, dimensions, filters }: Definition, person: Person, shown: readonly Dimension[]): string {
  const ofProducts =
    dimensions.some(name => name === 'product' || name === 'category' || name === 'subcategory') ||
    filters.products.length > 0 ||
    filters.categories.length > 0
  const countsSales = metrics.includes('sales') || metrics.includes('averageTicket')
  if (ofProducts) return countsSales ? 'sale_lines' : 'product_days'
  if (countsSales && new Set(filters.sellers).size > 1 && !shown.includes('seller')) return 'sale_lines'
  return person.role === 'seller' || shown.includes('seller') || filters.sellers.length > 0
    ? 'seller_days'
    : 'store_days'
}

/** True when any of its figures is counted on the lines, which are not kept as long as the sums are. */
export function readsLines(definition: Definition, person: Person): boolean {
  return [definition.dimensions, []].some(shown => sourceOf(definition, person, shown) === 'sale_lines')
}

const sortable = {
  revenue: 'revenue',
  cost: 'cost',
  margin: '(costed - cost)',
  marginShare: 'if(revenue = 0, 0, toFloat64(costed - cost) / toFloat64(revenue))',
  units: 'units',
  sales: 'sales',
  lines: 'lines',
  averageTicket: 'if(sales = 0, 0, toFloat64(revenue) / sales)',
} as const

function orderOf({ sort, dimensions, metrics }: Definition): string {
  const ties = dimensions.map((_, at) => `d${at}`)
  if (sort === undefined) {
    const [first] = dimensions
    const [metric = 'revenue'] = metrics
    const byTime = first === 'day' || first === 'week' || first === 'month' || first === 'year'
    return byTime ? ties.join(', ') : [`${sortable[metric]} DESC`, ...ties].join(', ')
  }
  const direction = sort.order === 'desc' ? 'DESC' : 'ASC'
  const metric = metrics.find(name => name === sort.by)
  const names: readonly string[] = dimensions
  const by = metric === undefined ? `d${names.indexOf(sort.by)}` : sortable[metric]
  return [`${by} ${direction}`, ...ties].join(', ')
}
