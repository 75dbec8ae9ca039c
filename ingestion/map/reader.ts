import type { Config } from '#shared/config.ts'
import { DataAppError } from '#shared/error.ts'
import { ownOf } from '#shared/own.ts'
import type { Micros } from '#shared/records/micros.ts'
import type { Field, FieldObject, NumberFormat, Source } from '../source/schema.ts'
import { foreignCurrency } from './currency.ts'
import { dateReader, isoFormats, timesOfDescriptions, typedFormats } from './date.ts'
import { amountReader } from './decimal.ts'
import { compileExpression, type Expression, type Scope } from './expression.ts'
import type { JoinedTable } from './join.ts'
import { fromMicros, textOf, toMicros } from './value.ts'
import { bare, isExpression } from './wanted.ts'

export type Fields = readonly string[]
export type TextReader = (fields: Fields) => string
/** `null`: the cell is empty. `undefined`: it holds something that can't be read. */
export type FieldReader<T> = (fields: Fields) => T | null | undefined

/** What a chain's money and times are in. */
export type Chain = Pick<Config, 'DATAAPP_CURRENCY' | 'DATAAPP_TIME_ZONE'>

/** Turns the fields of a source file into functions over rows, once per file. */
export type Readers = {
  text(field: Field): TextReader
  /** Money, in the currency of the source. */
  amount(field: Field): FieldReader<Micros>
  /** A number of pieces, or a size: three letters beside it are a unit. */
  pieces(field: Field): FieldReader<Micros>
  /** Why a text that should be an amount is none. */
  notAmount(text: string): { rule: 'currency' | 'number'; message: string }
  /** A time at which something may be sold. */
  date(field: Field): FieldReader<string>
  /** A day that a description states: also one long ago or far away. */
  day(field: Field): FieldReader<string>
  condition(expression: string): Expression<Fields>
}

export function readersOf(
  source: Source,
  columns: readonly string[],
  joins: readonly JoinedTable[],
  chain: Chain,
): Readers {
  const empty = new Set(source.empty)
  const index = new Map(columns.map((name, i) => [name, i]))
  const currency = source.numbers.currency ?? chain.DATAAPP_CURRENCY
  const money = { ...source.numbers, currency }
  const counted = { ...source.numbers, currency: undefined }
  const anyAmount = amountReader(counted)
  const cell = (name: string): TextReader | undefined => {
    const at = index.get(name)
    if (at === undefined) return undefined
    if (empty.size === 0) return fields => trimmed(fields[at] ?? '')
    return fields => {
      const text = trimmed(fields[at] ?? '')
      return empty.has(text) ? '' : text
    }
  }
  const known = new Map<string, TextReader>()
  const column = (name: string): TextReader | undefined => known.get(name) ?? cell(name)
  const scopeOf = (number: Scope<Fields>['number']) => {
    const derived = new Map<string, Expression<Fields>>()
    return { column, derived, calculated: (name: string) => derived.get(name), number }
  }
  const asNumber = (read: Micros | undefined) => (read === undefined ? undefined : fromMicros(read))
  const ownAmount = amountReader(money)
  // Where money is calculated, pieces with a unit may be part of it; an amount of another currency may not.
  const moneyScope = scopeOf(text =>
    asNumber(ownAmount(text) ?? (foreignCurrency(text, currency) === undefined ? anyAmount(text) : undefined)),
  )
  const scope = scopeOf(text => asNumber(anyAmount(text)))
  const expression = (text: string) => compileExpression(bare(text), scope)

  for (const table of joins) {
    const keys = Object.keys(table.join.on).map(name => column(name) ?? missing(name))
    const find = table.finder(keys)
    table.columns.forEach((name, at) => {
      known.set(`${table.join.name}.${name}`, fields => trimmed(find(fields)?.[at] ?? ''))
    })
  }
  for (const [name, text] of Object.entries(source.derive)) {
    const value = expression(text)
    scope.derived.set(name, value)
    moneyScope.derived.set(name, compileExpression(bare(text), moneyScope))
    known.set(name, fields => textOf(value(fields)))
  }

  const plain = (field: FieldObject): TextReader => {
    const given = [field.column, field.columns, field.value, field.expression].filter(way => way !== undefined)
    if (given.length !== 1)
      throw new DataAppError(
        'SOURCE_WRONG',
        'A field needs exactly one of `column`, `columns`, `value` and `expression`.',
        {
          hint: `It has ${given.length}. docs/sources.md#fields`,
        },
      )
    if (field.column !== undefined) return column(field.column) ?? missing(field.column)
    if (field.columns !== undefined) {
      const parts = field.columns.map(name => column(name) ?? missing(name))
      const between = field.join
      return fields => {
        const texts = parts.map(part => part(fields))
        return texts.every(text => text === '') ? '' : texts.join(between)
      }
    }
    if (field.value !== undefined) {
      const value = String(field.value)
      return () => value
    }
    const value = expression(field.expression ?? '')
    return fields => textOf(value(fields))
  }

  const text = (field: Field): TextReader => {
    if (typeof field === 'string') {
      if (!isExpression(field)) return column(field) ?? missing(field)
      const value = expression(field)
      return fields => textOf(value(fields))
    }
    return dressed(plain(field), field)
  }

  const figure =
    (format: NumberFormat, within: typeof scope) =>
    (field: Field): FieldReader<Micros> => {
      const { value, expression: calculation, default: fallback, map } = objectOf(field)
      if (value !== undefined) {
        const constant = plainAmount(String(value))
        return () => constant
      }
      const amount = amountReader(typeof field === 'string' ? format : formatOf(format, field))
      const name = typeof field === 'string' ? field : field.column
      const calculated =
        calculation !== undefined
          ? compileExpression(bare(calculation), within)
          : name === undefined
            ? undefined
            : within.derived.get(name)
      const read = calculated ?? text(typeof field === 'string' ? field : { ...field, default: undefined })
      // A default is written in the source file, so it is plain whatever the export's signs are.
      const otherwise = fallback === undefined ? null : (plainAmount(String(fallback)) ?? amount(String(fallback)))
      return fields => {
        let result = read(fields)
        if (calculated !== undefined && map !== undefined) result = ownOf(map, textOf(result)) ?? result
        if (result === null || result === '') return otherwise
        if (typeof result === 'bigint') return toMicros(result)
        return typeof result === 'string' ? amount(result) : undefined
      }
    }

  const timeReader =
    (times: typeof timesOfDescriptions | undefined) =>
    (field: Field): FieldReader<string> => {
      const read = text(field)
      const own = typeof field === 'string' ? undefined : field.format
      const formats = listOf(own ?? source.dates.format)
      const zone = (typeof field === 'string' ? undefined : field.zone) ?? source.dates.zone
      const date = dateReader(
        formats.length === 0 ? isoFormats : [...formats, ...typedFormats],
        zone,
        chain.DATAAPP_TIME_ZONE,
        times,
      )
      return fields => {
        const cellText = read(fields)
        return cellText === '' ? null : date(cellText)
      }
    }

  return {
    text,
    amount: figure(money, moneyScope),
    pieces: figure(counted, scope),
    notAmount(text) {
      const named = foreignCurrency(text, currency)
      if (named === undefined) return { rule: 'number', message: `"${text}" is not a number` }
      return {
        rule: 'currency',
        message: `"${text}" names another currency (${named}) than the source's, ${currency}`,
      }
    },
    date: timeReader(undefined),
    day: timeReader(timesOfDescriptions),
    condition: expression,
  }
}

