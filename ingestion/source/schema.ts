import { z } from 'zod'

/** A source file: how one export, table or feed of a chain becomes sales and dimensions. Documented in `docs/sources.md`, published as `docs/source.schema.json`. */
const text = z.string().min(1)
const texts = z.union([text, z.array(text).min(1)])

const fieldObject = z.strictObject({
  column: text.optional().describe('The column to read.'),
  columns: z
    .array(text)
    .min(1)
    .optional()
    .describe('Several columns, joined with `join` into one text (ids, date + time).'),
  join: z.string().default('-').describe('What stands between the texts of `columns`.'),
  value: z.union([z.string(), z.number()]).optional().describe('The same text in every row.'),
  expression: text.optional().describe('A calculation over columns, such as `[Qty] * [Price]`.'),
  format: texts.optional().describe('Date format(s) of this field, such as `DD/MM/YY HH:mm`.'),
  zone: text.optional().describe("IANA time zone that the date is written in, when it is not the chain's."),
  decimal: z.enum(['.', ',']).optional().describe('Decimal sign of this field.'),
  thousands: z.enum(['.', ',', ' ', "'", '']).optional().describe('Thousands sign of this field.'),
  default: z.union([z.string(), z.number()]).optional().describe('What stands for an empty cell.'),
  map: z
    .record(z.string(), z.string())
    .optional()
    .describe('Other words for some values: from the file → to the record.'),
  case: z.enum(['upper', 'lower']).optional().describe('Letter case of an id, when the export mixes it.'),
  integer: z.boolean().optional().describe('An id that was exported as a number: `17850.0` becomes `17850`.'),
})

/** A column name, an expression (`= …`), or an object that says more. */
const field = z.union([text, fieldObject]).describe('A column name, an expression that begins with "=", or an object.')

const saleFields = z.strictObject({
  id: field.describe('What identifies a sale within its store.'),
  store: field,
  soldAt: field,
  line: z
    .union([z.literal('ordinal'), field])
    .default('ordinal')
    .describe('What identifies a line within its sale. `ordinal`: its place among the lines of its sale in the file.'),
  product: field,
  seller: field.optional(),
  customer: field.optional(),
  quantity: field.default({ value: 1, join: '-' }),
  unitPrice: field.optional(),
  discount: field.optional().describe('Money off the whole line.'),
  discountShare: field.optional().describe('Share off the line: `0.15` or `15%`.'),
  revenue: field.optional().describe('What the customer paid for the line. Left out: quantity × unitPrice − discount.'),
  extent: z
    .enum(['lines', 'whole'])
    .default('lines')
    .describe(
      'What the rows of a sale in one file are. `lines`: some or all of its lines. `whole`: all of them; lines that an earlier file had are withdrawn.',
    ),
  cost: field.optional().describe('What the line cost the chain.'),
  unitCost: field.optional().describe('What one piece cost the chain.'),
})

const named = { id: field, name: field.optional() }
const productFields = z.strictObject({
  ...named,
  category: field.optional(),
  subcategory: field.optional(),
  brand: field.optional(),
  unit: field.optional(),
  cost: field.optional(),
  price: field.optional(),
  service: field.optional().describe('True for postage, fees and other codes that are no product.'),
})
const storeFields = z.strictObject({
  ...named,
  type: field.optional(),
  city: field.optional(),
  region: field.optional(),
  country: field.optional(),
  size: field.optional(),
  openedOn: field.optional(),
  closedOn: field.optional(),
})
const sellerFields = z.strictObject({
  ...named,
  title: field.optional(),
  store: field.optional(),
  email: field.optional(),
  phone: field.optional(),
  document: field.optional(),
  code: field.optional(),
})
const customerFields = z.strictObject({
  ...named,
  email: field.optional(),
  phone: field.optional(),
  document: field.optional(),
  city: field.optional(),
  region: field.optional(),
  country: field.optional(),
})
const targetFields = z.strictObject({
  id: field.optional().describe('Left out: month and seller or store.'),
  month: field,
  seller: field.optional(),
  store: field.optional(),
  amount: field,
})

