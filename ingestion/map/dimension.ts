import { type Dimension, type DimensionKind, dimensionKinds, dimensionSchema } from '#shared/records/dimension.ts'
import { formatMicros, type Micros } from '#shared/records/micros.ts'
import type { Field, Source } from '../source/schema.ts'
import { lastDay } from './date.ts'
import type { FieldReader, Fields, Readers, TextReader } from './reader.ts'
import { type Problem, problem } from './sale.ts'

/** How one kind of dimension is read from rows. `id` is '' for a row that says nothing about it, such as a sale without a customer. */
export type DimensionReader = {
  kind: DimensionKind
  id: TextReader
  /** How many attributes there are, and how many of them a row has something to say about. */
  most: number
  stated: (fields: Fields) => number
  read: (fields: Fields, version: number) => Dimension | Problem
}

const amounts = new Set(['cost', 'price', 'amount'])
const days = new Set(['openedOn', 'closedOn'])
const yes = new Set(['true', '1', 'yes', 'y', 'sim', 's', 'x'])

type Part = { name: string; text: TextReader; read: (fields: Fields) => string | boolean | null | undefined }

/** The dimensions that the rows of a source describe. */
export function dimensionReaders(source: Source, readers: Readers): DimensionReader[] {
  return dimensionKinds.flatMap(kind => {
    const record = source[kind]
    return record === undefined ? [] : [dimensionReader(source, kind, Object.entries(record), readers)]
  })
}

function dimensionReader(
  { name: source, sale }: Source,
  kind: DimensionKind,
  entries: readonly [string, Field | undefined][],
  readers: Readers,
): DimensionReader {
  const parts = entries.flatMap(([name, field]) => (field === undefined ? [] : [partOf(name, field, readers)]))
  const given = parts.find(part => part.name === 'id')
  const rest = parts.filter(part => part.name !== 'id')
  const id = given?.text ?? targetId(rest)
  return {
    kind,
    id,
    most: rest.length,
    stated: fields => rest.reduce((count, { text }) => (text(fields) === '' ? count : count + 1), 0),
    read(fields, version) {
      const attributes: Record<string, string | boolean | null> = {}
      for (const part of rest) {
        const value = part.read(fields)
        if (value === undefined) return unreadable(`${kind}.${part.name}`, part, fields, readers)
        if (value !== null) attributes[part.name] = value
      }
      const parsed = dimensionSchema.safeParse({ v: 1, kind, id: id(fields), source, version, attributes })
      if (parsed.success)
        return withUnstated(
          parsed.data,
          // A sale that leaves a cell blank does not say that its product has none.
          sale === undefined ? rest : rest.filter(({ text }) => text(fields) !== ''),
        )
      const [issue] = parsed.error.issues
      return problem(`${kind}.${issue?.path.at(-1)?.toString() ?? 'id'}`, 'missing', issue?.message ?? 'is wrong')
    },
  }
}

/** Names the attributes that none of these parts states. A target is one statement. */
function withUnstated(dimension: Dimension, parts: readonly Part[]): Dimension {
  if (dimension.kind === 'target') return dimension
  const stated = new Set(parts.map(({ name }) => name))
  const unstated = Object.keys(dimension.attributes).filter(name => !stated.has(name))
  return unstated.length === 0 ? dimension : { ...dimension, unstated }
}

function unreadable(field: string, { name, text }: Part, fields: Fields, readers: Readers): Problem {
  const written = text(fields)
  const why = amounts.has(name) ? readers.notAmount(written) : undefined
  if (why?.rule === 'currency') return problem(field, why.rule, why.message)
  return problem(field, 'unreadable', `"${written}" can't be read`)
}

function partOf(name: string, field: Field, readers: Readers): Part {
  const text = readers.text(field)
  if (amounts.has(name)) return { name, text, read: decimal(readers.amount(field)) }
  if (name === 'size') return { name, text, read: decimal(readers.pieces(field)) }
  if (days.has(name)) return { name, text, read: dayReader(readers.day(field)) }
  if (name === 'month') return { name, text, read: monthReader(readers.date(field)) }
  if (name === 'service') return { name, text, read: fields => yes.has(text(fields).toLowerCase()) }
  return { name, text, read: fields => text(fields).replace(/\s+/g, ' ') }
}

/** A shop that closes at the end of time is open. */
function dayReader(read: FieldReader<string>): Part['read'] {
  return fields => {
    const at = read(fields)
    if (at === null || at === undefined) return at
    const day = at.slice(0, 10)
    return day === lastDay ? null : day
  }
}

/** The first day of the month that a date is in. */
function monthReader(read: FieldReader<string>): Part['read'] {
  return fields => {
    const at = read(fields)
    return at === null || at === undefined ? at : `${at.slice(0, 7)}-01`
  }
}

function decimal(read: FieldReader<Micros>): Part['read'] {
  return fields => {
    const value = read(fields)
    return value === null || value === undefined ? value : formatMicros(value)
  }
}

/** A target is known by its month and whose it is. */
function targetId(parts: readonly Part[]): TextReader {
  return fields =>
    ['month', 'seller', 'store']
      .map(name => parts.find(part => part.name === name)?.read(fields) ?? '')
      .join(' ')
      .trim()
}
