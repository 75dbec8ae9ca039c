import { isNothing } from '#shared/records/clean-text.ts'
import type { Dimension, DimensionKind } from '#shared/records/dimension.ts'
import type { Row } from '../decode/row.ts'
import type { Source } from '../source/schema.ts'
import { dimensionReaders } from './dimension.ts'
import type { JoinedTable } from './join.ts'
import { type Chain, readersOf } from './reader.ts'
import { type MappedLine, type Problem, problem, saleReader } from './sale.ts'
import { NotANumber, truth } from './value.ts'

/** What one row came to. `skipped`: set aside on purpose by the source. `described`: it held nothing but dimensions. */
export type Mapped =
  | { kind: 'line'; line: MappedLine }
  | { kind: 'described'; dimensions: number }
  | { kind: 'problem'; problem: Problem }

export type RowMapper = {
  map: (row: Row) => Mapped
  /** Dimensions met since the last call; beside sales each id once per file, and again where a row says more of it. */
  takeDimensions: () => Dimension[]
}

/** How many ids of one kind are remembered as already told; beyond it the oldest are told again, which is harmless. */
const rememberedIds = 200_000

/** Compiles a source for the columns of one file. Wrong expressions and unknown columns show here, before any row is read. */
export function rowMapper(
  source: Source,
  columns: readonly string[],
  joins: readonly JoinedTable[],
  chain: Chain,
  version: number,
): RowMapper {
  const readers = readersOf(source, columns, joins, chain)
  const sale = source.sale === undefined ? undefined : saleReader(source.sale, readers, source.round)
  const described = dimensionReaders(source, readers)
  const skips = source.skip.map(skip => ({ test: readers.condition(skip.when), reason: skip.reason }))
  const required = source.joins.flatMap((join, i) => {
    const table = joins[i]
    if (!join.required || table === undefined) return []
    const keys = Object.keys(join.on).map(readers.text)
    return [{ join, find: table.finder(keys), keys }]
  })
  const told = new Map<DimensionKind, Map<string, number>>(described.map(({ kind }) => [kind, new Map()]))
  let dimensions: Dimension[] = []

  const describe = (row: Row): Problem | number => {
    let count = 0
    for (const { kind, id, most, stated, read } of described) {
      const own = id(row.fields)
      const ids = told.get(kind)
      if (isNothing(own) || ids === undefined) continue
      count++
      const before = ids.get(own)
      if (before !== undefined && before >= most) continue
      const said = sale === undefined ? undefined : stated(row.fields)
      if (said !== undefined && before !== undefined && said <= before) continue
      const dimension = read(row.fields, version + row.line)
      // A sale is not lost for a dimension that can't be read beside it.
      if ('rule' in dimension) {
        if (sale !== undefined) continue
        return dimension
      }
      if (ids.size >= rememberedIds) ids.clear()
      if (said !== undefined) ids.set(own, said)
      dimensions.push(dimension)
    }
    return count
  }

  const understand = (row: Row): Mapped => {
    if (row.broken !== undefined) return bad(problem('', row.broken.rule, row.broken.message))
    const { fields } = row
    for (const skip of skips) if (truth(skip.test(fields))) return bad(problem('', 'skipped', skip.reason))
    for (const { join, find, keys } of required) {
      if (find(fields) === undefined)
        return bad(
          problem(
            Object.keys(join.on).join(', '),
            'join',
            `"${keys.map(key => key(fields)).join(' ')}" is not in ${join.file}`,
          ),
        )
    }
    if (sale === undefined) {
      const count = describe(row)
      if (typeof count !== 'number') return bad(count)
      return count === 0 ? bad(problem('id', 'missing', 'is empty')) : { kind: 'described', dimensions: count }
    }
    const line = sale(fields)
    if ('rule' in line) return bad(line)
    if (described.length > 0) describe(row)
    return { kind: 'line', line }
  }

  return {
    map(row) {
      try {
        return understand(row)
      } catch (error) {
        if (!(error instanceof NotANumber)) throw error
        const { rule, message } = readers.notAmount(error.text)
        return bad(problem('', rule, message))
      }
    },
    takeDimensions() {
      const taken = dimensions
      dimensions = []
      return taken
    },
  }
}

function bad(why: Problem): Mapped {
  return { kind: 'problem', problem: why }
}
