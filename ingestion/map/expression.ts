import { DataAppError } from '#shared/error.ts'
import { nearest } from '#shared/nearest.ts'
import { ownOf } from '#shared/own.ts'
import { type Functions, functions } from './functions.ts'
import { compare, truth, type Value } from './value.ts'

/**
 * Expressions of source files: a small language of its own, never code of the host. Columns by name (`Qty`) or in brackets (`[Unit Price]`),
 * texts in quotes, exact numbers, `+ - * /`, `= != < <= > >=`, `and or not`, and the functions of `functions.ts`.
 */
export type Scope<Row> = {
  /** How a column is read, or undefined when there is none of that name. */
  column: (name: string) => ((row: Row) => string) | undefined
  /** What was calculated under a name before: it stays a number, whatever signs the numbers of the file have. */
  calculated?: (name: string) => ((row: Row) => Value) | undefined
  /** How text becomes a number in this source (decimal sign, thousands, currency). */
  number: (text: string) => bigint | undefined
}

export type Expression<Row> = (row: Row) => Value

type Token = { kind: 'number' | 'text' | 'name' | 'column' | 'sign' | 'end'; text: string; at: number }

const words = ['and', 'or', 'not', 'true', 'false', 'null', 'in']

/** The columns an expression reads. Names that are called are functions, not columns. */
export function columnsOf(text: string): string[] {
  const tokens = tokenise(text)
  return tokens.flatMap((token, i) => {
    const isCall = tokens[i + 1]?.text === '(' && tokens[i + 1]?.kind === 'sign'
    if (token.kind === 'column') return [token.text]
    return token.kind === 'name' && !isCall && !words.includes(token.text.toLowerCase()) ? [token.text] : []
  })
}

