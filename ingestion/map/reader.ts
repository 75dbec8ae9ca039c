import { DataAppError } from '#shared/error.ts'
import type { Micros } from '#shared/records/micros.ts'
import type { Field, FieldObject, Source } from '../source/schema.ts'
import { dateReader, isoFormats, typedFormats } from './date.ts'
import { amountReader } from './decimal.ts'
import { compileExpression, type Expression, type Scope } from './expression.ts'
import type { JoinedTable } from './join.ts'
import { fromMicros, textOf, toMicros } from './value.ts'
import { bare, isExpression } from './wanted.ts'

export type Fields = readonly string[]
export type TextReader = (fields: Fields) => string
/** `null`: the cell is empty. `undefined`: it holds something that can't be read. */
export type FieldReader<T> = (fields: Fields) => T | null | undefined

/** Turns the fields of a source file into functions over rows, once per file. */
export type Readers = {
  text(field: Field): TextReader
  amount(field: Field): FieldReader<Micros>
  date(field: Field): FieldReader<string>
  condition(expression: string): Expression<Fields>
}

export function readersOf(
  source: Source,
  columns: readonly string[],
  joins: readonly JoinedTable[],
  chainZone: string,
): Readers {
  const empty = new Set(source.empty)
  const index = new Map(columns.map((name, i) => [name, i]))
  const sourceAmount = amountReader(source.numbers)
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
  const derived = new Map<string, Expression<Fields>>()
  const scope: Scope<Fields> = {
    column,
    calculated: name => derived.get(name),
    number: text => {
      const read = sourceAmount(text)
      return read === undefined ? undefined : fromMicros(read)
    },
  }
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
    derived.set(name, value)
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

  return {
    text,
    amount(field) {
      const { value, expression: calculation, default: fallback, map } = objectOf(field)
      if (value !== undefined) {
        const constant = plainAmount(String(value))
        return () => constant
      }
      const amount = typeof field === 'string' ? sourceAmount : amountReader(formatOf(source, field))
      const name = typeof field === 'string' ? field : field.column
      const calculated =
        calculation === undefined ? (name === undefined ? undefined : derived.get(name)) : expression(calculation)
      const read = calculated ?? text(typeof field === 'string' ? field : { ...field, default: undefined })
      // A default is written in the source file, so it is plain whatever the export's signs are.
      const otherwise = fallback === undefined ? null : (plainAmount(String(fallback)) ?? amount(String(fallback)))
      return fields => {
        let result = read(fields)
        if (calculated !== undefined && map !== undefined) result = map[textOf(result)] ?? result
        if (result === null || result === '') return otherwise
        if (typeof result === 'bigint') return toMicros(result)
        return typeof result === 'string' ? amount(result) : undefined
      }
    },
    date(field) {
      const read = text(field)
      const own = typeof field === 'string' ? undefined : field.format
      const formats = listOf(own ?? source.dates.format)
      const zone = (typeof field === 'string' ? undefined : field.zone) ?? source.dates.zone
      const date = dateReader(formats.length === 0 ? isoFormats : [...formats, ...typedFormats], zone, chainZone)
      return fields => {
        const cellText = read(fields)
        return cellText === '' ? null : date(cellText)
      }
    },
    condition: expression,
  }
}

const plainAmount = amountReader({ decimal: '.', thousands: '' })

function objectOf(field: Field): Partial<FieldObject> {
  if (typeof field !== 'string') return field
  return isExpression(field) ? { expression: field } : { column: field }
}

function formatOf(source: Source, field: FieldObject): Source['numbers'] {
  return {
    decimal: field.decimal ?? source.numbers.decimal,
    thousands: field.thousands ?? (field.decimal === undefined ? source.numbers.thousands : ''),
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
    if (map !== undefined) value = Object.hasOwn(map, value) ? (map[value] ?? value) : value
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
