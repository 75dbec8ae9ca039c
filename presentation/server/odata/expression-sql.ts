import { isDay } from '#presentation/period.ts'
import { type Bound, type Columns, nameSql } from './columns.ts'
import type { Expression, Literal } from './expression.ts'
import type { EdmType } from './model.ts'
import { Refusal } from './refusal.ts'

/** A piece of SQL with the type of its value. A Boolean is never null: a comparison with null is false, as OData has it. */
export type Typed = { sql: string; type: EdmType; nullable: boolean }

type Family = 'text' | 'number' | 'day' | 'instant' | 'truth'
const families: Record<EdmType, Family> = {
  String: 'text',
  Decimal: 'number',
  Int64: 'number',
  Date: 'day',
  DateTimeOffset: 'instant',
  Boolean: 'truth',
}
const operators = { eq: '=', ne: '!=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

type Signature = { of: readonly (readonly Family[])[]; gives: EdmType | 'same'; sql: (...given: string[]) => string }

const functions: Readonly<Record<string, Signature>> = {
  contains: { of: [['text'], ['text']], gives: 'Boolean', sql: (a, b) => `(position(${a}, ${b}) > 0)` },
  startswith: { of: [['text'], ['text']], gives: 'Boolean', sql: (a, b) => `startsWith(${a}, ${b})` },
  endswith: { of: [['text'], ['text']], gives: 'Boolean', sql: (a, b) => `endsWith(${a}, ${b})` },
  concat: { of: [['text'], ['text']], gives: 'String', sql: (a, b) => `concat(${a}, ${b})` },
  tolower: { of: [['text']], gives: 'String', sql: a => `lowerUTF8(${a})` },
  toupper: { of: [['text']], gives: 'String', sql: a => `upperUTF8(${a})` },
  trim: { of: [['text']], gives: 'String', sql: a => `trimBoth(${a})` },
  length: { of: [['text']], gives: 'Int64', sql: a => `toInt64(lengthUTF8(${a}))` },
  year: { of: [['day', 'instant']], gives: 'Int64', sql: a => `toInt64(toYear(${a}))` },
  month: { of: [['day', 'instant']], gives: 'Int64', sql: a => `toInt64(toMonth(${a}))` },
  day: { of: [['day', 'instant']], gives: 'Int64', sql: a => `toInt64(toDayOfMonth(${a}))` },
  hour: { of: [['instant']], gives: 'Int64', sql: a => `toInt64(toHour(${a}))` },
  minute: { of: [['instant']], gives: 'Int64', sql: a => `toInt64(toMinute(${a}))` },
  second: { of: [['instant']], gives: 'Int64', sql: a => `toInt64(toSecond(${a}))` },
  date: { of: [['instant']], gives: 'Date', sql: a => `toDate(${a})` },
  round: { of: [['number']], gives: 'same', sql: a => `round(${a})` },
  floor: { of: [['number']], gives: 'same', sql: a => `floor(${a})` },
  ceiling: { of: [['number']], gives: 'same', sql: a => `ceil(${a})` },
}

/** Checks an expression against the columns it is asked of and gives its SQL; values go into `bound`. */
export function sqlOf(expression: Expression, columns: Columns, bound: Bound, target: string): Typed {
  const of = (inner: Expression) => sqlOf(inner, columns, bound, target)
  const truth = (inner: Expression): Typed => {
    const typed = of(inner)
    if (typed.type !== 'Boolean') throw bad(target, 'and, or and not take conditions')
    return typed
  }
  switch (expression.kind) {
    case 'literal':
      return literalSql(expression, bound, target)
    case 'property': {
      const column = columns.get(expression.name)
      if (column === undefined) throw unknownProperty(expression.name, columns, target)
      if (column.sealed)
        throw new Refusal(
          'NotImplemented',
          `${expression.name} is kept encrypted: it can be read, not searched or sorted by. Do that in your tool.`,
          target,
        )
      return { sql: nameSql(expression.name), type: column.type, nullable: column.nullable }
    }
    case 'call':
      return callSql(expression.name, expression.of.map(of), target)
    case 'not':
      return condition(`(NOT ${truth(expression.of).sql})`)
    case 'logic': {
      const [left, right] = [truth(expression.left), truth(expression.right)]
      return condition(`(${left.sql} ${expression.by === 'and' ? 'AND' : 'OR'} ${right.sql})`)
    }
    case 'compare': {
      const { by, left, right } = expression
      const isNull = (side: Expression) => side.kind === 'literal' && side.type === 'null'
      if (isNull(left) || isNull(right)) {
        if (by !== 'eq' && by !== 'ne') return condition('0')
        const other = isNull(left) ? right : left
        const nothing = isNull(other) ? '1' : `isNull(${of(other).sql})`
        return condition(by === 'eq' ? nothing : `(NOT ${nothing})`)
      }
      return comparisonSql(of(left), operators[by], of(right), target)
    }
    case 'in': {
      const one = of(expression.of)
      const others = expression.among.map(literal => comparisonSql(one, '=', of(literal), target).sql)
      return condition(`(${others.join(' OR ')})`)
    }
  }
}

function comparisonSql(left: Typed, by: string, right: Typed, target: string): Typed {
  if (families[left.type] !== families[right.type])
    throw bad(target, `Edm.${left.type} and Edm.${right.type} can not be compared`)
  const plain = (operator: string) => `(${left.sql} ${operator} ${right.sql})`
  if (!left.nullable && !right.nullable) return condition(plain(by))
  // Null equals null and differs from everything else; no order holds between it and a value.
  if (by === '=' || by === '!=') {
    const same = `ifNull(${plain('=')}, isNull(${left.sql}) AND isNull(${right.sql}))`
    return condition(by === '=' ? same : `(NOT ${same})`)
  }
  return condition(`ifNull(${plain(by)}, 0)`)
}

function callSql(name: string, given: readonly Typed[], target: string): Typed {
  const signature = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (signature === undefined)
    throw new Refusal(
      'NotImplemented',
      `There is no function ${name} here. There are: ${Object.keys(functions).join(', ')}.`,
      target,
    )
  const fits =
    given.length === signature.of.length &&
    given.every((one, at) => signature.of[at]?.includes(families[one.type]) === true)
  if (!fits) throw bad(target, `${name} takes ${signature.of.map(families => families.join(' or ')).join(', ')}`)
  const type = signature.gives === 'same' ? (given[0]?.type ?? 'Decimal') : signature.gives
  const sql = signature.sql(...given.map(one => one.sql))
  const nullable = given.some(one => one.nullable)
  if (type === 'Boolean') return condition(nullable ? `ifNull(${sql}, 0)` : sql)
  return { sql, type, nullable }
}

function literalSql({ type, text }: Literal, bound: Bound, target: string): Typed {
  const value = (sql: string, of: EdmType): Typed => ({ sql, type: of, nullable: false })
  switch (type) {
    case 'String':
      return value(bound.add('String', text), 'String')
    case 'Boolean':
      return condition(text === 'true' ? '1' : '0')
    case 'Int64': {
      const number = BigInt(text)
      if (BigInt.asIntN(64, number) !== number) throw bad(target, `${text} is beyond Edm.Int64`)
      return value(bound.add('Int64', text), 'Int64')
    }
    case 'Decimal': {
      const [whole = '', fraction = ''] = text.split('.')
      const digits = fraction.replace(/0+$/, '')
      if (digits.length > 6 || whole.length > 28) throw bad(target, `${text} has more than 6 decimals or 28 digits`)
      return value(bound.add('Decimal(38, 6)', `${whole}.${digits === '' ? '0' : digits}`), 'Decimal')
    }
    case 'Date':
      if (!isDay(text)) throw bad(target, `${text} is no day that exists`)
      return value(bound.add('Date', text), 'Date')
    case 'DateTimeOffset': {
      const at = Date.parse(text.replace(' ', '+'))
      if (Number.isNaN(at) || at < 0 || at >= 2 ** 32 * 1000) throw bad(target, `${text} is no time that can be here`)
      return value(bound.add("DateTime('UTC')", new Date(at).toISOString().slice(0, 19).replace('T', ' ')), type)
    }
    case 'null':
      throw bad(target, 'null can only be compared with eq and ne')
  }
}

function condition(sql: string): Typed {
  return { sql, type: 'Boolean', nullable: false }
}

export function unknownProperty(name: string, columns: Columns, target: string): Refusal {
  return bad(target, `There is no property ${name} here. There are: ${[...columns.keys()].join(', ')}`)
}

function bad(target: string, why: string): Refusal {
  return new Refusal('BadQuery', `${why}.`, target)
}
