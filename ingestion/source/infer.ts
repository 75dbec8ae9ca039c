import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { DataAppError } from '#shared/error.ts'
import { type Bytes, fileBytes } from '../decode/bytes.ts'
import { describeFile } from '../decode/describe.ts'
import type { Row } from '../decode/row.ts'
import { columnNames } from '../decode/row.ts'
import { openTable } from '../decode/table.ts'
import { currenciesOf, foreignCurrency } from '../map/currency.ts'
import { unguarded } from '../map/reader.ts'
import { amounts, type Put, settleAmounts, turned } from './amounts.ts'
import {
  bestDateFormat,
  dayText,
  disagreement,
  exactRepeats,
  figures,
  identifies,
  type Sample,
  salesOf,
} from './evidence.ts'
import { columnsField, idField, noteOf, yamlText } from './field-text.ts'
import { emptyTexts, numberFormatOf, type Profile, profileColumns } from './profile.ts'
import { guessRoles, isSaleName, plainName, type Role } from './roles.ts'
import { sourceSchema } from './schema.ts'
import { cancelled, filledColumns, type Skip, turnReturns } from './set-aside.ts'
import { type TotalRows, totalRows } from './total-rows.ts'
import { isAddedUp, type WholeSale, wholeSaleAmounts } from './whole-sale.ts'

/** One thing the draft says: a value, and why it was guessed or what has to be decided. */
export type Line = {
  key: string
  value: string
  note?: string
  question?: string
  /** What else could be said here, where a person may know better. */
  choice?: string
}
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
  /** Decimals that calculated money is rounded to, where lines have more of them. */
  round: Line | undefined
  /** Columns that the draft does not use. */
  unread: string[]
}

const sampleRows = 20_000

/** Drafts a source from a file alone. Everything it can't know for certain is a guess with its reason, or a question. */
export async function inferSource(path: string, chainCurrency: string): Promise<Draft> {
  const size = (await stat(path)).size
  const bytes = fileBytes(path, size)
  const description = await describeFile(bytes)
  const format = sourceSchema.shape.format.parse(description.format)
  const taken = await sampled(bytes, format, '.')
  const isTyped = format.type !== undefined && format.type !== 'delimited'
  const other = isTyped ? await sampled(bytes, format, ',') : taken
  // What a format knows as numbers says nothing about the signs of its texts: only cells that come the same in both ways do.
  const texts = taken.rows.map((row, r) =>
    row.fields.map((text, c) => (text === (other.rows[r]?.fields[c] ?? '') ? text : '')),
  )
  const isComma = isTyped && numberFormatOf(texts).decimal === ','
  const { columns, rows, fill, totals } = isComma ? other : taken
  const sound = soundRows(rows)
  if (sound.length === 0)
    throw new DataAppError('INFER_NOTHING', `${path} has a header but no rows to guess from.`, {
      hint: 'Take an export with some sales in it.',
    })
  const data = sound.filter(row => !totals.lines.has(row.line)).map(row => row.fields)
  const numbers = isTyped ? numberFormatOf(texts) : numberFormatOf(data)
  const sample: Sample = { rows: data, numbers }
  const empty = emptyTexts(data)
  const profiles = profileColumns(columns, data, numbers).map(profile => called(profile, format))
  const named = guessRoles(profiles)
  const whole = wholeSaleAmounts(profiles, named, dayOf(named, profiles), sample)
  const roles = guessRoles(profiles, (role, profile) => !(isAddedUp(role) && whole.columns.has(profile)))
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
    questions: [...description.questions],
    round: undefined,
    unread: [],
  }
  if (fill.length > 0)
    draft.layout.push({
      key: 'fill',
      value: `[${fill.map(yamlText).join(', ')}]`,
      note: 'blank cells of these columns repeat the one above',
    })
  currency(draft, foreignNames(roles, data, chainCurrency), chainCurrency)
  sale(draft, roles, profiles, sample, whole)
  draft.sale = turnReturns(draft.sale, profiles, roles, data, numbers)
  draft.dimensions = dimensions(roles)
  draft.questions.unshift(
    ...[...draft.layout, ...draft.numbers].flatMap(({ key, question }) =>
      question === undefined ? [] : [`${key}: ${question}`],
    ),
  )
  draft.round = roundingOf(draft.sale, roles)
  draft.unread = unreadColumns(draft, profiles)
  draft.questions.push(...chargesAsked(draft, profiles), ...shortenedAsked(roles))
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

