import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { DataAppError } from '#shared/error.ts'
import { type Bytes, fileBytes } from '../decode/bytes.ts'
import { describeFile } from '../decode/describe.ts'
import type { Row } from '../decode/row.ts'
import { columnNames } from '../decode/row.ts'
import { openTable } from '../decode/table.ts'
import { amounts, type Put, settleAmounts } from './amounts.ts'
import { bestDateFormat, disagreement, exactRepeats, identifies, type Sample } from './evidence.ts'
import { columnsField, idField, noteOf, yamlText } from './field-text.ts'
import { emptyTexts, numberFormatOf, type Profile, profileColumns } from './profile.ts'
import { guessRoles, isSaleName, type Role } from './roles.ts'
import { sourceSchema } from './schema.ts'
import { cancelled, filledColumns, type Skip, totalRows, turnReturns } from './set-aside.ts'

/** One thing the draft says: a value, and why it was guessed or what has to be decided. */
export type Line = { key: string; value: string; note?: string; question?: string }
export type Draft = {
  name: string
  file: string
  /** What is read from the top of the file, as the `format`, `numbers`, `dates` and `empty` sections. */
  layout: Line[]
  numbers: Line[]
  dates: Line[]
  empty: string[]
  sale: Line[]
  dimensions: { kind: string; lines: Line[] }[]
  skip: Skip[]
  questions: string[]
}

const sampleRows = 20_000

/** Drafts a source from a file alone. Everything it can't know for certain is a guess with its reason, or a question. */
export async function inferSource(path: string): Promise<Draft> {
  const size = (await stat(path)).size
  const bytes = fileBytes(path, size)
  const description = await describeFile(bytes)
  const format = sourceSchema.shape.format.parse(description.format)
  const { columns, rows, fill } = await sampled(bytes, format)
  const sound = rows.filter(row => row.broken === undefined).map(row => row.fields)
  if (sound.length === 0)
    throw new DataAppError('INFER_NOTHING', `${path} has a header but no rows to guess from.`, {
      hint: 'Take an export with some sales in it.',
    })
  const totals = totalRows(columns, sound)
  const data = sound.filter(row => !totals.rows.has(row))
  const numbers = numberFormatOf(data)
  const sample: Sample = { rows: data, numbers }
  const empty = emptyTexts(data)
  const profiles = profileColumns(columns, data, numbers).map(profile => called(profile, format))
  const roles = guessRoles(profiles)
  settleAmounts(roles, sample)
  const draft: Draft = {
    name: nameOf(path),
    file: basename(path),
    layout: [...description.lines],
    numbers: numberLines(numbers, profiles),
    dates: [],
    empty,
    sale: [],
    dimensions: [],
    skip: [...totals.skip, ...cancelled(profiles, data)],
    questions: [],
  }
  if (fill.length > 0)
    draft.layout.push({
      key: 'fill',
      value: `[${fill.map(yamlText).join(', ')}]`,
      note: 'blank cells of these columns repeat the one above',
    })
  sale(draft, roles, profiles, sample)
  draft.sale = turnReturns(draft.sale, profiles, roles, data, numbers)
  draft.dimensions = dimensions(roles)
  const repeats = exactRepeats(data)
  if (repeats > 0)
    draft.questions.push(
      `${repeats} of ${data.length} rows repeat an earlier one to the letter. They are taken for duplicates; if the till writes one line for each piece, say \`duplicates: none\`.`,
    )
  const broken = rows.filter(row => row.broken !== undefined && row.broken.rule !== 'skipped')
  if (broken.length > 0)
    draft.questions.push(
      `${broken.length} row(s) have another number of fields than the header (first: line ${broken[0]?.line ?? 0}). They will be rejected; if fields are only missing at the end, say \`format.ragged: pad\`.`,
    )
  return draft
}

type FoundFormat = ReturnType<typeof sourceSchema.shape.format.parse>