const format = z.strictObject({
  type: z
    .enum(['delimited', 'json', 'ndjson', 'parquet', 'xlsx'])
    .optional()
    .describe('Recognised from the content when left out.'),
  delimiter: z.string().min(1).max(1).optional().describe('Recognised from the header when left out.'),
  quote: z
    .union([z.literal('none'), z.string().length(1)])
    .default('"')
    .describe('`none` when quotes are ordinary characters.'),
  escape: z
    .string()
    .length(1)
    .optional()
    .describe('A sign that takes the next one literally, such as `\\`. Doubled quotes always work.'),
  encoding: z
    .enum(['utf-8', 'utf-16le', 'utf-16be', 'latin1', 'windows-1252'])
    .optional()
    .describe('Recognised when left out.'),
  header: z
    .union([z.literal('none'), z.literal('auto'), z.int().min(1)])
    .default('auto')
    .describe(
      'The line of the header. `auto`: the first line that has the columns this file names. `none`: the file has none, see `columns`.',
    ),
  columns: z.array(text).min(1).optional().describe('Column names from left to right, for a file without a header.'),
  ragged: z
    .enum(['reject', 'pad'])
    .default('reject')
    .describe('What to do with rows that have fewer fields than the header.'),
  fill: z
    .array(text)
    .min(1)
    .optional()
    .describe(
      'Columns whose blank cells repeat the cell above: reports that write the number of a sale on its first row only.',
    ),
  records: text.optional().describe('JSON: path to the array of records, such as `data.sales`.'),
  each: text
    .optional()
    .describe(
      "JSON: the array inside a record that becomes one row each, such as `items`; the record's own fields stay beside it.",
    ),
  sheet: z
    .union([text, z.int().min(1)])
    .optional()
    .describe('XLSX: name or number of the sheet.'),
})

const join = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'is not a short name without blanks')
    .describe('Columns of the other file are read as `name.Column`.'),
  file: text.describe('The other file, relative to the file being read.'),
  on: z.record(text, text).describe('Column of this file → column of the other.'),
  required: z.boolean().default(true).describe('Whether a row without a match is rejected.'),
  format: format.prefault({}),
})

const numbers = z.strictObject({
  decimal: z.enum(['.', ',']).default('.'),
  thousands: z.enum(['.', ',', ' ', "'", '']).default(''),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is not a three-letter currency code such as USD')
    .optional()
    .describe(
      "The currency of the amounts, when it is not the chain's. Amounts that name another are rejected; a `currency` rule of the chain's quality rules converts them.",
    ),
})

const dates = z.strictObject({
  format: texts.optional(),
  zone: text.optional(),
})

const skip = z.strictObject({
  when: text.describe('An expression; rows for which it is true are set aside.'),
  reason: text,
})

const origin = z.strictObject({
  s3: z
    .strictObject({
      bucket: text,
      prefix: z.string().default(''),
      queue: text.optional(),
      everySeconds: z.number().positive().default(60),
    })
    .optional(),
  postgres: z
    .strictObject({
      urlEnv: text,
      table: text,
      cursor: text,
      everySeconds: z.number().positive().default(60),
      settleSeconds: z
        .number()
        .positive()
        .optional()
        .describe('Rows whose cursor, a time, is younger than this wait: others with an earlier one may still come.'),
    })
    .optional(),
})

export const sourceSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'takes small letters, digits, - and _'),
    description: z.string().optional(),
    belongsTo: text
      .optional()
      .describe('The source whose inbox and directories bring these files too (dimension files beside sales).'),
    files: texts
      .optional()
      .describe(
        'Names of the files that are meant, with * and ?. Left out: all that no other source of the family claims.',
      ),
    from: origin.optional().describe('Where rows come from besides files: an S3 prefix or a Postgres table.'),
    format: format.prefault({}),
    numbers: numbers.prefault({}),
    dates: dates.prefault({}),
    empty: z.array(z.string()).default([]).describe('Texts that mean "nothing", such as `NULL` or `-`.'),
    joins: z.array(join).default([]),
    derive: z
      .record(text, text)
      .default({})
      .describe('New columns: name → expression. Later ones may use earlier ones.'),
    skip: z.array(skip).default([]),
    duplicates: z
      .enum(['exact', 'identity', 'none'])
      .default('exact')
      .describe(
        '`exact`: a row that repeats an earlier one to the letter. `identity`: a line whose sale and line were seen before. `none`: every row counts.',
      ),
    round: z
      .int()
      .min(0)
      .max(6)
      .optional()
      .describe('Decimals that money of a line is rounded to. Left out: exact to six.'),
    sale: saleFields.optional(),
    product: productFields.optional(),
    store: storeFields.optional(),
    seller: sellerFields.optional(),
    customer: customerFields.optional(),
    target: targetFields.optional(),
  })
  .refine(s => s.sale ?? s.product ?? s.store ?? s.seller ?? s.customer ?? s.target, {
    message:
      'says nothing about what the rows are: give at least one of sale, product, store, seller, customer, target',
  })
  .refine(s => s.sale === undefined || s.sale.revenue !== undefined || s.sale.unitPrice !== undefined, {
    path: ['sale'],
    message: 'needs `revenue` or `unitPrice`',
  })

export type SourceFile = z.output<typeof sourceSchema>
export type Field = string | z.output<typeof fieldObject>
export type FieldObject = z.output<typeof fieldObject>
export type SaleFields = z.output<typeof saleFields>
export type FileFormat = z.output<typeof format>
export type Join = z.output<typeof join>
export type NumberFormat = z.output<typeof numbers>

/** A source file that has been read: what it says and where it lies. */
export type Source = SourceFile & { path: string }