type Sampled = { columns: readonly string[]; rows: Row[]; fill: string[]; totals: TotalRows }

/** The first rows of the file; read once more with blanks filled when it is a report that writes a sale's number on its first row only. Totals are blank by nature. */
async function sampled(bytes: Bytes, format: FoundFormat, decimal: '.' | ','): Promise<Sampled> {
  const { columns, rows } = await firstRows(bytes, format, decimal)
  const sound = soundRows(rows)
  const totals = totalRows(columns, sound)
  const sold = sound.filter(row => !totals.lines.has(row.line)).map(row => row.fields)
  const fill = filledColumns(columns, sold, isSaleName)
  const filled = fill.length === 0 ? rows : (await firstRows(bytes, { ...format, fill }, decimal)).rows
  return { columns, rows: filled, fill, totals }
}

async function firstRows(
  bytes: Bytes,
  format: FoundFormat,
  decimal: '.' | ',',
): Promise<{ columns: readonly string[]; rows: Row[] }> {
  const table = await openTable(bytes, format, [], decimal)
  const rows: Row[] = []
  for await (const batch of table.rows) {
    rows.push(...batch)
    if (rows.length >= sampleRows) break
  }
  return { columns: table.columns, rows }
}

function soundRows(rows: readonly Row[]): Row[] {
  return rows.filter(row => row.broken === undefined).map(row => ({ ...row, fields: row.fields.map(unguarded) }))
}

/** In JSON the fields of a record are called after the record: the `id` of an order is an order's id. */
function called(profile: Profile, { records, each }: FoundFormat): Profile {
  if (each === undefined || profile.name.startsWith(`${each}.`) || profile.name.includes('.')) return profile
  return { ...profile, called: `${records?.split('.').at(-1) ?? 'order'} ${profile.name}` }
}

function sale(
  draft: Draft,
  roles: Map<Role, Profile>,
  profiles: readonly Profile[],
  sample: Sample,
  whole: WholeSale,
): void {
  const lines: Line[] = []
  const put = (key: string, value: string, note?: string, question?: string) => {
    lines.push({ key, value, ...(note === undefined ? {} : { note }), ...(question === undefined ? {} : { question }) })
    if (question !== undefined) draft.questions.push(`${key}: ${question}`)
  }
  const day = dayOf(roles, profiles)
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
  lines.push({
    key: 'extent',
    value: 'lines',
    choice: 'or whole, if a file has all lines of each sale in it: lines that a later export lacks are then withdrawn',
  })
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
  else pieces(put, quantity, roles.get('revenue'), roles.get('unitPrice'), sample)
  amounts(put, roles, profiles, sample, whole)
  draft.sale = lines
}

function dayOf(roles: ReadonlyMap<Role, Profile>, profiles: readonly Profile[]): Profile | undefined {
  return roles.get('soldAt') ?? profiles.find(p => p.dates.length > 0 && p.numeric < 0.5)
}

/** Pieces that came back, where only the money says so. */
function pieces(put: Put, q: Profile, t: Profile | undefined, p: Profile | undefined, sample: Sample): void {
  // Lines of money off have a price below zero: no piece came back.
  const back =
    t === undefined
      ? []
      : figures(sample, { q, t, p }).filter(n => (n.t ?? 0) < 0 && (n.q ?? 0) !== 0 && (n.p ?? 1) > 0)
  const positive = back.filter(n => (n.q ?? 0) > 0)
  if (t !== undefined && back.length > 0 && positive.length > back.length * 0.9)
    put(
      'quantity',
      turned(q, t),
      undefined,
      `"${q.name}" is positive where "${t.name}" is negative. Are those pieces that came back?`,
    )
  else put('quantity', yamlText(q.name), noteOf(q))
}

/** Tills round each line to cents: weighed goods and shares have more decimals. A discount that was spread keeps them, so that its sum stays. */
function roundingOf(sale: readonly Line[], roles: ReadonlyMap<Role, Profile>): Line | undefined {
  const has = (key: string) => sale.some(line => line.key === key)
  const quantity = roles.get('quantity')
  const isFine = has('discountShare') || (quantity !== undefined && quantity.whole < 1)
  const isSpread = sale.some(line => line.key === 'discount' && line.value.includes('/ '))
  if (has('revenue') || !has('unitPrice') || !isFine || isSpread) return undefined
  return { key: 'round', value: '2', note: 'lines come to more than cents, which the till has rounded' }
}