const plainAmount = amountReader({ decimal: '.', thousands: '' })

function objectOf(field: Field): Partial<FieldObject> {
  if (typeof field !== 'string') return field
  return isExpression(field) ? { expression: field } : { column: field }
}

function formatOf(format: NumberFormat, field: FieldObject): NumberFormat {
  return {
    currency: format.currency,
    decimal: field.decimal ?? format.decimal,
    thousands: field.thousands ?? (field.decimal === undefined ? format.thousands : ''),
  }
}

/** What a field object does with the text before it counts: integer ids, letter case, other words, a default. */
function dressed(read: TextReader, field: FieldObject): TextReader {
  const { map, integer } = field
  const fallback = field.default === undefined ? '' : String(field.default)
  if (map === undefined && integer !== true && field.case === undefined && fallback === '') return read
  const cased = field.case === 'upper' ? upper : field.case === 'lower' ? lower : same
  return fields => {
    let value = read(fields)
    if (integer === true) value = value.replace(/[.,]0+$/, '')
    value = cased(value)
    if (map !== undefined) value = ownOf(map, value) ?? value
    return value === '' ? fallback : value
  }
}

const upper = (text: string) => text.toUpperCase()
const lower = (text: string) => text.toLowerCase()
const same = (text: string) => text

function trimmed(text: string): string {
  const length = text.length
  if (length === 0) return text
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(length - 1)
  if (first === 61 && last === 34) return unguarded(text)
  return first > 32 && first < 127 && last > 32 && last < 127 ? text : text.trim()
}

/** `="00123"` is how exports keep Excel from taking a text for a number. */
export function unguarded(text: string): string {
  return /^="[^"]*"$/.test(text) ? text.slice(2, -1).trim() : text
}

export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

function missing(name: string): never {
  throw new DataAppError('SOURCE_UNKNOWN_COLUMN', `There is no column "${name}".`, {
    hint: 'A column is one of the file, one under `derive`, or `name.Column` of a joined file.',
  })
}