/** The first rows of the file; read once more with blanks filled when it is a report that writes a sale's number on its first row only. */
async function sampled(
  bytes: Bytes,
  format: FoundFormat,
): Promise<{ columns: readonly string[]; rows: Row[]; fill: string[] }> {
  const table = await openTable(bytes, format, [], '.')
  const rows: Row[] = []
  for await (const batch of table.rows) {
    rows.push(...batch)
    if (rows.length >= sampleRows) break
  }
  if (format.fill !== undefined) return { columns: table.columns, rows, fill: format.fill }
  const sound = rows.filter(row => row.broken === undefined).map(row => row.fields)
  const fill = filledColumns(table.columns, sound, isSaleName)
  return fill.length === 0 ? { columns: table.columns, rows, fill } : sampled(bytes, { ...format, fill })
}

/** In JSON the fields of a record are called after the record: the `id` of an order is an order's id. */
function called(profile: Profile, { records, each }: FoundFormat): Profile {
  if (each === undefined || profile.name.startsWith(`${each}.`) || profile.name.includes('.')) return profile
  return { ...profile, called: `${records?.split('.').at(-1) ?? 'order'} ${profile.name}` }
}

function sale(draft: Draft, roles: Map<Role, Profile>, profiles: readonly Profile[], sample: Sample): void {
  const lines: Line[] = []
  const put = (key: string, value: string, note?: string, question?: string) => {
    lines.push({ key, value, ...(note === undefined ? {} : { note }), ...(question === undefined ? {} : { question }) })
    if (question !== undefined) draft.questions.push(`${key}: ${question}`)
  }
  const day = roles.get('soldAt') ?? profiles.find(p => p.dates.length > 0 && p.numeric < 0.5)
  const store = roles.get('store') ?? roles.get('storeName')
  const product = roles.get('product') ?? roles.get('productName')
  const kind = roles.get('category')
  saleId(put, roles, day, store, sample)
  if (store === undefined)
    put(
      'store',
      `{ value: ${draft.name} }`,
      undefined,
      'no column names the store. Is this file of one store only? Then give its id here.',
    )
  else put('store', yamlText(store.name), noteOf(store))
  soldAt(draft, put, day, roles.get('time'), sample)
  const seller = roles.get('seller') ?? roles.get('sellerName')
  if (seller !== undefined) put('seller', idField(seller), noteOf(seller))
  const customer = roles.get('customer') ?? roles.get('customerName')
  if (customer !== undefined) put('customer', idField(customer), noteOf(customer))
  lineId(put, roles, day, store, sample)
  if (product === undefined)
    put(
      'product',
      kind === undefined ? '"?"' : yamlText(kind.name),
      undefined,
      kind === undefined
        ? 'which column identifies the product?'
        : 'no column identifies the product, so its kind stands for it. Is there a better one?',
    )
  else put('product', idField(product), noteOf(product))
  const quantity = roles.get('quantity')
  if (quantity === undefined)
    put('quantity', '{ value: 1 }', undefined, 'no column counts pieces. Is every row one piece?')
  else put('quantity', yamlText(quantity.name), noteOf(quantity))
  amounts(put, roles, sample)
  draft.sale = lines
}

function saleId(
  put: Put,
  roles: Map<Role, Profile>,
  day: Profile | undefined,
  store: Profile | undefined,
  sample: Sample,
): void {
  const id = roles.get('sale')
  const customer = roles.get('customer')
  if (id === undefined) {
    const parts = [day, roles.get('time'), store, roles.get('till'), roles.get('seller'), customer].filter(
      part => part !== undefined,
    )
    put(
      'id',
      parts.length === 0 ? '"?"' : columnsField(parts),
      undefined,
      'no column identifies a sale. Rows with the same values in these columns are taken for one sale.',
    )
    return
  }
  const known = store === undefined ? [id] : [id, store]
  if (day !== undefined && disagreement(known, day, sample.rows, text => text.slice(0, 10)) > 0.02) {
    put('id', columnsField([day, id]), 'the same number comes back on other days, so the day belongs to the id')
    return
  }
  put(
    'id',
    idField(id),
    store !== undefined && disagreement([id], store, sample.rows, text => text) > 0
      ? 'numbers repeat between stores; a sale is known by its store and this id together'
      : noteOf(id),
  )
}