function unreadColumns(draft: Draft, profiles: readonly Profile[]): string[] {
  const said = [...draft.sale, ...draft.dimensions.flatMap(({ lines }) => lines)].flatMap(({ key, value }) =>
    key === 'extent' ? [] : value,
  )
  const skipped = draft.skip.map(({ when }) => when)
  return profiles
    .filter(({ name, filled }) => filled > 0 && ![...said, ...skipped].some(text => text.includes(name)))
    .map(({ name }) => name)
}

const charge =
  /frete|shipping|freight|versand|delivery fee|entrega|^frais|\b(tax|vat|gst|tva|iva|mwst|ust|icms|ipi)\b|imposto|steuer|surcharge|acrescimo|\btips?\b|gorjeta|coupon|voucher|\bfee\b|^taxa/

/** Amounts that may have been paid besides the price. */
function chargesAsked({ unread, questions }: Draft, profiles: readonly Profile[]): string[] {
  return profiles.flatMap(({ name, numeric, distinct }) =>
    unread.includes(name) &&
    !questions.some(text => text.includes(`"${name}"`)) &&
    numeric > 0.9 &&
    distinct > 1 &&
    charge.test(plainName(name))
      ? [
          `"${name}" is not read. If the customer paid it on top of the price (or had it taken off), \`revenue\` has to say so.`,
        ]
      : [],
  )
}

/** Long numbers that a spreadsheet has cut to `7.89E+12`: different products come out the same. */
function shortenedAsked(roles: ReadonlyMap<Role, Profile>): string[] {
  return (['product', 'sale', 'customer', 'store'] as const).flatMap(role => {
    const profile = roles.get(role)
    return profile?.examples.some(text => /^\d([.,]\d+)?[eE]\+?\d{2}$/.test(text)) === true
      ? [
          `${role}: a spreadsheet has shortened the numbers in "${profile.name}" (${profile.examples[0] ?? ''}), so different ones have become the same. Ask for an export with this column as text.`,
        ]
      : []
  })
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
  const till = roles.get('till')
  const known = [id, store].filter(part => part !== undefined)
  const torn = day === undefined ? 0 : disagreement(known, day, sample.rows, dayText)
  const isOneDay = day !== undefined && new Set(sample.rows.map(row => dayText(row[day.index] ?? ''))).size === 1
  const isShort = id.numeric > 0.95 && id.examples.every(text => text.length <= 6)
  const withDay = day !== undefined && (torn > 0 || (isOneDay && isShort)) ? day : undefined
  const withTill = till !== undefined && tillsShareNumbers(id, store, till, day, sample) ? till : undefined
  if (withDay !== undefined || withTill !== undefined) {
    const why = [
      ...(withDay === undefined
        ? []
        : [
            torn > 0.02
              ? 'the same number comes back on other days, so the day belongs to the id'
              : torn > 0
                ? 'some numbers come back on other days (returns?), so the day belongs to the id'
                : 'short numbers of a single day may begin anew each day, so the day belongs to the id',
          ]),
      ...(withTill === undefined ? [] : [`tills use the same numbers, so "${withTill.name}" belongs to the id`]),
    ]
    put('id', idOf(withDay, withTill, id), why.join('; '))
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

/** Whether two tills of a store print the same number on one day. */
function tillsShareNumbers(
  id: Profile,
  store: Profile | undefined,
  till: Profile,
  day: Profile | undefined,
  sample: Sample,
): boolean {
  const key = [id, store].filter(part => part !== undefined)
  const sales = salesOf(key, day, sample.rows)
  return sales.some(rows => new Set(rows.map(row => row[till.index])).size > 1)
}

/** The columns that make an id; of a moment only its day, as lines of one sale may differ in the minute. */
function idOf(day: Profile | undefined, till: Profile | undefined, id: Profile): string {
  const plain = [till, id].filter(part => part !== undefined)
  if (day === undefined) return columnsField(plain)
  const days = day.examples.map(dayText)
  const hasClock = day.examples.some(text => dayText(text) !== text)
  const cut = days.every(text => text.length === 10)
    ? `left([${day.name}], 10)`
    : days.every(text => !text.includes(' '))
      ? `split([${day.name}], " ", 1)`
      : undefined
  if (!hasClock || cut === undefined) return columnsField([day, ...plain])
  return yamlText(`= concat(${[cut, ...plain.map(part => `[${part.name}]`)].join(', "-", ')})`)
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
  const key = [day, store, roles.get('till'), id, line].filter(part => part !== undefined)
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
  const { format, question: order } = bestDateFormat(day, sample.rows)
  const clocks = sample.rows.map(row => /\d{1,2}:\d{2}.*$/.exec(row[day.index] ?? '')?.[0])
  const hasClock = clocks.some(clock => clock !== undefined && !/^(00:00(:00(\.0+)?)?|12:00(:00)? ?AM)$/.test(clock))
  const [first = ''] = day.examples
  if (time !== undefined && !hasClock) {
    const dayFormat = (/^.*?(?=HH|hh)/.exec(format)?.[0] ?? format).replace(/[[\], T]+$/, '')
    const joined = `${dayFormat} ${clockFormat(time)}`
    // `14h30` has a letter between, and a day with a clock at midnight (`2024-03-05 00:00:00`) has the real one beside it.
    const clock = time.examples.some(text => text.includes('h')) ? `replace([${time.name}], "h", ":")` : undefined
    const isMidnight =
      clocks.some(text => text !== undefined) && !day.examples.some(text => dayText(text).includes(' '))
    const dayPart = isMidnight ? `split(replace([${day.name}], "T", " "), " ", 1)` : `[${day.name}]`
    const value =
      clock === undefined && !isMidnight
        ? `{ columns: [${yamlText(day.name)}, ${yamlText(time.name)}], join: " " }`
        : yamlText(`= concat(${dayPart}, " ", ${clock ?? `[${time.name}]`})`)
    draft.dates = [{ key: 'format', value: `[${yamlText(joined)}, ${yamlText(format)}]` }]
    put('soldAt', value, `for instance ${dayText(first)} ${time.examples[0] ?? ''}`, order)
    return
  }
  draft.dates = [{ key: 'format', value: yamlText(format) }]
  put('soldAt', yamlText(day.name), `for instance ${first}`, order)
}

function clockFormat(time: Profile): string {
  if (time.examples.some(text => /[AaPp]\.?[Mm]/.test(text))) return 'hh:mm[:ss][ ]A'
  return 'HH:mm[:ss]'
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
        : {
            question:
              numbers.thousands === ''
                ? 'no number in the file decides this. Which sign stands before the cents?'
                : `no number in the file has cents: every "${numbers.thousands}" has three digits behind it. Is it the sign between thousands?`,
          }),
    },
  ]
  if (numbers.thousands !== '') lines.push({ key: 'thousands', value: `"${numbers.thousands}"` })
  return lines
}

