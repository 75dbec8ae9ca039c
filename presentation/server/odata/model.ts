/** What the feed offers: its entity sets, their properties and keys. The metadata, the parser of queries and the SQL are all made from this. */
const edmTypes = ['String', 'Decimal', 'Int64', 'Date', 'DateTimeOffset', 'Boolean'] as const
export type EdmType = (typeof edmTypes)[number]

export type Property = {
  type: EdmType
  /** The value over the aliases of `FROM`: `f` the facts or the list, `p` products, `s` stores, `d` sellers. Names of this file only, never text from outside. */
  sql: string
  nullable?: boolean
  join?: JoinName
  /** Ciphertext in the warehouse: shown to who may see it, but nothing can be searched or sorted by it there. */
  sealed?: boolean
  what: string
}

export type EntitySet = {
  name: SetName
  /** The entity type's name. */
  entity: string
  what: string
  /** Text of `FROM` up to the alias `f`; has the row scope in it. `wide` stands for it where somebody sees everything. */
  from: string
  fromWide?: string
  key: readonly string[]
  properties: Readonly<Record<string, Property>>
}

export const setNames = ['Lines', 'Days', 'Products', 'Stores', 'Sellers'] as const
export type SetName = (typeof setNames)[number]

export const joins = {
  p: 'LEFT JOIN (SELECT * FROM products FINAL) AS p ON p.product = f.product',
  s: 'LEFT JOIN (SELECT * FROM stores FINAL) AS s ON s.store = f.store',
  d: 'LEFT JOIN (SELECT * FROM sellers FINAL) AS d ON d.seller = f.seller',
} as const
export type JoinName = keyof typeof joins

const text = (sql: string, what: string, join?: JoinName): Property => ({
  type: 'String',
  sql,
  what,
  ...(join === undefined ? {} : { join }),
})
const decimal = (sql: string, what: string): Property => ({ type: 'Decimal', sql, what })
const integer = (sql: string, what: string): Property => ({ type: 'Int64', sql: `toInt64(${sql})`, what })

const ofProduct = {
  ProductName: text('p.name', 'Name of the product', 'p'),
  Category: text('p.category', 'Category of the product', 'p'),
  Subcategory: text('p.subcategory', 'Subcategory of the product', 'p'),
}
const ofStore = {
  StoreName: text('s.name', 'Name of the store', 's'),
  City: text('s.city', 'City of the store', 's'),
  Region: text('s.region', 'Region of the store', 's'),
  Country: text('s.country', 'Country of the store', 's'),
}