function lineId(
  put: Put,
  roles: Map<Role, Profile>,
  day: Profile | undefined,
  store: Profile | undefined,
  sample: Sample,
): void {
  const line = roles.get('line')
  const id = roles.get('sale')
  const key = [day, store, id, line].filter(part => part !== undefined)
  if (line !== undefined && id !== undefined && identifies(key, sample.rows))
    put('line', yamlText(line.name), 'tells the lines of a sale apart')
  else
    put(
      'line',
      'ordinal',
      line === undefined
        ? 'no line number in the file: the place within the sale stands for it'
        : `"${line.name}" does not tell the lines of a sale apart`,
    )
}

function soldAt(draft: Draft, put: Put, day: Profile | undefined, time: Profile | undefined, sample: Sample): void {
  if (day === undefined) {
    put('soldAt', '"?"', undefined, 'which column says when it was sold, and in which format?')
    return
  }
  const { format, sure } = bestDateFormat(day, sample.rows)
  const hasClock = day.examples.some(text => /\d{1,2}:\d{2}/.test(text))
  const [first = ''] = day.examples
  const order = sure
    ? undefined
    : `"${first}" can be read in more than one way (${day.dates.slice(0, 3).join(' or ')}). Which is it?`
  if (time !== undefined && !hasClock) {
    const clock = time.examples.some(text => /[AaPp]\.?[Mm]/.test(text)) ? 'hh:mm[:ss][ ]A' : 'HH:mm[:ss]'
    const joined = `${format.replace(/\[.*$/, '')} ${clock}`
    draft.dates = [{ key: 'format', value: `[${yamlText(joined)}, ${yamlText(format)}]` }]
    put(
      'soldAt',
      `{ columns: [${yamlText(day.name)}, ${yamlText(time.name)}], join: " " }`,
      `for instance ${first} ${time.examples[0] ?? ''}`,
      order,
    )
    return
  }
  draft.dates = [{ key: 'format', value: yamlText(format) }]
  put('soldAt', yamlText(day.name), `for instance ${first}`, order)
}

function dimensions(roles: Map<Role, Profile>): Draft['dimensions'] {
  const section = (kind: string, id: Profile | undefined, rest: readonly [string, Role][]) => {
    const lines = rest.flatMap(([key, role]) => {
      const profile = roles.get(role)
      return profile === undefined ? [] : [{ key, value: yamlText(profile.name) }]
    })
    return id === undefined || lines.length === 0
      ? []
      : [{ kind, lines: [{ key: 'id', value: idField(id) }, ...lines] }]
  }
  return [
    ...section('product', roles.get('product') ?? roles.get('productName'), [
      ['name', 'productName'],
      ['category', 'category'],
      ['subcategory', 'subcategory'],
      ['brand', 'brand'],
      ['unit', 'unit'],
    ]),
    ...section('store', roles.get('store') ?? roles.get('storeName'), [
      ['name', 'storeName'],
      ['city', 'storeCity'],
      ['region', 'storeRegion'],
    ]),
    ...section('seller', roles.get('seller') ?? roles.get('sellerName'), [['name', 'sellerName']]),
    ...section('customer', roles.get('customer') ?? roles.get('customerName'), [['name', 'customerName']]),
  ]
}

function numberLines(
  numbers: { decimal: string; thousands: string; certain: boolean },
  profiles: readonly Profile[],
): Line[] {
  if (!profiles.some(profile => profile.numeric > 0.9)) return []
  const lines: Line[] = [
    {
      key: 'decimal',
      value: `"${numbers.decimal}"`,
      ...(numbers.certain
        ? {}
        : { question: 'no number in the file decides this. Which sign stands before the cents?' }),
    },
  ]
  if (numbers.thousands !== '') lines.push({ key: 'thousands', value: `"${numbers.thousands}"` })
  return lines
}

function nameOf(path: string): string {
  const base = basename(path).replace(/(\.(csv|tsv|txt|json|ndjson|jsonl|xlsx|parquet|gz|zip))+$/i, '')
  const name =
    columnNames([base])[0]
      ?.normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') ?? ''
  return name === '' ? 'my-chain' : name
}