const money = ['unitPrice', 'revenue', 'gross', 'discount', 'cost', 'unitCost', 'profit'] as const

/** The codes and signs of other currencies than the chain's that amounts name, the commonest first, and whether most amounts do. */
function foreignNames(
  roles: ReadonlyMap<Role, Profile>,
  rows: Sample['rows'],
  chain: string,
): { names: string[]; most: boolean } {
  const amounts = money.flatMap(role => {
    const profile = roles.get(role)
    return profile === undefined ? [] : rows.map(row => (row[profile.index] ?? '').trim()).filter(text => text !== '')
  })
  const named = amounts.flatMap(text => foreignCurrency(text, chain) ?? [])
  const counts = new Map<string, number>()
  for (const name of named) counts.set(name, (counts.get(name) ?? 0) + 1)
  const names = [...counts].sort(([, x], [, y]) => y - x).map(([name]) => name)
  return { names, most: named.length > amounts.length / 2 }
}

/** States the currency of amounts that name another than the chain's; where only some do, says what becomes of them. */
function currency(draft: Draft, { names, most }: ReturnType<typeof foreignNames>, chain: string): void {
  const [name] = names
  if (name === undefined) return
  const [code] = currenciesOf(name)
  const said = `amounts name ${names.join(', ')}, and the chain's money is ${chain}`
  if (most && code !== undefined)
    draft.numbers.push({
      key: 'currency',
      value: code,
      question: `${said}. Does a \`currency\` rule convert them (docs/quality.md)? Without one they count as they stand.`,
    })
  else
    draft.questions.push(
      `some ${said}: those rows will be rejected. Should they go into a file and a source of their own?`,
    )
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
