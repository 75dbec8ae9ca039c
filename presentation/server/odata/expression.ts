import type { Token, Tokens } from './tokens.ts'

/** The grammar of `$filter` and `$orderby`: comparisons, logic, `in` and functions over properties and literals. */
export type Expression =
  | Literal
  | { kind: 'property'; name: string }
  | { kind: 'call'; name: string; of: readonly Expression[] }
  | { kind: 'compare'; by: Comparison; left: Expression; right: Expression }
  | { kind: 'logic'; by: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'not'; of: Expression }
  | { kind: 'in'; of: Expression; among: readonly Literal[] }

export type Literal = {
  kind: 'literal'
  type: 'String' | 'Int64' | 'Decimal' | 'Date' | 'DateTimeOffset' | 'Boolean' | 'null'
  text: string
}

export const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
export type Comparison = (typeof comparisons)[number]

const deepest = 60

/** `a or b and not (c eq 1)`: `or` binds loosest, then `and`, then `not`. */
export function readExpression(tokens: Tokens, depth = 0): Expression {
  if (depth > deepest) throw tokens.wrong('nested too deeply')
  let left = readConjunction(tokens, depth)
  while (tokens.skip('or')) left = { kind: 'logic', by: 'or', left, right: readConjunction(tokens, depth) }
  return left
}

function readConjunction(tokens: Tokens, depth: number): Expression {
  let left = readNegation(tokens, depth)
  while (tokens.skip('and')) left = { kind: 'logic', by: 'and', left, right: readNegation(tokens, depth) }
  return left
}

function readNegation(tokens: Tokens, depth: number): Expression {
  if (depth > deepest) throw tokens.wrong('nested too deeply')
  if (tokens.skip('not')) return { kind: 'not', of: readNegation(tokens, depth + 1) }
  const left = readOperand(tokens, depth)
  const by = comparisons.find(word => tokens.peek().kind === 'word' && tokens.peek().text === word)
  if (by !== undefined) {
    tokens.take()
    return { kind: 'compare', by, left, right: readOperand(tokens, depth) }
  }
  if (tokens.skip('in')) return { kind: 'in', of: left, among: readList(tokens) }
  return left
}

function readOperand(tokens: Tokens, depth: number): Expression {
  if (tokens.skip('(')) {
    const inner = readExpression(tokens, depth + 1)
    tokens.expect(')')
    return inner
  }
  const literal = literalOf(tokens.peek())
  if (literal !== undefined) {
    tokens.take()
    return literal
  }
  const name = tokens.word('a property, a function or a value')
  if (!tokens.skip('(')) {
    if (tokens.peek().text === '/') throw tokens.wrong('there is nothing to go on to from a property')
    return { kind: 'property', name }
  }
  const of: Expression[] = []
  if (!tokens.skip(')')) {
    do of.push(readExpression(tokens, depth + 1))
    while (tokens.skip(','))
    tokens.expect(')')
  }
  return { kind: 'call', name, of }
}

function readList(tokens: Tokens): Literal[] {
  tokens.expect('(')
  const among: Literal[] = []
  do among.push(readLiteral(tokens))
  while (tokens.skip(','))
  tokens.expect(')')
  return among
}

export function readLiteral(tokens: Tokens): Literal {
  const literal = literalOf(tokens.peek())
  if (literal === undefined) throw tokens.wrong('expected a value')
  tokens.take()
  return literal
}

function literalOf({ kind, text }: Token): Literal | undefined {
  switch (kind) {
    case 'string':
      return { kind: 'literal', type: 'String', text: text.slice(1, -1).replaceAll("''", "'") }
    case 'integer':
      return { kind: 'literal', type: 'Int64', text }
    case 'decimal':
      return { kind: 'literal', type: 'Decimal', text }
    case 'date':
      return { kind: 'literal', type: 'Date', text }
    case 'instant':
      return { kind: 'literal', type: 'DateTimeOffset', text }
    case 'word':
      if (text === 'true' || text === 'false') return { kind: 'literal', type: 'Boolean', text }
      return text === 'null' ? { kind: 'literal', type: 'null', text } : undefined
    case 'sign':
    case 'end':
      return undefined
  }
}

/** The properties an expression speaks of. */
export function propertiesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'literal':
      return []
    case 'property':
      return [expression.name]
    case 'call':
      return expression.of.flatMap(propertiesIn)
    case 'compare':
    case 'logic':
      return [...propertiesIn(expression.left), ...propertiesIn(expression.right)]
    case 'not':
    case 'in':
      return propertiesIn(expression.of)
  }
}