/** Compiles an expression. Anything that is wrong with it is `SOURCE_WRONG_EXPRESSION` with the place. */
export function compileExpression<Row>(text: string, scope: Scope<Row>): Expression<Row> {
  const tokens = tokenise(text)
  let at = 0
  const peek = () => tokens[at] ?? end
  const next = () => tokens[at++] ?? end
  const takes = (...signs: string[]) =>
    peek().kind !== 'text' && peek().kind !== 'column' && signs.includes(peek().text.toLowerCase())
      ? next().text.toLowerCase()
      : undefined
  const expect = (sign: string) => {
    if (takes(sign) === undefined) throw wrong(text, peek().at, `here "${sign}" is missing`)
  }
  const calls: Functions = functions(scope.number)

  function either(): Expression<Row> {
    let left = both()
    while (takes('or') !== undefined) {
      const [a, b] = [left, both()]
      left = row => truth(a(row)) || truth(b(row))
    }
    return left
  }
  function both(): Expression<Row> {
    let left = negated()
    while (takes('and') !== undefined) {
      const [a, b] = [left, negated()]
      left = row => truth(a(row)) && truth(b(row))
    }
    return left
  }
  function negated(): Expression<Row> {
    if (takes('not') === undefined) return comparison()
    const a = negated()
    return row => !truth(a(row))
  }
  function comparison(): Expression<Row> {
    const a = sum()
    const sign = takes('=', '==', '!=', '<>', '<', '<=', '>', '>=', 'in')
    if (sign === undefined) return a
    if (sign === 'in') {
      expect('(')
      const options = list()
      return row => {
        const value = a(row)
        return options.some(option => compare(value, option(row), scope.number) === 0)
      }
    }
    const b = sum()
    const test = ownOf(comparisons, sign) ?? (() => false)
    return row => test(compare(a(row), b(row), scope.number))
  }
  function sum(): Expression<Row> {
    let left = product()
    for (let sign = takes('+', '-'); sign !== undefined; sign = takes('+', '-')) {
      const [a, b, f] = [left, product(), sign === '+' ? calls.add : calls.subtract]
      left = row => f(a(row), b(row))
    }
    return left
  }
  function product(): Expression<Row> {
    let left = unary()
    for (let sign = takes('*', '/'); sign !== undefined; sign = takes('*', '/')) {
      const [a, b, f] = [left, unary(), sign === '*' ? calls.multiply : calls.divide]
      left = row => f(a(row), b(row))
    }
    return left
  }
  function unary(): Expression<Row> {
    if (takes('-') === undefined) return atom()
    const a = unary()
    return row => calls.negate(a(row))
  }
  function list(): Expression<Row>[] {
    const items: Expression<Row>[] = []
    if (takes(')') !== undefined) return items
    do items.push(either())
    while (takes(',') !== undefined)
    expect(')')
    return items
  }
  function atom(): Expression<Row> {
    const token = next()
    if (token.kind === 'number') {
      const value = calls.literal(token.text)
      return () => value
    }
    if (token.kind === 'text') return () => token.text
    if (token.kind === 'column') return column(token)
    if (token.text === '(') {
      const inner = either()
      expect(')')
      return inner
    }
    if (token.kind !== 'name')
      throw wrong(text, token.at, token.kind === 'end' ? 'it ends too early' : `"${token.text}" can't stand here`)
    if (takes('(') !== undefined) return call(token)
    const word = token.text.toLowerCase()
    if (word === 'true' || word === 'false') return () => word === 'true'
    if (word === 'null') return () => null
    return column(token)
  }
  function call(token: Token): Expression<Row> {
    const args = list()
    const name = token.text.toLowerCase()
    if (name === 'if') {
      const [condition, yes, no] = args
      if (condition === undefined || yes === undefined)
        throw wrong(text, token.at, 'if(condition, then, else) takes three values')
      return row => (truth(condition(row)) ? yes(row) : (no?.(row) ?? null))
    }
    const f = ownOf(calls.named, name)
    if (f === undefined) {
      const suggestion = nearest(name, ['if', ...Object.keys(calls.named)])
      throw wrong(
        text,
        token.at,
        `there is no function ${token.text}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
      )
    }
    return row => f(args.map(arg => arg(row)))
  }
  function column(token: Token): Expression<Row> {
    const calculated = scope.calculated?.(token.text)
    if (calculated !== undefined) return row => orNull(calculated(row))
    const read = scope.column(token.text)
    if (read === undefined) throw wrong(text, token.at, `there is no column "${token.text}"`)
    return row => orNull(read(row))
  }

  const whole = either()
  if (peek().kind !== 'end') throw wrong(text, peek().at, `"${peek().text}" can't stand here`)
  return whole
}

function orNull(value: Value): Value {
  return value === '' ? null : value
}

const end: Token = { kind: 'end', text: '', at: 0 }

const comparisons: Record<string, (order: number | undefined) => boolean> = {
  '=': order => order === 0,
  '==': order => order === 0,
  '!=': order => order !== 0,
  '<>': order => order !== 0,
  '<': order => order !== undefined && order < 0,
  '<=': order => order !== undefined && order <= 0,
  '>': order => order !== undefined && order > 0,
  '>=': order => order !== undefined && order >= 0,
}

const shapes: readonly [Token['kind'] | 'blank', RegExp][] = [
  ['blank', /\s+/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['text', /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/y],
  ['column', /\[([^\]]+)\]/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy],
  ['sign', /<=|>=|!=|<>|==|[-+*/=<>(),]/y],
]

function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const token = tokenAt(text, at)
    if (token === undefined) throw wrong(text, at, `"${text[at] ?? ''}" can't stand here`)
    if (token.kind !== 'blank') tokens.push({ kind: token.kind, text: token.text, at })
    at = token.end
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }]
}

function tokenAt(text: string, at: number): { kind: Token['kind'] | 'blank'; text: string; end: number } | undefined {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at
    const match = shape.exec(text)
    if (match === null) continue
    const inner = match[1] ?? match[2]
    return {
      kind,
      text: inner === undefined ? match[0] : kind === 'text' ? inner.replace(/\\(.)/g, '$1') : inner,
      end: shape.lastIndex,
    }
  }
  return undefined
}

function wrong(text: string, at: number, what: string): DataAppError {
  return new DataAppError(
    'SOURCE_WRONG_EXPRESSION',
    `The expression \`${text}\` can't be understood: ${what} (at sign ${at + 1}).`,
    {
      hint: 'What expressions can say: docs/sources.md#expressions',
    },
  )
}
