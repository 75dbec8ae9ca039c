import { amounts, type Put, turned } from './amounts.ts'
import type { Draft, Line } from './draft.ts'
import { bestDateFormat, dayText, disagreement, figures, identifies, type Sample, salesOf } from './evidence.ts'
import { columnsField, idField, noteOf, yamlText } from './field-text.ts'
import type { Profile } from './profile.ts'
import type { Role } from './roles.ts'
import type { WholeSale } from './whole-sale.ts'

/** Drafts the `sale` section, and with it the formats of `dates`: what says which sale a row belongs to, when it was, and what it came to. */
export function draftSale(
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

/** The column that says on which day a row was sold. */
export function dayOf(roles: ReadonlyMap<Role, Profile>, profiles: readonly Profile[]): Profile | undefined {
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