export const entitySets: Readonly<Record<SetName, EntitySet>> = {
  Lines: {
    name: 'Lines',
    entity: 'Line',
    what: 'Sale lines: the finest there is. Negative quantities are returns. Lines are kept for DATAAPP_RETENTION_LINES_DAYS; Days has the sums of all time.',
    from: '(SELECT * FROM sale_lines FINAL WHERE {{scope}}) AS f',
    key: ['Store', 'Day', 'Sale', 'Line'],
    properties: {
      Store: text('f.store', 'Id of the store'),
      Day: { type: 'Date', sql: 'f.day', what: "Day of the sale in the chain's time zone" },
      Sale: text('f.sale', 'The basket, ticket or invoice, known within its store'),
      Line: text('f.line', 'The line within its sale'),
      SoldAt: {
        type: 'DateTimeOffset',
        // Kept as local time; here it becomes the instant it means in the chain's time zone.
        sql: "toDateTime(formatDateTime(f.sold_at, '%Y-%m-%d %H:%i:%S', 'UTC'), {zone:String})",
        what: 'When it was sold',
      },
      Product: text('f.product', 'Id of the product'),
      ...ofProduct,
      ...ofStore,
      Seller: text('f.seller', 'Id of the seller; empty when nobody is named'),
      Quantity: decimal('f.quantity', 'Pieces; negative when returned'),
      UnitPrice: decimal('f.unit_price', 'Price of one piece'),
      Discount: decimal('f.discount', 'Discount on the whole line, already taken off Revenue'),
      Revenue: decimal('f.revenue', 'What the customer paid for the line'),
      Cost: {
        ...decimal('if(f.cost_known = 1, f.cost, NULL)', 'What the line cost; null while unknown'),
        nullable: true,
      },
      Margin: {
        ...decimal(
          'if(f.cost_known = 1, f.revenue - f.cost, NULL)',
          'Revenue less cost; null while the cost is unknown',
        ),
        nullable: true,
      },
      Source: text('f.source', 'The source the line came from'),
    },
  },
  Days: {
    name: 'Days',
    entity: 'Day',
    what: 'Figures per store and day. A seller gets the figures of their own lines.',
    from: '(SELECT * FROM {{days}} FINAL WHERE {{scope}} AND lines > 0) AS f',
    key: ['Day', 'Store'],
    properties: {
      Day: { type: 'Date', sql: 'f.day', what: "Day in the chain's time zone" },
      Store: text('f.store', 'Id of the store'),
      ...ofStore,
      Revenue: decimal('f.revenue', 'Sum of the revenue of the lines'),
      Cost: decimal('f.cost', 'Sum of the known costs'),
      CostedRevenue: decimal('f.costed', 'Revenue of the lines whose cost is known'),
      Margin: decimal('(f.costed - f.cost)', 'CostedRevenue less Cost'),
      Units: decimal('f.units', 'Pieces sold less pieces returned'),
      Lines: integer('f.lines', 'Lines'),
      Sales: integer('f.sales', 'Sales'),
    },
  },
  Products: {
    name: 'Products',
    entity: 'Product',
    what: 'Products with lines in reach; for who sees everything also those never sold.',
    from: '(SELECT DISTINCT product FROM product_days WHERE {{scope}}) AS f',
    fromWide:
      '(SELECT DISTINCT product FROM product_days WHERE {{scope}} UNION DISTINCT SELECT product FROM products) AS f',
    key: ['Product'],
    properties: {
      Product: text('f.product', 'Id of the product'),
      Name: text('p.name', 'Name', 'p'),
      Category: text('p.category', 'Category', 'p'),
      Subcategory: text('p.subcategory', 'Subcategory', 'p'),
      Brand: text('p.brand', 'Brand', 'p'),
      Unit: text('p.unit', 'Unit it is sold in', 'p'),
      Price: { ...decimal('p.price', 'List price; null when unknown'), nullable: true, join: 'p' },
      Cost: { ...decimal('p.cost', 'Standard cost; null when unknown'), nullable: true, join: 'p' },
      Service: { type: 'Boolean', sql: '(p.service > 0)', join: 'p', what: 'A fee or postage, not a product' },
    },
  },
  Stores: {
    name: 'Stores',
    entity: 'Store',
    what: 'Stores with lines in reach; for who sees everything also those without sales.',
    from: '(SELECT DISTINCT store FROM {{days}} WHERE {{scope}}) AS f',
    fromWide: '(SELECT DISTINCT store FROM {{days}} WHERE {{scope}} UNION DISTINCT SELECT store FROM stores) AS f',
    key: ['Store'],
    properties: {
      Store: text('f.store', 'Id of the store'),
      Name: text('s.name', 'Name', 's'),
      Type: text('s.type', 'Type', 's'),
      City: text('s.city', 'City', 's'),
      Region: text('s.region', 'Region', 's'),
      Country: text('s.country', 'Country', 's'),
      OpenedOn: { type: 'Date', sql: 's.opened_on', nullable: true, join: 's', what: 'First day; null when unknown' },
      ClosedOn: { type: 'Date', sql: 's.closed_on', nullable: true, join: 's', what: 'Last day; null while open' },
    },
  },
  Sellers: {
    name: 'Sellers',
    entity: 'Seller',
    what: 'Sellers with lines in reach; a seller gets only themselves. No contact data.',
    from: "(SELECT DISTINCT seller FROM seller_days WHERE {{scope}} AND seller != '') AS f",
    fromWide:
      "(SELECT DISTINCT seller FROM seller_days WHERE {{scope}} AND seller != '' UNION DISTINCT SELECT seller FROM sellers) AS f",
    key: ['Seller'],
    properties: {
      Seller: text('f.seller', 'Id of the seller'),
      Name: { ...text('d.name', 'Name; reading it is written down', 'd'), sealed: true },
      Title: text('d.title', 'What they are', 'd'),
    },
  },
}

export function isSetName(name: string): name is SetName {
  return Object.hasOwn(entitySets, name)
}
