import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { DataAppError } from '#shared/error.ts'
import { fileBytes } from '../decode/bytes.ts'
import { describeFile } from '../decode/describe.ts'
import { columnNames } from '../decode/row.ts'
import { settleAmounts } from './amounts.ts'
import type { Draft, Line } from './draft.ts'
import { exactRepeats, type Sample } from './evidence.ts'
import { idField, yamlText } from './field-text.ts'
import { draftCurrency, foreignNames, numberLines } from './numbers-section.ts'
import { emptyTexts, numberFormatOf, type Profile, profileColumns } from './profile.ts'
import { guessRoles, plainName, type Role } from './roles.ts'
import { dayOf, draftSale } from './sale-section.ts'
import { type FoundFormat, sampled, soundRows } from './sampled.ts'
import { sourceSchema } from './schema.ts'
import { cancelled, turnReturns } from './set-aside.ts'
import { isAddedUp, wholeSaleAmounts } from './whole-sale.ts'

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
  draftCurrency(draft, foreignNames(roles, data, chainCurrency), chainCurrency)
  draftSale(draft, roles, profiles, sample, whole)
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

/** In JSON the fields of a record are called after the record: the `id` of an order is an order's id. */
function called(profile: Profile, { records, each }: FoundFormat): Profile {
  if (each === undefined || profile.name.startsWith(`${each}.`) || profile.name.includes('.')) return profile
  return { ...profile, called: `${records?.split('.').at(-1) ?? 'order'} ${profile.name}` }
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
